"""The queries of all subscriptions, made ready once, and which of them a notice matches."""

import logging
from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import Connection, Row

from alerts.subscriptions import Subscription
from notices.notice import Notice
from notices.problem import Problem
from notices.schema.types import EPOCH
from search.memory import Held
from search.parse import parse
from search.tree import Node
from search.watchlist import Watchlist

log = logging.getLogger("policywatch.alerts")


def matching(subscriptions: Sequence[Subscription], notices: Iterable[tuple[Notice, datetime]]) -> dict[int, set[int]]:
    """The notices that each subscription matches, by its id, each notice asked at a time of its own."""
    watch = _watchlist(subscriptions)
    found: dict[int, set[int]] = defaultdict(set)
    for notice, now in notices:
        for one in watch.matching(Held.of(notice), now):
            found[one].add(notice.notice_id)
    return found


def stamp(connection: Connection) -> Sequence[Row[Any]]:
    """All subscriptions as the database has them: what tells at little cost whether one changed meanwhile."""
    return connection.exec_driver_sql("SELECT * FROM subscriptions ORDER BY id").all()


def tree(subscription: Subscription) -> Node | None:
    """The syntax tree of a subscription's query; None for one made before the language changed."""
    found = _parsed(subscription.query)
    return None if isinstance(found, str) else found


def _watchlist(subscriptions: Sequence[Subscription]) -> Watchlist:
    """The queries of all; one that fails is complained of and must not hold up the others."""
    for one in subscriptions:
        if isinstance(problem := _parsed(one.query), str):
            log.error("subscription %r matches nothing: %s", one.name, problem)
    return _made(tuple((one.id, one.query) for one in subscriptions))


@lru_cache(maxsize=2)
def _made(queries: tuple[tuple[int, str], ...]) -> Watchlist:
    trees = ((number, _parsed(query)) for number, query in queries)
    return Watchlist({number: tree for number, tree in trees if not isinstance(tree, str)})


@lru_cache(maxsize=20_000)
def _parsed(query: str) -> Node | str:
    """The tree, whose dates are made anew for every notice, or what is wrong with the query."""
    try:
        return parse(query, EPOCH).tree
    except Problem as error:
        return str(error)
