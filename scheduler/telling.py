"""What the service does for subscribers: indexes, matches, plans reminders and digests, sends, writes feeds."""

import logging
import threading
import time
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import datetime
from typing import Self

from alerts.daily import plan
from alerts.dispatcher import Dispatcher
from alerts.feeds.addresses import links
from alerts.feeds.files import refresh
from config.channels import Channel, load_channels
from config.settings import Settings, SettingsError
from notices.isolate import isolate
from notices.store import Store
from scheduler.round import catch_up

PATIENCE = 10.0  # seconds that a round of feeds waits for messages: a channel that hangs keeps none from being written
GLANCE = 0.02  # seconds between two looks whether messages are on their way
log = logging.getLogger("policywatch.service")


@dataclass(slots=True)
class Telling:
    """One service's telling; waits for no courier. A mistake in channels.yaml ends it before it begins, none later."""

    settings: Settings
    store: Store
    clock: Callable[[], datetime]
    stop: threading.Event
    channels: Callable[[], dict[str, Channel]] = field(init=False)
    dispatcher: Dispatcher = field(init=False)
    open: ExitStack = field(init=False, default_factory=ExitStack)
    telling: bool = field(init=False, default=False)

    def __post_init__(self) -> None:
        self.channels = _steady(load_channels())
        link = links(self.store, self.settings.feeds_url)
        self.dispatcher = Dispatcher(self.store, stop=self.stop, link=link)

    def turn(self) -> None:
        """Indexes and matches what is new and sends couriers out."""
        if self.stop.is_set():
            return
        self.telling = True
        isolate(lambda: catch_up(self.settings, self.store, self.clock()), "index and match")
        isolate(lambda: plan(self.store, self.clock()), "look for reminders and digests")
        isolate(lambda: self.dispatcher.turn(self.channels, self.clock()), "send")
        self.telling = False

    def feed(self) -> None:
        """Writes the feeds and calendars that changed, between messages: they share the interpreter, and can wait."""
        if not self.stop.is_set():
            at, left = self.settings, PATIENCE

            def give_way() -> None:
                nonlocal left
                began = time.monotonic()
                while (self.telling or self.dispatcher.busy) and time.monotonic() - began < left:
                    if self.stop.wait(GLANCE):
                        return
                left -= time.monotonic() - began

            isolate(lambda: refresh(self.store, at.data, at.feeds_url, self.clock(), give_way), "write feeds")

    def __enter__(self) -> Self:
        self.open.enter_context(self.store.kept())
        return self

    def __exit__(self, *ended: object) -> None:
        self.dispatcher.close()
        self.open.close()


def _steady(good: dict[str, Channel]) -> Callable[[], dict[str, Channel]]:
    """Reads channels.yaml whenever it is asked; mistakes in it are told of once, and the last good one stands."""
    told = ""

    def read() -> dict[str, Channel]:
        nonlocal good, told
        try:
            good, told = load_channels(), ""
        except SettingsError as error:
            if str(error) != told:
                log.error("%s; until it is mended the channels of before are used", error)
            told = str(error)
        return good

    return read
