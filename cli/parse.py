"""`policywatch parse`: what the spider of a host makes of one saved page."""

from pathlib import Path
from typing import Annotated, Any

import typer

from cli.desk import now, settings
from cli.printing import AsJson, as_json, say

PARSED = ("title", "account", "published_at", "biz", "mid", "idx", "origin_account", "source_url", "body")


def parse(
    file: Annotated[Path, typer.Argument(help="A saved page: HTML, or archived Markdown.")],
    url: Annotated[str, typer.Option(help="The address the page was fetched from.")],
    json: AsJson = False,
) -> None:
    """Show what the spider of that host makes of one saved page; stores nothing.

    Example: policywatch parse saved.html --url https://mp.weixin.qq.com/s/abc
    """
    from notices.page import Page
    from notices.problem import Problem
    from pipelines.clean import clean
    from spiders.readers import read

    settings()
    try:
        body = file.read_bytes()
    except OSError as error:
        raise Problem(f"{file} cannot be read ({error.strerror}): name a saved page") from None
    reading = read(Page(url=url, body=body, fetched_at=now(), path=file.name if file.suffix == ".md" else ""))
    shown: dict[str, Any] = {"page_state": reading.state, "reason": reading.reason}
    if reading.moved_to:
        shown["moved_to"] = reading.moved_to
    if reading.article:
        article = clean(reading.article)
        shown |= {name: getattr(article, name) for name in PARSED}
        shown["attachments"] = [{"name": one.name, "url": one.url} for one in article.attachments]
    if json:
        as_json(shown)
        return
    for name, value in shown.items():
        say(f"{name + ':':16}{value}")
