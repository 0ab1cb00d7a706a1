"""`policywatch parse`: what the spider of a host makes of one saved page."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from cli.desk import now, settings
from cli.printing import AsJson, as_json, say

if TYPE_CHECKING:
    from notices.page import Page

ROW = ("url", "title", "published_at", "ends_on", "account")
PARSED = ("title", "account", "published_at", "biz", "mid", "idx", "origin_account", "source_url", "body")


def parse(
    file: Annotated[Path, typer.Argument(help="A saved page or list: HTML, JSON, a feed, or archived Markdown.")],
    url: Annotated[str, typer.Option(help="The address the page was fetched from.")],
    json: AsJson = False,
) -> None:
    """Show what the spider of that host makes of one saved page, or of a list the rows in it; stores nothing.

    Example: policywatch parse saved.html --url https://mp.weixin.qq.com/s/abc
    """
    from notices.page import Page
    from notices.problem import Problem

    settings()
    try:
        body = file.read_bytes()
    except OSError as error:
        raise Problem(f"{file} cannot be read ({error.strerror}): name a saved page") from None
    page = Page(url=url, body=body, fetched_at=now(), path=file.name if file.suffix == ".md" else "")
    shown = _listed(page) or _read(page)
    if json:
        as_json(shown)
        return
    for name, value in shown.items():
        for line in value if name == "rows" else (value,):
            say(f"{name + ':':16}{line}")


def _read(page: "Page") -> dict[str, Any]:
    """What the parser of the page's host makes of it."""
    from pipelines.clean import clean
    from spiders.readers import read

    reading = read(page)
    shown: dict[str, Any] = {"page_state": reading.state, "reason": reading.reason}
    if reading.moved_to:
        shown["moved_to"] = reading.moved_to
    if reading.article:
        article = clean(reading.article)
        shown |= {name: getattr(article, name) for name in PARSED}
        shown["attachments"] = [{"name": one.name, "url": one.url} for one in article.attachments]
    return shown


def _listed(page: "Page") -> dict[str, Any] | None:
    """The rows of a list that a source in sources.yaml, or the list's own marks, tell how to read; None for a page."""
    from config.sources import load_sources
    from notices.kinds import PageState
    from spiders.listing import LayoutChanged
    from spiders.lists import reader_of
    from spiders.lists.recognise import recognise

    found = None if page.path else recognise(page, load_sources())
    if found is None:
        return None
    source, ask = found
    what: dict[str, Any] = {"page_state": PageState.EMPTY, "list": source.kind, "source": source.name}
    try:
        listing = reader_of(source).read(source, ask, page)
    except LayoutChanged as error:
        return what | {"page_state": PageState.ERROR, "reason": f"a list without rows: {error}"}
    rows = [{name: getattr(row, name) for name in ROW} | {"whole": bool(row.content)} for row in listing.rows]
    return what | {
        "reason": f"a list of {len(rows)} rows",
        "found": dict(listing.found),
        "rows": rows,
        "asks": [one.url for one in listing.asks],
        "next_page": listing.next_page.url if listing.next_page else "",
    }
