"""Puts what was read of an attached file into the store: the file's row, its articles, and their notices."""

from datetime import datetime

from sqlalchemy import Connection, bindparam, delete, select, update

from notices.kinds import Mode
from notices.schema import article_files, article_keys, articles, files
from notices.store import Store
from notices.store.article_rows import article_values, load_understood
from notices.store.engine import insert_rows
from notices.understood import Understood
from pipelines.enrich import enriched
from pipelines.filetext.result import FileText
from pipelines.regroup import regroup
from pipelines.understand import RULES


def attach(store: Store, url: str, found: FileText, now: datetime) -> int:
    """Writes down what a file came to and gives its text to the articles that offer it; returns how many changed."""
    values = {"kind": found.kind, "outcome": found.outcome.value, "reason": found.reason, "text": found.text}
    with store.writing() as connection:
        row = update(files).where(files.c.url == url)
        connection.execute(row.values(**values, rules=RULES, read_at=now))
        ids = list(connection.execute(select(article_files.c.article_id).where(article_files.c.url == url)).scalars())
        before = load_understood(connection, ids)
        after = {one: enriched(held, {url: found.text}) for one, held in before.items()}
        changed = {one: text for one, text in after.items() if text != before[one]}
        for one, text in changed.items():
            _replace(connection, one, before[one], text)
        query = select(articles.c.id).where(articles.c.id.in_(changed), articles.c.mode == Mode.LIVE.value)
        regroup(connection, changed, set(connection.execute(query).scalars()), now)
    return len(changed)


def _replace(connection: Connection, one: int, before: Understood, text: Understood) -> None:
    connection.execute(update(articles).where(articles.c.id == one).values(article_values(text)))
    gone = [{"old": key, "id": one} for key in before.fingerprint.keys]
    if gone:
        match = (article_keys.c.key == bindparam("old")) & (article_keys.c.article_id == bindparam("id"))
        connection.execute(delete(article_keys).where(match), gone)
    insert_rows(connection, article_keys, ("key", "article_id"), [(key, one) for key in text.fingerprint.keys])
