"""Articles between their dataclasses and their rows."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

import numpy
from sqlalchemy import Connection, Row, select

from notices.article import Article, Attachment
from notices.fields import Fields
from notices.kinds import Markup, NoticeType, Precision
from notices.schema import articles
from notices.store.chunks import chunks
from notices.understood import Fingerprint, Understood

COPIED = ("url", "title", "account", "published_at", "biz", "mid", "idx", "origin_account", "source_url", "body")
FLAGS = ("truncated", "official")


def article_values(one: Understood) -> dict[str, Any]:
    """The columns of an article that its text decides."""
    article, found = one.article, one.fingerprint
    return {
        "key": one.key,
        **{name: getattr(article, name) for name in COPIED + FLAGS},
        "precision": article.precision.value,
        "attachments": [[a.name, a.url, a.text] for a in article.attachments],
        "fields": fields_value(one.fields),
        "terms": list(one.terms),
        "words": " ".join(one.words),
        "exact": found.exact,
        "signature": found.signature,
        "keys": numpy.array(found.keys, dtype="<i8").tobytes(),
        "marks": list(found.marks),
        "leads": list(one.leads) or None,
    }


def understood_of(row: Row[Any]) -> Understood:
    """The article of a whole row, as the stages left it."""
    values = row._mapping
    article = Article(
        **{name: values[name] for name in COPIED + FLAGS},
        precision=Precision(row.precision),
        markup=Markup.TEXT,
        attachments=tuple(Attachment(*one) for one in row.attachments or ()),
    )
    keys = tuple(numpy.frombuffer(row.keys, dtype="<i8").tolist())
    fingerprint = Fingerprint(row.exact, row.signature, keys, tuple(row.marks))
    words = tuple(row.words.split())
    fields, terms, leads = fields_of(row.fields), tuple(row.terms), tuple(row.leads or ())
    return Understood(row.key, article, fields, terms, words, fingerprint, leads)


def load_understood(connection: Connection, ids: Iterable[int]) -> dict[int, Understood]:
    """Whole articles by id; ids that are none are left out."""
    found: dict[int, Understood] = {}
    for some in chunks(ids):
        for row in connection.execute(select(articles).where(articles.c.id.in_(some))):
            found[row.id] = understood_of(row)
    return found


def fields_value(fields: Fields) -> dict[str, Any]:
    """Fields as a JSON object without its empty values."""
    values = {name: getattr(fields, name) for name in Fields.__dataclass_fields__}
    return {name: _plain(value) for name, value in values.items() if value}


def fields_of(values: Mapping[str, Any]) -> Fields:
    """Fields from the JSON object that `fields_value` made."""
    made: dict[str, Any] = {name: tuple(v) if isinstance(v, list) else v for name, v in values.items()}
    for name in ("comment_start", "comment_end"):
        if name in made:
            made[name] = date.fromisoformat(made[name])
    made["notice_type"] = NoticeType(made.get("notice_type", NoticeType.OTHER))
    return Fields(**{name: value for name, value in made.items() if name in Fields.__dataclass_fields__})


def _plain(value: object) -> object:
    if isinstance(value, date):
        return value.isoformat()
    return list(value) if isinstance(value, tuple) else value
