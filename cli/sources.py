"""`policywatch sources`: what is crawled, when next, and how healthy."""

from typing import Annotated

import typer

from cli.desk import desk, now, settings
from cli.printing import AsJson, as_json, counts, say, table

RUNS = 3  # the last runs of a source that are listed

app = typer.Typer(help="What is crawled.", no_args_is_help=True, rich_markup_mode=None)


@app.command("list")
def list_(json: AsJson = False) -> None:
    """Print every source: what it is, its robots policy, its health, when it is due.

    Example: policywatch sources list
    """
    from config.sources import load
    from scheduler.health import said, source_health

    with desk(logs=False) as at:
        found = source_health(at.store, now())
    if json:
        as_json(found)
        return
    rows = [
        (one.name, one.kind, one.health, one.last_success, one.next_due, one.robots, one.robots_reason, one.url)
        for one in found
    ]
    table(rows, ("name", "kind", "health", "last success", "next due", "robots", "reason", "url"))
    for one in found:
        if one.error:
            say(f"{one.name}: {one.error}")
        if one.left_alone and one.left_alone not in one.error:
            say(f"{one.name}: {one.left_alone}")
        for lack in one.lacks:
            say(f"{one.name}: {lack}")
        for run in one.runs[:RUNS]:
            why = run.error if run.error != one.error else ""
            say(f"{one.name}: {said(run)} {why}".rstrip())
    for host in load().hosts:
        pace = "" if host.delay is None else f", {host.delay:g} s between requests"
        say(f"host {host.host}: robots {host.robots}{pace}  {host.robots_reason}".rstrip())


@app.command()
def check(
    names: Annotated[list[str] | None, typer.Argument(help="Names from sources.yaml; none: all.")] = None,
    json: AsJson = False,
) -> None:
    """Fetch a source now and explain what was found, without storing anything.

    Example: policywatch sources check miit-yjzj
    """
    from config.logs import configure
    from scheduler.check_source import check as run

    loaded = settings()
    configure(loaded)
    found = run(loaded, names or [])
    if json:
        as_json(found)
    else:
        for one in found:
            say(f"{one.name}: {one.report.pages} pages ({counts(one.report.outcomes)})")
            for answer in one.lists:
                found_in = ", ".join(f"{number} {name}" for name, number in answer.found.items())
                say(f"  list       {answer.url}  HTTP {answer.status}: {found_in or 'nothing that a list has'}")
            for page in one.pages:
                say(f"  {page.state:10} {page.url}  {page.reason}")
            for title in one.notices:
                say(f"  would be a notice: {title}")
            if one.report.error:
                say(f"  failed: {one.report.error}")
    if any(one.report.error for one in found):
        raise typer.Exit(1)
