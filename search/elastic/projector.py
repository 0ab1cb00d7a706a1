"""The projector: a reader of the store's log that keeps Elasticsearch at the store's newest state.

It writes a notice's current row, never what an event says, under the number of the event that wrote the row. So what is
written twice, or late, changes nothing, and a killed projector's work is simply done again from its cursor.
"""

import threading
import time
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import datetime

from notices.schema import SHANGHAI
from notices.store import Store
from notices.store.chunks import chunks
from notices.store.cursor import Cursor
from notices.store.letters import read_letters, settle_letters
from search.elastic.bulk import Action, Delivered, bulks, deliver
from search.elastic.connection import Elastic
from search.elastic.documents import document
from search.elastic.indices import REINDEX, Held, live
from search.elastic.problems import IndexUnfit

READER = "elasticsearch"  # of the dead letters
EVENTS = 2_000  # read at a time
NOTICES = 250  # loaded at a time
SENDERS = 2  # requests that are under way while the next one is made
FEW = 200  # events after which the index is refreshed at once
CHECKED = 30.0  # seconds for which an index that fitted is not looked at again


class Projector:
    """Writes one store to one server; `turn` as often as you like."""

    def __init__(self, store: Store, elastic: Elastic, stop: threading.Event | None = None) -> None:
        self._store = store
        self._elastic = elastic
        self._stop = stop or threading.Event()
        self._held: Held | None = None
        self._looked = 0.0

    def turn(self) -> int:
        """Brings the index up to the store's last event, unless another process does; returns the documents written.

        Raises ElasticAway when it should be tried again, ElasticRefused or IndexUnfit when somebody has to act.
        """
        if self._settled():
            return 0
        self._held = held = live(self._elastic, self._store)
        self._looked = time.monotonic()
        cursor = Cursor(self._store, held.cursor)
        position = cursor.take()
        if position is None:
            return 0
        try:
            return follow(self._store, self._elastic, held, cursor, position, self._stop)
        finally:
            cursor.release()

    def _settled(self) -> bool:
        """Whether the index that was found lately has every event: asked every second, so without the server."""
        if self._held is None or time.monotonic() > self._looked + CHECKED:
            return False
        return lag(self._store, self._held) <= 0


def lag(store: Store, held: Held) -> int:
    """How many events of the store an index does not have yet."""
    return store.last_event() - Cursor(store, held.cursor).position


def retry(store: Store, elastic: Elastic) -> tuple[int, int]:
    """Tries all dead letters again; returns how many were tried, and how many of them were refused again."""
    live(elastic, store)
    with store.reading() as connection:
        ids = [letter.notice_id for letter in read_letters(connection, READER)]
    done = send(elastic, elastic.names.write, current(store, ids, store.last_event()), threading.Event(), refresh=True)
    with store.writing() as connection:
        settle_letters(connection, READER, ids, done.refused, datetime.now(SHANGHAI))
    return len(ids), len(done.refused)


def follow(
    store: Store,
    elastic: Elastic,
    held: Held,
    cursor: Cursor,
    position: int,
    stop: threading.Event,
) -> int:
    """Writes every notice of the events after a position, and moves the cursor; returns the documents written.

    The index that is read is written to through its alias: were it swapped meanwhile, the new one gets it too.
    """
    written = 0
    target = elastic.names.write if elastic.names.write in held.aliases else held.name
    while not stop.is_set() and (events := store.events_after(position, EVENTS)):
        ids = list(dict.fromkeys(event.notice_id for event in events))
        actions = _renewing(cursor, current(store, ids, events[-1].number))
        done = send(elastic, target, actions, stop, refresh=len(events) < FEW)
        _ahead(store, held, done)
        with store.writing() as connection:
            if not cursor.move(connection, events[-1].number):
                return written  # another process has taken over: it does the same again
            settle_letters(connection, READER, ids, done.refused, datetime.now(SHANGHAI))
        written += done.written
        position = events[-1].number
    return written


def _renewing(cursor: Cursor, actions: Iterable[Action]) -> Iterator[Action]:
    for action in actions:
        cursor.renew()
        yield action


def _ahead(store: Store, held: Held, done: Delivered) -> None:
    """Raises IndexUnfit when the index holds a version of a notice that its row in the store has not reached."""
    for notice in store.notices(done.newer):
        if notice.version < done.newer[notice.notice_id]:
            raise IndexUnfit(
                f"the index {held.name} holds notice {notice.notice_id} of event {done.newer[notice.notice_id]}, the "
                f"store's is of {notice.version}: an older copy of the store is in use: {REINDEX}"
            )


def send(
    elastic: Elastic,
    index: str,
    actions: Iterable[Action],
    stop: threading.Event,
    *,
    refresh: bool = False,
) -> Delivered:
    """Sends actions while the next ones are made; every one has its answer when this returns."""
    done = Delivered()
    waiting: deque[Future[Delivered]] = deque()
    with ThreadPoolExecutor(SENDERS, "elastic") as senders:
        try:
            for some in bulks(actions):
                waiting.append(senders.submit(deliver, elastic, index, some, refresh=refresh, stop=stop))
                if len(waiting) > SENDERS:
                    done.add(waiting.popleft().result())
            while waiting:
                done.add(waiting.popleft().result())
        finally:
            senders.shutdown(cancel_futures=True)
    return done


def current(store: Store, ids: Sequence[int], gone: int) -> Iterator[Action]:
    """The actions that bring these notices to their current rows; one that is no more is deleted at version `gone`."""
    for some in chunks(ids, NOTICES):
        there = store.notices(some)
        for notice in there:
            yield Action(notice.notice_id, notice.version, document(notice))
        for one in set(some).difference(notice.notice_id for notice in there):
            yield Action(one, gone, None)
