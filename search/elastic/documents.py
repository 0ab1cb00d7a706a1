"""A notice as a document of the index, and a source's run as one."""

from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from typing import Any

import orjson

from notices.kinds import NoticeType
from notices.notice import Carrier, Notice
from notices.store.source_runs import SourceRun
from search.bulk import spaced_tokens
from search.dated import OPEN_WITHOUT_DEADLINE
from search.index import LEAD
from search.keys import keywords
from search.moments import SHANGHAI, deadline, instant
from search.tokenizer import BETWEEN, tokens

LEAD_CHARACTERS = 450  # of a body hold its first LEAD tokens, nearly always


def document(notice: Notice) -> bytes:
    """The document of a notice, as JSON on one line."""
    fields = notice.fields
    held: dict[str, list[str]] = {name: [] for name in ("issuer", "account", "document", "number", "terms")}
    for field, _, shown in keywords(notice):
        held[field].append(shown)
    row: dict[str, Any] = {
        "notice_id": notice.notice_id,
        "matter_id": notice.matter_id,
        "version": notice.version,
        "title": notice.titles,
        "headline": notice.titles[0],
        "body": notice.body,
        "attachments": notice.attachments,
        "type": fields.notice_type.value,
        "is": [name for name, holds in (("official", notice.official), ("changed", notice.changed)) if holds],
        **{field: list(dict.fromkeys(values)) for field, values in held.items()},
        "words": notice.words,
        "published": _moment(notice.published_at),
        "published_micros": instant(notice.published_at),
        "deadline": _end_of(fields.comment_end),
        "deadline_micros": deadline(fields.comment_end),
        "deadline_day": fields.comment_end.isoformat() if fields.comment_end else None,
        "open_until": _open_until(notice),
        "end_of_matter": notice.end_of_matter,
        "official": notice.official,
        "changed": notice.changed,
        "url": notice.url,
        "size": len(notice.body),
        "evidence": fields.evidence or None,
        "carrier_count": len(notice.carriers),
        "removed_count": len(notice.removed),
        "removed_at": _moment(notice.removed.get(notice.url)),
        "carriers": [_carrier(one) for one in notice.carriers],
        "facts": facts(notice),
    }
    return orjson.dumps({name: value for name, value in row.items() if value is not None})


def facts(notice: Notice) -> str:
    """What ranking reads of a notice, as JSON: its tokens with spaces between, as `search.rank.Facts` has them.

    `shown` are its issuers as a hit names them: the field `issuer` has the bodies of departments among them.
    """
    fields = notice.fields
    made = {
        "title": _spaced(notice.titles),
        "lead": _lead(notice.body),
        "named": _spaced(fields.documents),
        "issuers": _spaced(fields.issuers),
        "type": fields.notice_type.value,
        "size": len(notice.body),
        "shown": fields.issuers,
    }
    return orjson.dumps(made).decode()


def run_document(run: SourceRun) -> bytes:
    """The document of a source's run, as JSON on one line."""
    row = {
        "run_id": run.run_id,
        "source": run.source,
        "started": _moment(run.started_at),
        "seconds": run.seconds,
        "ok": not run.error,
        "health": run.health or None,
        "error": run.error or None,
        "pages": sum(run.outcomes.values()),
        "new_articles": run.new_articles,
        "new_notices": run.new_notices,
        "blocked": run.outcomes.get("blocked", 0),
        "failed": sum(run.outcomes.get(name, 0) for name in ("failed", "error")),
        "outcomes": dict(run.outcomes),
    }
    return orjson.dumps({name: value for name, value in row.items() if value is not None})


def _carrier(carrier: Carrier) -> dict[str, Any]:
    row = {
        "article_id": carrier.article_id,
        "path": carrier.path,
        "url": carrier.url,
        "account": carrier.account,
        "title": carrier.title,
        "published": _moment(carrier.published_at),
        "precision": carrier.precision.value,
        "official": carrier.official,
        "removed_at": _moment(carrier.removed_at),
    }
    return {name: value for name, value in row.items() if value is not None}


def _moment(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None


def _end_of(day: date | None) -> str | None:
    """The last millisecond of a day where it ends first: with its offset it is the same instant in every browser."""
    return (
        datetime.combine(day, time(23, 59, 59, 999_000), SHANGHAI).isoformat(timespec="milliseconds") if day else None
    )


def _open_until(notice: Notice) -> str | None:
    """Until when `is:open` holds for a notice; None when it never does."""
    if notice.fields.notice_type is not NoticeType.CONSULTATION:
        return None
    if notice.fields.comment_end:
        return _end_of(notice.fields.comment_end)
    return _moment(_after(notice.published_at, OPEN_WITHOUT_DEADLINE))


def _after(moment: datetime | None, span: timedelta) -> datetime | None:
    return moment + span if moment else None


def _spaced(values: Iterable[str]) -> str:
    return f" {BETWEEN} ".join(" ".join(tokens(value)) for value in values)  # short: not worth an array


def _lead(body: str) -> str:
    """The first LEAD tokens of a body, read from its beginning only where that has more of them."""
    for text in (body[:LEAD_CHARACTERS], body):
        found = spaced_tokens(text).split(" ", LEAD + 2)
        if len(found) > LEAD + 2 or len(text) == len(body):
            return " ".join(found[:LEAD])
    return ""
