"""Once a day, the subscriptions whose answer changes with time alone: what came into a period since is told too."""

import secrets
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta

from sqlalchemy import ColumnElement, Connection, select

from alerts import cursor
from alerts.decide import Verdict, decide
from alerts.follow import follow, matters_of
from alerts.happenings import Happening
from alerts.ledger import Due, record, remember, seen
from alerts.subscriptions import Subscription
from alerts.watching import matching, stamp, tree, watching
from notices.schema import SHANGHAI, notices
from notices.schema.types import EPOCH
from notices.store import Store
from notices.store.notice_rows import load_notices
from search.dated import dated, depends
from search.tree import And, Comparison, Flag, Node, Not, Or, Range

NAME = "daily"  # of the cursor that counts days

Swept = tuple[str, int, int]  # a field and the instants that a limit passed over, microseconds since 1970


def rerun(store: Store, now: datetime) -> int:
    """Writes deliveries for matters that match today and did not at the last run; returns how many.

    The first run only notes the day. It does nothing more on a day it ran, or while another process runs it.
    """
    today = now.astimezone(SHANGHAI).date().toordinal()
    if cursor.position(store, NAME) >= today:
        return 0
    owner = secrets.token_hex(8)
    last = cursor.lease(store, NAME, owner, now)
    written = 0 if last is None or last >= today else _run(store, owner, last, today, now)
    cursor.release(store, NAME, owner)
    return written


def swept(then: Node, now: Node) -> Iterator[Swept]:
    """Where the limits of a tree went between two times; only notices there can have come into its answer."""
    match then, now:
        case (And() | Or(), And() | Or()):
            for before, after in zip(then.parts, now.parts, strict=True):
                yield from swept(before, after)
        case Not(), Not():
            yield from swept(then.part, now.part)
        case Flag(), Flag() if then != now:
            yield "deadline", then.now, now.now
            yield "published", then.since, now.since
        case Range(), Range() if then != now:
            yield then.field, min(then.start, now.start), max(then.start, now.start)
            if then.comparison is Comparison.IN:
                yield then.field, min(then.end, now.end), max(then.end, now.end)


def _run(store: Store, owner: str, last: int, today: int, now: datetime) -> int:
    with store.reading() as connection:
        watched = watching(connection)
        made = watched.refresh(connection)
        moving = [one for one in watched.subscriptions if (node := tree(one)) is not None and depends(node)]
        then = datetime.combine(date.fromordinal(last or today), time(), SHANGHAI)
        ids = _candidates(connection, moving, then, now) if last else set()
        held = load_notices(connection, ids)
    found = matching(moving, ((one, now) for one in held))
    with store.writing() as connection:
        if not cursor.holds(connection, NAME, owner, last) or stamp(connection) != made:
            return 0
        follow(connection)
        homes = matters_of(connection, ids)
        known = seen(connection, homes.values())
        judged: list[tuple[Subscription, Verdict]] = []
        for one in moving:
            there = {notice: homes[notice] for notice in found.get(one.id, ()) if notice in homes}
            number = one.since_event + 1  # time made it match, which is after the subscription was made
            happened = [Happening(n, m, now, last=number, live=number, made=n) for n, m in there.items()]
            judged += [(one, verdict) for verdict in decide(one, happened, there, known.get(one.id, {}))]
        remember(connection, judged)
        dues = [Due(one, v.matter_id, v.notice_id, event, v.at) for one, v in judged for event in v.events]
        written = record(connection, dues, now)
        cursor.advance(connection, NAME, today, now)
    return written


def _candidates(connection: Connection, moving: list[Subscription], then: datetime, now: datetime) -> set[int]:
    """The notices with a date that a limit of some query passed over since the last run's day began."""
    places: set[Swept] = set()
    for one in moving:
        node = tree(one)
        if node is not None:
            places |= set(swept(dated(node, then), dated(node, now)))
    found: set[int] = set()
    for place in places:
        found |= set(connection.execute(select(notices.c.id).where(_between(place))).scalars())
    return found


def _between(place: Swept) -> ColumnElement[bool]:
    field, low, high = place
    first, last = (EPOCH + timedelta(microseconds=micros) for micros in (low, high))
    if field == "published":
        return notices.c.published_at.between(first, last)
    start, end = (moment.astimezone(SHANGHAI).date().isoformat() for moment in (first, last))
    return notices.c.ends_on.between(start, end)
