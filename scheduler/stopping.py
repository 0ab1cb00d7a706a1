"""SIGTERM and Ctrl-C, taken only where the service may be left at once, so that nothing is cut in half."""

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Any, Self

SIGNALS = (signal.SIGTERM, signal.SIGINT)


class Stopping:
    """Remembers that a signal asked to stop; raises KeyboardInterrupt inside `here`, and nowhere else.

    Outside the main thread no signal arrives, and it only passes.
    """

    def __init__(self) -> None:
        self.asked = False
        self._here = False
        self._before: dict[signal.Signals, Callable[[int, FrameType | None], Any] | int | None] = {}

    @contextmanager
    def here(self) -> Iterator[None]:
        """A part that a signal may leave at once, also one that came before it."""
        with self._set(True):
            self._leave()
            yield

    @contextmanager
    def later(self) -> Iterator[None]:
        """A part inside `here` that a signal leaves only at its end."""
        before = self._here
        with self._set(False):
            yield
        if before:
            self._leave()

    @contextmanager
    def _set(self, here: bool) -> Iterator[None]:
        before, self._here = self._here, here
        try:
            yield
        finally:
            self._here = before

    def _leave(self) -> None:
        if self.asked:
            raise KeyboardInterrupt

    def _take(self, number: int, frame: FrameType | None) -> None:
        self.asked = True
        if self._here:
            self._here = False  # a second signal does not cut what ends in order
            raise KeyboardInterrupt

    def __enter__(self) -> Self:
        if threading.current_thread() is threading.main_thread():
            self._before = {each: signal.signal(each, self._take) for each in SIGNALS}
        return self

    def __exit__(self, *ended: object) -> None:
        for each, before in self._before.items():
            signal.signal(each, before)
