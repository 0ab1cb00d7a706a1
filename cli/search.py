"""`policywatch search`: notices that match a query."""

from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

from cli.desk import engine, now
from cli.printing import AsJson, as_json, note, say

if TYPE_CHECKING:
    from search.answer import Hit


class Sort(StrEnum):
    """What the hits are ordered by."""

    RELEVANCE = "relevance"
    PUBLISHED = "published"
    DEADLINE = "deadline"


def search(
    query: Annotated[str, typer.Argument(help='Words, "phrases", fields, ranges; see the README.')],
    limit: Annotated[int, typer.Option(min=1, max=100_000, help="Hits at the most.")] = 10,
    sort: Annotated[Sort, typer.Option(help="Order of the hits.")] = Sort.RELEVANCE,
    facets: Annotated[bool, typer.Option("--facets", help="Count types, issuers, accounts and months too.")] = False,
    json: AsJson = False,
) -> None:
    """Search the notices; exact matches first, looser ones after them are marked with ~.

    Example: policywatch search '网信办 个人信息 征求意见' --sort relevance
    """
    with engine() as at:
        result = at.find(query, now=now(), limit=limit, sort=sort.value, facets=facets)
    if json:
        as_json(result)
        return
    for warning in result.warnings:
        note(f"note: {warning}")
    for hit in result.hits:
        _hit(hit)
    say(f"{result.total} notices" + ("" if result.total else "; fewer words or `policywatch doctor` may help"))
    for name, values in (result.facets or {}).items():
        say(f"{name}: " + ", ".join(f"{value} {number}" for value, number in values.items()))


def _hit(hit: "Hit") -> None:
    day = hit.published_at.date().isoformat() if hit.published_at else "no date"
    facts = [day, hit.notice_type, *hit.issuers]
    if hit.comment_end:
        facts.append(f"comments until {hit.comment_end}{' (its matter)' if hit.comment_end_of else ''}")
    if len(hit.carriers) > 1:
        facts.append(f"{len(hit.carriers)} carriers")
    if hit.removed:
        facts.append(_removed(hit))
    say(f"{hit.notice_id:>6}{' ' if hit.exact else '~'} {hit.title}")
    say(f"        {' · '.join(facts)}")
    for light in hit.highlights[:1]:
        say(f"        {light['text']}")
    say(f"        {hit.url}")


def _removed(hit: "Hit") -> str:
    """The page that is shown says more than how many others went."""
    gone = {one["url"]: one["removed_at"] for one in hit.removed}
    if hit.url in gone:
        return f"removed from its site by {gone[hit.url][:10]}"
    return f"{len(gone)} of {len(hit.carriers)} carriers removed"
