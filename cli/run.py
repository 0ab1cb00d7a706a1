"""`policywatch run`: the service, or one round of it."""

from typing import Annotated

import typer

from cli.crawl import show
from cli.desk import desk, now
from cli.printing import AsJson, as_json, counts, note, say


def run(
    once: Annotated[bool, typer.Option("--once", help="One round of everything, then end.")] = False,
    json: AsJson = False,
) -> None:
    """Crawl on schedule, index, alert, until stopped; with --once one round of everything.

    Example: policywatch run --once --json
    """
    from config.sources import load_sources
    from scheduler.round import run_once
    from scheduler.service import serve

    with desk() as at:
        if not once:
            number, look = len(load_sources()), "`policywatch sources list` says how they are"
            note(f"{number} sources on schedule: {look}; Ctrl-C or SIGTERM ends this")
            serve(at.settings, at.store, at.pages)
            return
        report = run_once(at.settings, at.store, at.pages, now=now())
    if json:
        as_json(report)
    else:
        show(report.sources)
        say(f"{report.indexed} notices indexed; deliveries: {counts(report.deliveries)}")
    if any(source.error for source in report.sources):
        raise typer.Exit(1)
