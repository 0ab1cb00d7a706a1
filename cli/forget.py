"""`policywatch forget`: a takedown."""

from typing import Annotated

import typer

from cli.desk import desk, now
from cli.printing import AsJson, as_json, say, typed


def forget(
    url: Annotated[str, typer.Argument(help="The address of the article to take down.")], json: AsJson = False
) -> None:
    """Remove an article, its versions and its kept pages, and refuse it in future.

    Example: policywatch forget https://mp.weixin.qq.com/s/abc
    """
    from scheduler.corrections import forget as run
    from scheduler.projecting import Projecting
    from search.projector import project

    with desk() as at:
        report = run(at.store, at.pages, typed(url), now=now())
        project(at.store, at.settings.data)
        with Projecting(at.settings, at.store) as elastic:
            elastic.turn()
    if json:
        as_json(report)
    else:
        say(f"forgot {report.pages} pages and {report.articles} articles of {typed(url)}; it is refused from now on")
