"""Takes one channel its parts, a few at a time, until it is down; each is marked by the channel's own answer."""

import logging
import random
import threading
import time
from collections import Counter, deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row

from alerts import outgoing, parts
from alerts.channels.rate import claim, limits, made
from alerts.follow import COVERED
from alerts.ledger import FAILED, PENDING, SENT
from alerts.parts import LEASE, Part
from alerts.sending import Answer, Item, Message, Sender
from config.channels import Channel, shown
from config.masking import masked
from notices.isolate import Failed, isolate
from notices.store import Store
from notices.store.chunks import chunks

GONE = "there is nothing to tell of any more: it was removed, or its period moved or ended"
AHEAD = 25  # parts whose notices are read together
MOST = 8  # parts that are leased together on a channel that is quick; a kill repeats no more of them
QUICK = 0.05  # seconds that a post to such a channel takes at the most
SHORT = timedelta(seconds=1.5)  # a wait for a robot's rate that is waited for
log = logging.getLogger("policywatch.alerts")


@dataclass(frozen=True, slots=True)
class Load:
    """A part with those of its rows that there is something to tell of."""

    part: Part
    rows: tuple[Row[Any], ...]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a channel said to a part, not written down yet; no answer for one that was not sent after all."""

    load: Load
    answer: Answer | None


def deliver(channel: Channel, sender: Sender | None, sent: Message, now: datetime) -> Answer:
    """Hands a message to its channel; an answer whatever happens, and no secret in it."""
    if sender is None or not (channel.url or channel.url_env or channel.url_file):
        return Answer(False, f"channels.yaml has no channel {channel.name!r}: add it, or change the subscription", True)
    if channel.problem:
        return Answer(False, channel.problem, True)
    answer = isolate(lambda: sender.send(channel, sent, now), f"send to {shown(channel.name)}")
    if isinstance(answer, Failed):
        return Answer(False, masked(answer.error), unsure=True)
    return Answer(
        answer.accepted, masked(answer.said), answer.down, answer.retry_after, answer.unsure, masked(answer.missed)
    )


class Courier:
    """One run to one channel; `states` counts its deliveries by the state they are left in, `repeats` the parts that
    the channel may have got twice."""

    def __init__(
        self, store: Store, channel: Channel, sender: Sender | None, clock: Callable[[], datetime],
        chance: random.Random, stop: threading.Event, link: Callable[[int], str],
    ) -> None:  # fmt: skip
        self._store, self._channel, self._sender = store, channel, sender
        self._clock, self._chance, self._stop, self._link = clock, chance, stop, link
        self._limits = limits(channel, sender.limits) if sender else ()
        self._said: list[Outcome] = []
        self._store_id = ""
        self._post = 0  # the row of a robot's last turn
        self.states: Counter[str] = Counter()
        self.repeats = 0

    def run(self, due: Sequence[Part]) -> None:
        """Sends what is due until it is done, the channel is down or its rate used up, or the work is stopped."""
        with self._store.kept():
            self._store_id = self._store.store_id
            try:
                for some in chunks(due, AHEAD):
                    rows = [row for part in some for row in part.rows]
                    told = outgoing.items(self._store, rows, self._clock())
                    loads = deque(Load(part, tuple(row for row in part.rows if row.id in told)) for part in some)
                    if not self._empty(loads, told):
                        return
            finally:
                if self._said:
                    with self._store.writing() as connection:
                        self._settle(connection)

    def _empty(self, loads: deque[Load], told: Mapping[int, Item]) -> bool:
        """Sends all of them; False when nothing else is to be sent now."""
        size = 1
        while loads:
            if self._stop.is_set():
                return False
            some = [loads.popleft() for _ in range(min(size, len(loads)))]
            pause, leased, at = self._take(some)
            if pause and (pause > SHORT or self._stop.wait(pause.total_seconds())):
                return False
            if pause:
                loads.extendleft(some)  # robots take one at a time
                continue
            began = time.monotonic()
            if not self._carry(leased, told, at):
                return False
            quick = (time.monotonic() - began) / len(some) < QUICK and not self._limits
            size = min(size * 2, MOST) if quick else 1
        return True

    def _take(self, some: Sequence[Load]) -> tuple[timedelta, list[Load], datetime]:
        """Writes down the answers before and leases the next: how long to wait first, what was leased, and when.

        One transaction for both, because each costs a write to the disk.
        """
        with self._store.writing() as connection:
            self._settle(connection)
            now = self._clock()
            free = parts.free(connection, [load.part for load in some], now)
            mine = [load for load in some if load.part.key in free]
            if any(load.rows for load in mine):
                turn = claim(connection, self._channel, self._limits, now)
                if turn.wait > SHORT:
                    parts.put_off(connection, some[0].part.channel, now + turn.wait, now)
                if turn.wait:
                    return turn.wait, [], now
                self._post = turn.post
            for load in mine:
                gone = [row for row in load.part.rows if row not in load.rows]
                parts.withdraw(connection, gone, COVERED, GONE)
                self.states.update({COVERED: len(gone)} if gone else {})
            leased = [load for load in mine if load.rows]
            parts.lease(connection, [(load.part, load.rows) for load in leased], now)
        return timedelta(0), leased, now

    def _carry(self, leased: Sequence[Load], told: Mapping[int, Item], at: datetime) -> bool:
        """Sends what was leased; False when nothing else is to be sent now, and what was not sent is let go."""
        for number, load in enumerate(leased):
            # a process that was stopped for long may find that another one has taken its parts
            if self._stop.is_set() or self._clock() - at > LEASE / 2:
                self._said += [Outcome(rest, None) for rest in leased[number:]]
                return False
            answer = self._post_one(load, [told[row.id] for row in load.rows])
            self._said.append(Outcome(load, answer))
            if answer.down:
                self._said += [Outcome(rest, None) for rest in leased[number + 1 :]]
                return False
        return True

    def _post_one(self, load: Load, items: Sequence[Item]) -> Answer:
        """The channel's answer to a part, or what is wrong with one that cannot be composed: the others go on."""
        link = self._link(load.rows[0].subscription_id)
        sent = isolate(lambda: outgoing.compose(load.part, items, self._store_id, link), f"compose {load.part.key}")
        if isinstance(sent, Failed):
            return Answer(False, f"it cannot be composed: {masked(sent.error)}", unsure=load.part.unsure)
        if load.part.unsure:
            self.repeats += 1
            log.warning("%s gets %s again: no answer to it was written down", self._name, load.part.key)
        return deliver(self._channel, self._sender, sent, self._clock())

    def _settle(self, connection: Connection) -> None:
        """Writes down every answer since the last time, but lets go of what was not sent first: it waits too."""
        said, self._said = self._said, []
        now = self._clock()
        if self._post and said:
            made(connection, self._post, now)
        for one in said:
            if one.answer is None:
                parts.release(connection, one.load.part, one.load.rows)
        taken = [one.load for one in said if one.answer and one.answer.accepted and not one.answer.missed]
        parts.accepted(connection, [row for load in taken for row in load.rows], now)
        for one in said:
            if one.answer:
                self._mark(connection, one.load, one.answer, now)

    def _mark(self, connection: Connection, load: Load, answer: Answer, now: datetime) -> None:
        if answer.accepted:
            self.states[SENT] += len(load.rows)
            if answer.missed:
                parts.accepted(connection, load.rows, now, answer.missed)
                log.error("%s for %r: accepted, but not for %s", self._name, load.part.subscription, answer.missed)
            return
        refusal = parts.refused(connection, load.part, load.rows, answer, now, self._chance)
        self.states[refusal.state] += len(load.rows)
        if refusal.state == PENDING:
            log.warning("%s for %r: will try again: %s", self._name, load.part.subscription, answer.said)
        else:
            self._given_up(load.part.subscription, len(load.rows), answer.said)
        for subscription, number in refusal.given_up.items():
            self.states[FAILED] += number
            self._given_up(subscription, number, answer.said)

    def _given_up(self, subscription: str, number: int, said: str) -> None:
        log.error("%s for %r: given up, %d of its deliveries: %s", self._name, subscription, number, said)

    @property
    def _name(self) -> str:
        return shown(self._channel.name)
