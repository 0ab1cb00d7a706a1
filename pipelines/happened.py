"""What happened to a notice, in the words of the event log."""

from typing import TYPE_CHECKING, Any

from sqlalchemy import Row

from notices.store.article_rows import fields_of, fields_value
from pipelines.notice_fields import Said

if TYPE_CHECKING:
    from pipelines.reconcile import Change


def kinds(said: Said, row: Row[Any] | None, change: "Change", changed: set[int]) -> tuple[list[str], dict[str, Any]]:
    """The kinds of event, most important first, and their detail; no kind when nothing a reader sees is different."""
    if row is None:
        return ["new"], {"kinds": ["new"], "articles": list(change.group.members)}
    happened: list[str] = []
    detail: dict[str, Any] = {}
    before = fields_of(row.fields)
    if said.fields.comment_end != before.comment_end:
        happened.append("deadline")
        detail["deadline"] = [str(end) if end else None for end in (before.comment_end, said.fields.comment_end)]
    if said.official and not row.official:
        happened.append("official")
    if change.swallowed:
        happened.append("merged")
        detail["swallowed"] = change.swallowed
    if change.left:
        happened.append("split")
        detail["left"] = change.left
    joined = [one for one in change.joined if one not in change.left]
    if joined:
        happened.append("joined")
        detail["joined"] = joined
    other = fields_value(said.fields) != row.fields or said.reasons != row.reasons
    if changed - set(joined) or change.group.canonical != row.canonical_id or other:
        happened.append("changed")
    if happened == ["merged"]:
        happened = ["joined"]
    elif happened and happened[0] == "merged":
        happened.append(happened.pop(0))
    return happened, {"kinds": happened, **detail}
