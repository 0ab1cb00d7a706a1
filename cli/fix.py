"""`policywatch fix`: a person's correction of a notice."""

from typing import Annotated

import typer

from cli.desk import desk, now
from cli.printing import AsJson, as_json, say, typed


def fix(
    notice: Annotated[int, typer.Argument(help="The notice's number.")],
    type: Annotated[str | None, typer.Option(help="What it is: consultation, issuance, ...")] = None,
    comment_end: Annotated[str | None, typer.Option(help="The last day for comments, 2026-11-23; empty: none.")] = None,
    merge: Annotated[int | None, typer.Option(help="Another notice with the same text.")] = None,
    split: Annotated[int | None, typer.Option(help="The number of an article that does not belong to it.")] = None,
    note: Annotated[str, typer.Option(help="Why.")] = "",
    json: AsJson = False,
) -> None:
    """Correct a notice: this wins over every rule, survives `reprocess`, and `show` names it.

    Example: policywatch fix 12 --comment-end 2026-12-31 --note 'said on the phone'
    """
    from datetime import date

    from notices.kinds import NoticeType
    from notices.problem import Problem
    from scheduler.corrections import Correction
    from scheduler.corrections import fix as run
    from scheduler.projecting import Projecting
    from search.projector import project

    try:
        kind = NoticeType(type) if type is not None else None
        end = date.fromisoformat(comment_end) if comment_end else comment_end
    except ValueError as error:
        problem = Problem(f"{error}: types are {', '.join(NoticeType)}; dates look like 2026-11-23")
        problem.status = 2
        raise problem from None
    with desk() as at:
        fixed = run(at.store, notice, Correction(kind, end, merge, split, typed(note)), now=now())
        project(at.store, at.settings.data)
        with Projecting(at.settings, at.store) as elastic:
            elastic.turn()
    if json:
        as_json({"notice_id": fixed.notice_id, "title": fixed.titles[0], **_fields(fixed.fields)})
    else:
        ends = f", comments until {fixed.fields.comment_end}" if fixed.fields.comment_end else ""
        say(f"{fixed.notice_id}  {fixed.titles[0]}: {fixed.fields.notice_type}{ends}")


def _fields(fields: object) -> dict[str, object]:
    from dataclasses import fields as names

    return {field.name: getattr(fields, field.name) for field in names(fields)}  # type: ignore[arg-type]
