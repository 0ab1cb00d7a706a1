"""Links notices that were stored before matters were, or under other rules, without looking at their pages again."""

from collections import defaultdict
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, select

from notices.kinds import Precision
from notices.schema import articles, notices
from notices.store import Store
from notices.store.article_rows import fields_of, load_understood
from notices.store.chunks import chunks
from notices.understood import Understood
from pipelines.matter_facts import facts_of
from pipelines.notice_fields import Said
from pipelines.relink import Regrouped, relink

BATCH = 500  # notices of one transaction


def link_stored(store: Store, now: datetime) -> None:
    """Links every stored notice by today's rules; alerts nobody, and changes nothing where that was done before."""
    for some in chunks(store.notice_ids(), BATCH):
        with store.writing() as connection:
            _link(connection, some, now)


def _link(connection: Connection, ids: list[int], now: datetime) -> None:
    members: dict[int, list[int]] = defaultdict(list)
    for row in connection.execute(select(articles.c.id, articles.c.notice_id).where(articles.c.notice_id.in_(ids))):
        members[row.notice_id].append(row.id)
    texts = load_understood(connection, [one for some in members.values() for one in some])
    rows = connection.execute(select(notices).where(notices.c.id.in_(ids))).all()
    given = {row.id: _regrouped(row, texts, members[row.id]) for row in rows}
    relink(connection, given, (), now)


def _regrouped(row: Row[Any], texts: dict[int, Understood], members: list[int]) -> Regrouped:
    said = Said(fields_of(row.fields), row.published_at, Precision(row.precision), row.official, row.reasons)
    facts = facts_of(said, texts[row.canonical_id], [texts[one] for one in sorted(members)])
    return Regrouped(facts, said.fields.comment_end)
