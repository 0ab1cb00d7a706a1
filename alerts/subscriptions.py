"""Subscriptions: saved searches with where and when to tell of their matches."""

import secrets
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field, fields
from datetime import datetime
from pathlib import Path
from shlex import quote
from typing import Any

from sqlalchemy import Connection, Row, delete, insert, select, update

from alerts.pace import covers, next_look
from alerts.reader import Reader
from alerts.standing import ADVICE, TRIES, Standing, TooFast, matched_to, remember, standing
from config.channels import is_address, load_channels
from config.subscriptions import DEFAULT_EVENTS, DEFAULT_REMIND, EVENTS, Wanted, complaints, tidy
from notices.problem import Problem
from notices.schema import calendar, deliveries, matched, subscriptions, told
from notices.store import Store
from notices.store.chunks import rows_of

DEFAULT_NAME = "consultations"
DEFAULT_QUERY = "type:consultation is:open"
SECRET = 24  # random bytes of a feed's address

__all__ = ["DEFAULT_EVENTS", "DEFAULT_NAME", "DEFAULT_QUERY", "DEFAULT_REMIND", "EVENTS", "Subscription", "Wanted"]


class BadSubscription(Problem):
    """A subscription that cannot be made, or that there is none of."""

    status = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Subscription(Wanted):
    """A saved search and what to do; events up to number `since_event` were there before it.

    `origin` is the file that made it, empty for one made by hand; `secret` stands in its feeds' addresses; `plan_at` is
    when its reminders and digests are looked at next; `resumed_at` is when a pause of it ended last.
    """

    id: int
    paused: bool
    created_at: datetime
    since_event: int
    origin: str = ""
    secret: str = field(default="", repr=False)
    plan_at: datetime | None = None
    resumed_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Added:
    """A new subscription, how many matters match it already and are not told, and what there is to warn of."""

    subscription: Subscription
    matching: int
    warnings: tuple[str, ...] = ()


def add(
    store: Store, folder: Path, name: str, query: str, *, channels: Sequence[str] = (), to: Sequence[str] = (),
    now: datetime,
) -> Added:  # fmt: skip
    """Makes a subscription that is told at once; `channels` are names of channels.yaml, `to` addresses of webhooks."""
    return subscribe(store, folder, Wanted(name, query, (*channels, *to)), now)


def subscribe(store: Store, folder: Path, wanted: Wanted, now: datetime) -> Added:
    """Makes a subscription over the index of a data folder, which is brought up to date first.

    Raises BadSubscription with everything that is wrong, SettingsError for a broken channels.yaml, and the parser's
    Problem with the column where only the query does not parse.
    """
    from alerts.index_reader import IndexReader  # listing subscriptions needs no index
    from search.projector import project

    known = load_channels()
    said = _checked(store, wanted, known, now)
    tries = TRIES
    while True:
        project(store, folder)
        with IndexReader(folder) as reader:
            try:
                return Added(*make(store, reader, wanted, known, now), said)
            except TooFast:
                tries -= 1
                if not tries:
                    raise


def make(
    store: Store, reader: Reader, wanted: Wanted, known: Collection[str], now: datetime
) -> tuple[Subscription, int]:
    """Makes a subscription whose query was parsed; returns it and how many matters match already.

    `known` are the names of the channels that are set up. Raises BadSubscription, and TooFast for a late reader.
    """
    if said := _wrong(wanted, known):
        raise BadSubscription("; ".join(said))
    stands = standing(reader, [wanted.query], now)
    with store.writing() as connection:
        if matched_to(connection) > stands.position:
            raise TooFast(ADVICE)  # what was matched since then would be neither old nor new to it
        if said := _taken(connection, wanted.name):
            raise BadSubscription(*said)
        return establish(connection, wanted, stands, now)


def establish(
    connection: Connection, wanted: Wanted, stands: Standing, now: datetime, *, origin: str = "", paused: bool = False
) -> tuple[Subscription, int]:
    """Writes a subscription that was checked, inside the caller's transaction; what matches already is not new."""
    own = {"paused": paused, "created_at": now, "since_event": stands.position, "origin": origin}
    more = {"secret": secrets.token_urlsafe(SECRET), "plan_at": next_look(wanted, now)}
    made = subscription(
        connection.execute(
            insert(subscriptions).values({**values(wanted), **own, **more}).returning(subscriptions)
        ).one()
    )
    return made, remember(connection, made.id, stands.position, stands.found[wanted.query])


