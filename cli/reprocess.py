"""`policywatch reprocess`: today's rules over the pages that were kept."""

from typing import Annotated

import typer

from cli.desk import desk, now
from cli.printing import AsJson, as_json, counts, say
from cli.progress import progress


def reprocess(
    from_version: Annotated[
        int | None, typer.Option(help="Only pages read by rules of this version or older; none: all pages.")
    ] = None,
    alert_open: Annotated[
        bool, typer.Option("--alert-open", help="Tell of open consultations that were not known as such before.")
    ] = False,
    json: AsJson = False,
) -> None:
    """Run today's rules over kept pages; alerts nobody unless asked to, and lists the open consultations it found.

    Example: policywatch reprocess --from-version 1
    """
    from alerts.preview import hit
    from scheduler.reprocess import reprocess as run
    from scheduler.round import catch_up

    with desk() as at, progress("reprocess") as show:
        report = run(
            at.store,
            at.pages,
            from_version=from_version,
            alert_open=alert_open,
            workers=at.settings.workers,
            now=now(),
            progress=show,
        )
        catch_up(at.settings, at.store, now())
    found = [hit(notice) for notice in report.newly_open]
    if json:
        shown = {"pages": report.pages, "outcomes": report.outcomes, "seconds": report.seconds}
        as_json({**shown, "newly_open": found})
        return
    say(f"{report.pages} pages in {report.seconds:.1f} s: {counts(report.outcomes)}")
    for one in found:
        say(f"newly open: {one.notice_id}  {one.title}")
