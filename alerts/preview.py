"""What a subscription would have told over the last months."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from alerts.kinds import MOVED, NEW, REMIND
from alerts.past import Arrival, arrivals, earlier, ending_soon, moves, reminders
from alerts.reader import Reader
from config.subscriptions import Wanted
from notices.notice import Notice
from notices.schema import SHANGHAI
from notices.store import Store
from search.answer import Hit

DAYS = 90
NEWEST = 10
SHOWN = ("path", "url", "account", "published_at")  # of a carrier


@dataclass(frozen=True, slots=True)
class Preview:
    """How many matters would have been told of as new, and how many alerts that makes a week with all `events`.

    `newest` are the last of these matters, newest first; `sent` is the sum of `events`, which count by their names.
    """

    matches: int
    per_week: float
    newest: tuple[Hit, ...]
    sent: int = 0
    events: dict[str, int] = field(default_factory=dict)


def preview(store: Store, reader: Reader, query: str, now: datetime, days: int = DAYS) -> Preview:
    """What a subscription with the defaults would have sent in the last days had it been there.

    A matter is new when a notice of it first matches, asked at the time at which it came, and not if one matched before
    these days. Deadlines that moved and reminders are of matters that matched by then, those from before among them.
    """
    wanted, start = Wanted("preview", query), now - timedelta(days=days)
    with store.reading() as connection:
        came, moved = arrivals(connection, start, now), moves(connection, start, now)
        others = moved.keys() | ending_soon(connection, wanted, start, now)
        before = earlier(connection, start, {one.matter_id for one in came} | others)
    recent, known = _first(reader, query, came), _first(reader, query, before)
    told = sorted(((one.at, one.notice_id) for one in recent.values() if one.matter_id not in known), reverse=True)
    first = {one.matter_id: one.at for one in (*recent.values(), *known.values())}  # known ones came earlier
    with store.reading() as connection:
        reminded = len(list(reminders(connection, wanted, first, moved, start, now)))
    keys = {(matter, one.key) for matter, at in first.items() for one in moved.get(matter, ()) if one.at > at}
    counted = {NEW: len(told), MOVED: len(keys), REMIND: reminded}
    newest = [notice for _, notice in told[:NEWEST]]
    shown = {one.notice_id: one for one in store.notices(newest)}
    hits = tuple(hit(shown[one]) for one in newest if one in shown)
    sent = sum(counted.values())
    return Preview(len(told), round(sent * 7 / days, 1), hits, sent, counted)


def _first(reader: Reader, query: str, came: Sequence[Arrival]) -> dict[int, Arrival]:
    """By matter, the first notice of it that matched when it came; all of one day are asked at its last moment."""
    by_day: dict[date, list[Arrival]] = defaultdict(list)
    for one in came:
        by_day[one.at.astimezone(SHANGHAI).date()].append(one)
    found: dict[int, Arrival] = {}
    for _, day in sorted(by_day.items()):
        matching = reader.matches(query, [one.notice_id for one in day], max(one.at for one in day))
        for one in sorted(day, key=lambda one: (one.at, one.notice_id)):
            if one.notice_id in matching:
                found.setdefault(one.matter_id, one)
    return found


def hit(notice: Notice) -> Hit:
    """The notice as a search would show it."""
    end = notice.fields.comment_end
    carriers = ({name: getattr(one, name) for name in SHOWN} for one in notice.carriers)
    return Hit(
        notice_id=notice.notice_id,
        matter_id=notice.matter_id,
        title=notice.titles[0],
        exact=True,
        score=0.0,
        notice_type=notice.fields.notice_type.value,
        issuers=notice.fields.issuers,
        published_at=notice.published_at,
        comment_end=end.isoformat() if end else None,
        url=notice.url,
        carriers=tuple(carriers),
        highlights=(),
        comment_end_of="matter" if notice.end_of_matter else "",
        removed=tuple({"url": url, "removed_at": at.isoformat()} for url, at in notice.removed.items()),
    )
