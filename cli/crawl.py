"""`policywatch crawl`: crawls now, once."""

import sys
from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Annotated

import typer

from cli.desk import SHANGHAI, desk, now
from cli.printing import AsJson, as_json, counts, say
from notices.identity import host_of
from notices.problem import Problem

if TYPE_CHECKING:
    from scheduler.crawl import SourceReport


def crawl(
    sources: Annotated[list[str] | None, typer.Argument(help="Names from sources.yaml; none: all of them.")] = None,
    since: Annotated[
        datetime | None, typer.Option(formats=["%Y-%m-%d"], help="Backfill from this day on; alerts nobody.")
    ] = None,
    url: Annotated[
        list[str] | None, typer.Option(help="An address to fetch; - reads one a line from standard input.")
    ] = None,
    json: AsJson = False,
) -> None:
    """Crawl sources now, once, each in a process of its own, and index what was found.

    Example: policywatch crawl miit-yjzj --since 2026-01-01
    """
    from scheduler.crawl import crawl as run
    from scheduler.round import catch_up

    urls = _addresses(url or [])
    day = since.replace(tzinfo=SHANGHAI).date() if since else None
    with desk() as at:
        report = run(at.settings, at.store, at.pages, sources or [], since=day, urls=urls)
        catch_up(at.settings, at.store, now())
    if json:
        as_json(report)
    else:
        show(report.sources)
    if any(source.error for source in report.sources):
        raise typer.Exit(1)


def _addresses(given: list[str]) -> list[str]:
    """The addresses to fetch, those of standard input for -; raises Problem for what is none."""
    found = [line.strip() for one in given for line in (sys.stdin if one == "-" else [one]) if line.strip()]
    wrong = next((one for one in found if not host_of(one)), None)
    if wrong is not None:
        problem = Problem(f"{wrong[:100]!r} is no http address: name one, or the lines of a file: `--url - < FILE`")
        problem.status = 2
        raise problem
    return found


def show(sources: "Sequence[SourceReport]") -> None:
    """Prints a crawl's sources, a line each."""
    for source in sources:
        found = f"{source.new_articles} new articles, {source.new_notices} new notices"
        say(f"{source.name}: {source.pages} pages in {source.seconds:.1f} s ({counts(source.outcomes)}); {found}")
        if source.error:
            say(f"  failed: {source.error}")
    if not sources:
        say("no source is set up: add one to sources.yaml (`policywatch init` writes it)")