def _checked(store: Store, wanted: Wanted, known: Collection[str], now: datetime) -> tuple[str, ...]:
    """What there is to warn of; raises one Problem with everything that is wrong."""
    from alerts.index_reader import warnings

    with store.reading() as connection:
        wrong = [*_wrong(wanted, known), *_taken(connection, wanted.name)]
    try:
        said = warnings(wanted.query, now)
    except Problem as error:
        if not wrong:
            raise
        wrong.insert(0, f"query: {error}")
    if wrong:
        raise BadSubscription("; ".join(wrong))
    return (*said, *cautions(wanted, now))


def _wrong(wanted: Wanted, known: Collection[str]) -> list[str]:
    return [what for _, what in (*strangers(wanted, known), *complaints(wanted))]


def _taken(connection: Connection, name: str) -> list[str]:
    if connection.execute(select(subscriptions.c.id).where(subscriptions.c.name == name)).first() is None:
        return []
    instead = f"take another name, or `policywatch alerts remove {quote(name)}` first"
    return [f"a subscription is called {name!r} already: {instead}"]


def strangers(wanted: Wanted, known: Collection[str]) -> Iterator[tuple[str, str]]:
    """The channels it names that are not set up and are no addresses, as complaints."""
    for channel in wanted.channels:
        if channel not in known and not is_address(channel):
            there = ", ".join(sorted(known)) or "none; `policywatch init` writes the file"
            yield "channels", f"no channel is called {channel!r}: channels.yaml has {there}"


def cautions(wanted: Wanted, now: datetime) -> tuple[str, ...]:
    """What there is to warn of in a subscription that is right."""
    unknown = [str(year) for year in (now.year, now.year + 1) if wanted.working_days and not covers(year)]
    said = "are not known yet: Monday to Friday count as working days until a newer chinesecalendar is installed"
    return (f"the holidays of {' and '.join(unknown)} {said}",) if unknown else ()


def read(store: Store) -> list[Subscription]:
    """All subscriptions, oldest first."""
    with store.reading() as connection:
        return load(connection)


def load(connection: Connection, ids: Collection[int] | None = None) -> list[Subscription]:
    """All subscriptions, or those of some ids, inside the caller's transaction, oldest first."""
    query = select(subscriptions).order_by(subscriptions.c.id)
    if ids is None:
        return [subscription(row) for row in connection.execute(query)]
    return [subscription(row) for row in rows_of(connection, query, subscriptions.c.id, sorted(ids))]


def named(store: Store, name: str) -> Subscription:
    """The subscription of that name; raises BadSubscription when there is none."""
    found = read(store)
    for one in found:
        if one.name == name:
            return one
    names = ", ".join(one.name for one in found) or "none yet, see `policywatch alerts add`"
    raise BadSubscription(f"no subscription is called {name!r}; there are: {names}")


def pause(store: Store, name: str) -> Subscription:
    """Pauses a subscription; what matches meanwhile is not told later. Raises BadSubscription."""
    return _change(store, name, paused=True)


def resume(store: Store, name: str, now: datetime) -> Subscription:
    """Ends the pause of a subscription, if there is one. Raises BadSubscription."""
    one = named(store, name)
    return _change(store, name, paused=False, resumed_at=now) if one.paused else one


def rotate(store: Store, name: str) -> Subscription:
    """Gives a subscription's feeds another address; the old one is gone. Raises BadSubscription."""
    return _change(store, name, secret=secrets.token_urlsafe(SECRET))


def remove(store: Store, name: str) -> Subscription:
    """Removes a subscription with its ledger and returns what it was; raises BadSubscription."""
    one = named(store, name)
    with store.writing() as connection:
        erase(connection, one.id)
    return one


def erase(connection: Connection, subscription_id: int) -> None:
    """Removes a subscription with its ledger, inside the caller's transaction."""
    for table in (deliveries, matched, told, calendar):
        connection.execute(delete(table).where(table.c.subscription_id == subscription_id))
    connection.execute(delete(subscriptions).where(subscriptions.c.id == subscription_id))


def values(wanted: Wanted) -> dict[str, Any]:
    """The columns of what was wanted."""
    tidied = tidy(wanted)
    found = {one.name: getattr(tidied, one.name) for one in fields(Wanted)}
    return {name: list(value) if isinstance(value, tuple) else value for name, value in found.items()}


def _change(store: Store, name: str, **changed: Any) -> Subscription:
    one = named(store, name)
    with store.writing() as connection:
        connection.execute(update(subscriptions).where(subscriptions.c.id == one.id).values(**changed))
    return named(store, name)


def subscription(row: Row[Any]) -> Subscription:
    """The subscription of a row."""
    found: dict[str, Any] = dict(row._mapping)
    del found["revision"]
    return Subscription(**{**found, **{name: tuple(found[name]) for name in ("channels", "remind", "events")}})
