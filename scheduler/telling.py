"""What the service tells: indexes and matches what is new and sends couriers out, waiting for none of them."""

import logging
import threading
from collections.abc import Callable
from contextlib import ExitStack
from datetime import datetime
from types import TracebackType
from typing import Self

from alerts.dispatcher import Dispatcher
from config.channels import Channel, load_channels
from config.settings import Settings, SettingsError
from notices.isolate import isolate
from notices.store import Store
from scheduler.round import catch_up

log = logging.getLogger("policywatch.service")


class Telling:
    """Tells whenever `turn` is called; raises SettingsError at once for a channels.yaml with mistakes.

    One that is broken later is told of once, and the last good one stands.
    """

    def __init__(self, settings: Settings, store: Store, clock: Callable[[], datetime], stop: threading.Event) -> None:
        self._settings, self._store, self._clock, self._stop = settings, store, clock, stop
        self._channels = load_channels()
        self._mistake = ""
        self._dispatcher = Dispatcher(store, stop=stop)
        self._open = ExitStack()

    def turn(self) -> None:
        """Looks once for everything there is to index, match or send."""
        if self._stop.is_set():
            return
        isolate(lambda: catch_up(self._settings, self._store, self._clock()), "index and match")
        isolate(lambda: self._dispatcher.turn(self._known, self._clock()), "send")

    def close(self) -> None:
        """Waits for the couriers that are out."""
        self._dispatcher.close()
        self._open.close()

    def __enter__(self) -> Self:
        self._open.enter_context(self._store.kept())
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _known(self) -> dict[str, Channel]:
        try:
            self._channels, self._mistake = load_channels(), ""
        except SettingsError as error:
            if str(error) != self._mistake:
                log.error("%s; until it is mended the channels of before are used", error)
            self._mistake = str(error)
        return self._channels
