"""The queries of all subscriptions, made ready once, and which of them a notice matches."""

import logging
import threading
from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime
from functools import lru_cache
from itertools import count
from weakref import WeakKeyDictionary

from sqlalchemy import Connection, Engine, func, select

from alerts.subscriptions import Subscription, load
from notices.notice import Notice
from notices.problem import Problem
from notices.schema import subscriptions as table
from notices.schema.types import EPOCH
from search.memory import Held
from search.parse import parse
from search.tree import Node
from search.watchlist import Watchlist

LEFT = 4  # a watchlist is made anew when more than one in so many of its queries is nobody's any more

Stamp = tuple[int, int]
Asked = Iterable[tuple[Notice, datetime]]

log = logging.getLogger("policywatch.alerts")


def stamp(connection: Connection) -> Stamp:
    """What tells at little cost whether a subscription came, went or changed meanwhile, whoever did it."""
    number, marks = connection.execute(select(func.count(), func.sum(table.c.revision)).select_from(table)).one()
    return int(number), int(marks or 0)


class Watching:
    """The subscriptions of one store as they were read last, with their queries ready for any notice."""

    def __init__(self) -> None:
        self.stamp: Stamp = (0, 0)
        self.subscriptions: Sequence[Subscription] = ()
        self._revisions: dict[int, int] = {}
        self._owners: dict[int, int] = {}  # subscriptions by the numbers that their queries have in the watchlist
        self._watchlist = Watchlist({})
        self._numbers = count()
        self._used = 0
        self._lock = threading.Lock()

    def refresh(self, connection: Connection) -> Stamp:
        """Reads what changed, inside the caller's transaction; returns what it is now."""
        with self._lock:
            now = stamp(connection)
            if now != self.stamp:
                there = {row.id: row.revision for row in connection.execute(select(table.c.id, table.c.revision))}
                changed = [one for one, mark in there.items() if self._revisions.get(one) != mark]
                self._take(load(connection, changed), there)
                self.stamp = now
            return now

    def matching(self, notices: Asked) -> dict[int, set[int]]:
        """The notices that each subscription matches, by its id, each notice asked at a time of its own."""
        found: dict[int, set[int]] = defaultdict(set)
        with self._lock:
            for notice, now in notices:
                for number in self._watchlist.matching(Held.of(notice), now):
                    if (owner := self._owners.get(number)) is not None:
                        found[owner].add(notice.notice_id)
        return found

    def _take(self, fresh: Sequence[Subscription], there: dict[int, int]) -> None:
        changed = {one.id: one for one in fresh}
        kept = [one for one in self.subscriptions if one.id in there and one.id not in changed]
        self._owners = {number: one for number, one in self._owners.items() if one in there and one not in changed}
        self.subscriptions = sorted([*kept, *fresh], key=lambda one: one.id)
        self._revisions = there
        if self._used + len(fresh) > len(there) * (LEFT + 1) // LEFT:
            self._watchlist, self._owners, self._used, fresh = Watchlist({}), {}, 0, self.subscriptions
        trees: dict[int, Node] = {}
        for one in fresh:
            node = _parsed(one.query)
            if isinstance(node, str):  # it must not hold up the others
                log.error("subscription %r matches nothing: %s", one.name, node)
            else:
                number = next(self._numbers)
                trees[number], self._owners[number] = node, one.id
        self._watchlist.add(trees)
        self._used += len(trees)


_kept: WeakKeyDictionary[Engine, Watching] = WeakKeyDictionary()


def watching(connection: Connection) -> Watching:
    """What is kept of the subscriptions of a connection's store; it is to be refreshed before it is asked."""
    return _kept.setdefault(connection.engine, Watching())


def matching(subscriptions: Sequence[Subscription], notices: Asked) -> dict[int, set[int]]:
    """The same for some subscriptions only."""
    trees = ((one.id, tree(one)) for one in subscriptions)
    watchlist = Watchlist({number: node for number, node in trees if node is not None})
    found: dict[int, set[int]] = defaultdict(set)
    for notice, now in notices:
        for one in watchlist.matching(Held.of(notice), now):
            found[one].add(notice.notice_id)
    return found


def tree(subscription: Subscription) -> Node | None:
    """The syntax tree of a subscription's query; None for one made before the language changed."""
    found = _parsed(subscription.query)
    return None if isinstance(found, str) else found


@lru_cache(maxsize=20_000)
def _parsed(query: str) -> Node | str:
    """The tree, whose dates are made anew for every notice, or what is wrong with the query."""
    try:
        return parse(query, EPOCH).tree
    except Problem as error:
        return str(error)
