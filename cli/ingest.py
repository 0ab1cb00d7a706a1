"""`policywatch ingest`: reads archived articles into the store and the index."""

from pathlib import Path
from typing import Annotated

import typer

from cli.desk import desk, now
from cli.printing import AsJson, as_json, counts, say
from cli.progress import progress


def ingest(
    paths: Annotated[list[Path], typer.Argument(help="Folders, .md files, .tar, .tar.gz and .tar.xz.")],
    live: Annotated[bool, typer.Option("--live", help="Treat the articles as just published: they may alert.")] = False,
    json: AsJson = False,
) -> None:
    """Read archived articles (Markdown with YAML front matter: title, url, source, date, fetch_date).

    Example: policywatch ingest archive.tar.xz more-articles/
    """
    from notices.kinds import Mode
    from scheduler.indexing import Indexing
    from scheduler.ingest import ingest as run
    from scheduler.round import catch_up

    with desk() as at:
        with progress("ingest") as show, Indexing(at.store, at.settings) as indexing:

            def done(pages: int, of: int | None) -> None:
                show(pages, of)
                indexing.poke()

            report = run(
                at.store,
                at.pages,
                paths,
                mode=Mode.LIVE if live else Mode.BACKFILL,
                workers=at.settings.workers,
                now=now(),
                progress=done,
            )
        catch_up(at.settings, at.store, now())  # so that what was there before is not taken for news later
    if json:
        as_json(report)
    else:
        say(f"{report.pages} pages in {report.seconds:.1f} s: {counts(report.outcomes)}")
        say(f"{report.articles} articles, {report.notices} notices in the store")
        say("next: policywatch search '征求意见 is:open'")
    if report.failed:
        raise typer.Exit(1)
