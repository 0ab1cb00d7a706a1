"""The projector in a process of its own, so that a long run's texts are indexed while the next ones are read."""

import multiprocessing
from contextlib import suppress
from multiprocessing.process import BaseProcess
from queue import Empty
from types import TracebackType
from typing import TYPE_CHECKING, Self

from config.settings import Settings
from notices.problem import Problem
from notices.store import Store
from scheduler.parent import end_with_parent
from scheduler.projecting import Projecting
from search.projector import project

if TYPE_CHECKING:
    from multiprocessing.queues import Queue

PATIENCE = 600  # seconds for what is still to be indexed at the end


class Indexing:
    """Indexes beside a run: `poke` after every batch; what is left, or a process that died, is made up at the end.

    A run of one batch is indexed at its end, which is done before a process would have started.
    """

    def __init__(self, store: Store, settings: Settings) -> None:
        self._store = store
        self._settings = settings
        context = multiprocessing.get_context("spawn")
        self._pokes: Queue[bool] = context.Queue()
        self._process: BaseProcess = context.Process(target=_serve, args=(settings, self._pokes), daemon=True)
        self._poked = False

    def poke(self) -> None:
        """Says that the store has new events."""
        if self._poked and not self._process.pid:
            self._process.start()
        self._poked = True
        self._pokes.put(True)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._pokes.put(False)
        if self._process.pid:
            self._process.join(PATIENCE if kind is None else 5)
            if self._process.is_alive():
                self._process.terminate()
                self._process.join()
        self._pokes.close()
        if kind is None:
            project(self._store, self._settings.data)
            with Projecting(self._settings, self._store) as elastic:
                elastic.turn()


def _serve(settings: Settings, pokes: "Queue[bool]") -> None:
    """Projects whenever it is poked, until it is told to end; a problem ends it, and the run's end reports it."""
    end_with_parent()  # a run that was killed tells nobody to end
    opened = Store.open(settings.store_url, settings.data)
    with suppress(Problem, KeyboardInterrupt), opened as store, Projecting(settings, store) as elastic:
        while pokes.get():
            project(store, settings.data)
            elastic.turn()
            with suppress(Empty):
                while True:
                    if not pokes.get_nowait():
                        return
