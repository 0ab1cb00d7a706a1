"""Sends what is due: every channel on a thread of its own, so that one that is down or hangs holds up no other."""

import random
import threading
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from alerts.channels.senders import SENDERS
from alerts.courier import Courier
from alerts.outgoing import splitting
from alerts.parts import Part, gather
from alerts.sending import Sender
from config.channels import Channel, is_address, shown
from config.masking import remember_address
from notices.isolate import Failed, isolate
from notices.store import Store

THREADS = 256  # channels at a time
Channels = Mapping[str, Channel]


@dataclass(slots=True)
class Dispatched:
    """Deliveries by the state a dispatch left them in, and parts a channel may have got twice."""

    states: Counter[str] = field(default_factory=Counter)
    repeats: int = 0


class Dispatcher:
    """Gives every channel that has something due a courier, and leaves a channel alone while its courier is out."""

    def __init__(
        self, store: Store, *, chance: random.Random | None = None, stop: threading.Event | None = None,
        link: Callable[[int], str] | None = None,
    ) -> None:  # fmt: skip
        """`stop`, once set, ends the work between two parts; `link` is where a subscription of an id can be read."""
        self._store = store
        self._chance, self._stop = chance or random.Random(), stop or threading.Event()
        self._link = link or (lambda subscription_id: "")
        self._pool = ThreadPoolExecutor(THREADS, "channel")
        self._out: dict[str, tuple[Courier, Future[Failed | None]]] = {}
        self._done = Dispatched()

    def turn(self, channels: Channels | Callable[[], Channels], now: datetime) -> None:
        """Sends out what is due on channels whose couriers are back; waits for none. `channels` are asked if needed."""
        self._back()
        known: Channels | None = None if callable(channels) else channels

        def found(name: str) -> tuple[Channel, Sender]:
            nonlocal known
            known = known if known is not None else channels() if callable(channels) else channels
            channel = resolve(name, known)
            return channel, SENDERS[channel.kind]

        queues: dict[str, list[Part]] = defaultdict(list)
        for part in gather(self._store, now, splitting(self._store, found, now), tuple(self._out)):
            queues[part.channel].append(part)
        began = time.monotonic()
        for name, queue in queues.items():
            channel, sender = found(name)
            courier = Courier(
                self._store, channel, sender, lambda: now + timedelta(seconds=time.monotonic() - began),
                self._chance, self._stop, self._link,
            )  # fmt: skip
            self._out[name] = courier, self._pool.submit(_run, courier, queue, name)

    @property
    def busy(self) -> bool:
        """Whether a courier is out."""
        return any(not work.done() for _, work in list(self._out.values()))

    def wait(self) -> Dispatched:
        """Waits for every courier and says what they did since this was asked last."""
        for _, work in self._out.values():
            work.result()
        self._back()
        done, self._done = self._done, Dispatched()
        return done

    def close(self) -> None:
        """Waits for every courier and ends."""
        self._pool.shutdown(wait=True)

    def _back(self) -> None:
        for name, (courier, work) in list(self._out.items()):
            if work.done():
                self._done.states.update(courier.states)
                self._done.repeats += courier.repeats
                del self._out[name]


def dispatch(
    store: Store,
    channels: Channels,
    now: datetime,
    *,
    chance: random.Random | None = None,
    stop: threading.Event | None = None,
    link: Callable[[int], str] | None = None,
) -> Dispatched:
    """Sends every part that is due, once; what a channel does not accept stays in the ledger and is tried again later.

    `stop`, once set, ends the work between two parts.
    """
    dispatcher = Dispatcher(store, chance=chance, stop=stop, link=link)
    try:
        dispatcher.turn(channels, now)
        return dispatcher.wait()
    finally:
        dispatcher.close()


def resolve(name: str, channels: Channels) -> Channel:
    """The channel of that name, or the plain webhook of an address; one without an address when there is none."""
    if name in channels:
        return channels[name]
    if is_address(name):
        remember_address(name)
    return Channel(name, "webhook", name if is_address(name) else "")


def _run(courier: Courier, queue: list[Part], name: str) -> Failed | None:
    return isolate(lambda: courier.run(queue), f"courier to {shown(name)}")
