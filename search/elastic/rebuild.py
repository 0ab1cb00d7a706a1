"""A new index beside the one that is read: filled from the store, brought up to its last event, then swapped in."""

import threading
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any

from notices.problem import Problem
from notices.schema import SHANGHAI
from notices.store import Store
from notices.store.cursor import Cursor
from notices.store.letters import settle_letters
from search.elastic.bulk import Action
from search.elastic.connection import Elastic
from search.elastic.indices import Held, all_of, create
from search.elastic.problems import told
from search.elastic.projector import READER, current, follow, send


def rebuild(store: Store, elastic: Elastic) -> int:
    """Builds the index anew and swaps the aliases in one call; returns the documents in it.

    The projector goes on writing to the old index until the swap. The new one has a cursor of its own: what arrived
    before the swap is written before it, and what arrives later is behind that cursor, so the next turn writes it.
    """
    turn = Cursor(store, f"elasticsearch-reindex:{elastic.names.base}")
    if turn.take() is None:
        raise Problem("another reindex of this index is under way: wait for its end, or half a minute if it was killed")
    try:
        return _rebuild(store, elastic, turn)
    finally:
        turn.release()


def _rebuild(store: Store, elastic: Elastic, turn: Cursor) -> int:
    old = all_of(elastic, "notices")
    _drop(store, elastic, [one for one in old if not one.aliases])  # of a reindex that was killed
    new = create(elastic, store, "notices", max((one.number for one in old), default=0) + 1)
    _settings(elastic, new, refresh_interval="-1")
    cursor = Cursor(store, new.cursor)
    cursor.take()
    stop = threading.Event()  # nobody sets it: Ctrl-C ends a reindex, and the next one drops what this one left
    try:
        position = store.last_event()
        ids = store.notice_ids()
        done = send(elastic, new.name, _renewing(turn, cursor, current(store, ids, position)), stop)
        with store.writing() as connection:
            cursor.move(connection, position)
            settle_letters(connection, READER, ids, done.refused, datetime.now(SHANGHAI))
        follow(store, elastic, new, cursor, position, stop)
        _settings(elastic, new, refresh_interval="1s")
        _renew(turn)
        _swap(elastic, new, [one for one in old if one.aliases])
    finally:
        cursor.release()
    _drop(store, elastic, [one for one in old if one.aliases])
    with told(elastic.url):
        elastic.client.indices.refresh(index=new.name)
        return int(elastic.client.count(index=new.name)["count"])


def _renewing(turn: Cursor, cursor: Cursor, actions: Iterable[Action]) -> Iterator[Action]:
    for action in actions:
        _renew(turn)
        cursor.renew()
        yield action


def _renew(turn: Cursor) -> None:
    if not turn.renew():
        raise Problem("another reindex took over while this one was held up: wait for its end")


def _swap(elastic: Elastic, new: Held, old: list[Held]) -> None:
    """Moves both aliases in one call: at no moment is there none, or a write that goes elsewhere than a read."""
    aliases = (elastic.names.read, elastic.names.write)
    actions: list[dict[str, Any]] = [
        {"remove": {"index": one.name, "alias": alias}} for one in old for alias in aliases if alias in one.aliases
    ]
    actions += [{"add": {"index": new.name, "alias": alias}} for alias in aliases]
    with told(elastic.url):
        elastic.client.indices.update_aliases(actions=actions)


def _drop(store: Store, elastic: Elastic, held: list[Held]) -> None:
    for one in held:
        with told(elastic.url):
            elastic.client.indices.delete(index=one.name, ignore_unavailable=True)
        Cursor(store, one.cursor).drop()


def _settings(elastic: Elastic, held: Held, **values: str) -> None:
    with told(elastic.url):
        elastic.client.indices.put_settings(index=held.name, settings={"index": values})
