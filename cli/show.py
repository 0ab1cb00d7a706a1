"""`policywatch show`: one notice with everything known of it."""

from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated, Any

import typer

from cli.desk import desk
from cli.printing import AsJson, as_json, say

if TYPE_CHECKING:
    from notices.store.whole import Whole

FIELDS = (
    "notice_type",
    "comment_start",
    "comment_end",
    "doc_number",
    "issuers",
    "documents",
    "emails",
    "phones",
    "credit",
)


def show(
    notice_id: Annotated[int, typer.Argument(help="The number that `policywatch search` prints.")], json: AsJson = False
) -> None:
    """Show a notice: its carriers in time, its matter, its versions, and why each field has its value.

    Example: policywatch show 12
    """
    from notices.problem import Problem
    from notices.store.store import resolve
    from notices.store.whole import load_whole

    with desk(logs=False) as at, at.store.reading() as connection:
        current = resolve(connection, notice_id)
        whole = load_whole(connection, current) if current is not None else None
    if whole is None:
        raise Problem(f"there is no notice {notice_id}: `policywatch search` prints the numbers")
    if json:
        as_json(_flat(whole))
    else:
        _print(whole, notice_id)


def _flat(whole: "Whole") -> dict[str, Any]:
    shown = {name: getattr(whole, name) for name in type(whole).__dataclass_fields__ if name != "notice"}
    notice = asdict(whole.notice)
    fields = {name: value for name, value in notice.pop("fields").items() if name != "reasons"}
    return {"title": whole.notice.titles[0], **notice, **fields, **shown}


def _print(whole: "Whole", asked: int) -> None:
    notice, fields = whole.notice, whole.notice.fields
    say(f"{notice.notice_id}  {notice.titles[0]}")
    if asked != notice.notice_id:
        say(f"    {asked} was merged into it")
    say(f"    {notice.url}{' (official)' if notice.official else ''}")
    say(f"    matter {notice.matter_id}{f', with {len(whole.matter)} other notices' if whole.matter else ''}")
    for name in FIELDS:
        value = getattr(fields, name)
        if value:
            shown = "、".join(value) if isinstance(value, tuple) else value
            say(f"{name + ':':14}{shown}{_why(whole.reasons, name)}")
    if fields.evidence:
        say(f"{'evidence:':14}{fields.evidence}")
    for name, reason in whole.reasons.items():
        if name.endswith("?") or name == "note":
            say(f"{name.rstrip('?') + ':':14}{'disagreement: ' if name.endswith('?') else ''}{reason}")
    say(f"carriers ({len(notice.carriers)}):")
    for carrier in notice.carriers:
        day = carrier.published_at.date().isoformat() if carrier.published_at else "no date   "
        say(f"  {day}  {carrier.account}  {carrier.title}  {carrier.url}")
    for gone in whole.removed:
        say(f"removed from its site by {gone['removed_at'].date().isoformat()}: {gone['url']}")
    for one in whole.matter:
        why = "; ".join(f"{tie['kind']}: {tie['why']}" for tie in whole.links if tie["notice_id"] == one["notice_id"])
        say(f"same matter: {one['notice_id']}  {one['title']}  [{why or 'through another notice of the matter'}]")
    for version in whole.versions:
        say(f"earlier text of article {version.article_id}: {version.title} ({version.characters} characters)")
        for line in version.changes:
            say(f"    {line}")
    for other in whole.apart:
        say(f"kept apart from {other['notice_id']}: {other['title']}")


def _why(reasons: dict[str, str], name: str) -> str:
    return f"    [{reasons[name]}]" if name in reasons else ""
