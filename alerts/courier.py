"""Takes one channel its parts, one after the other, until it is down; each is marked by the channel's own answer."""

import logging
import random
import threading
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row

from alerts import outgoing, parts
from alerts.channels.rate import claim, limits
from alerts.follow import COVERED
from alerts.ledger import PENDING, SENT
from alerts.parts import LEASE, Part
from alerts.sending import Answer, Item, Message, Sender
from config.channels import Channel, shown
from config.masking import masked
from notices.isolate import Failed, isolate
from notices.store import Store
from notices.store.chunks import chunks

AHEAD = 25  # parts whose notices are read together
SHORT = timedelta(seconds=1.5)  # a wait for a robot's rate that is waited for
log = logging.getLogger("policywatch.alerts")


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a channel said to a part, not written down yet."""

    part: Part
    rows: tuple[Row[Any], ...]
    answer: Answer


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
        self._said: Outcome | None = None
        self.states: Counter[str] = Counter()
        self.repeats = 0

    def run(self, due: Sequence[Part]) -> None:
        """Sends what is due until it is done, the channel is down or its rate used up, or the work is stopped."""
        with self._store.kept():
            self._run(due, self._store.store_id)

    def _run(self, due: Sequence[Part], store_id: str) -> None:
        try:
            for some in chunks(due, AHEAD):
                rows = (row for part in some for row in part.rows)
                told = outgoing.items(self._store, rows, self._clock())
                for part in some:
                    if self._stop.is_set() or not self._carry(part, told, store_id):
                        return
        finally:
            if self._said:
                with self._store.writing() as connection:
                    self._settle(connection)

    def _carry(self, part: Part, told: Mapping[int, Item], store_id: str) -> bool:
        """Sends one part; False when nothing else is to be sent now."""
        rows = tuple(row for row in part.rows if row.id in told)
        pause: timedelta | None = timedelta(seconds=1)
        while pause:
            pause, leased = self._take(part, rows)
            if pause and (pause > SHORT or self._stop.wait(pause.total_seconds())):
                return False
        if leased is None or not rows:
            return True
        sent = outgoing.compose(part, [told[row.id] for row in rows], store_id, self._link(rows[0].subscription_id))
        if self._clock() - leased > LEASE / 2:
            return False  # this process was stopped for so long that another one may have taken the part
        self._said = Outcome(part, rows, deliver(self._channel, self._sender, sent, self._clock()))
        return not self._said.answer.down

    def _take(self, part: Part, rows: Sequence[Row[Any]]) -> tuple[timedelta | None, datetime | None]:
        """Writes down the answer before and takes the part: how long to wait first, and when it was taken, if it was.

        One transaction for both, because each costs a write to the disk.
        """
        with self._store.writing() as connection:
            self._settle(connection)
            now = self._clock()
            if not parts.free(connection, part, now):
                return None, None
            if rows and (pause := claim(connection, self._channel, self._limits, now)):
                if pause > SHORT:
                    parts.put_off(connection, part.channel, now + pause, now)
                return pause, None
            gone = [row for row in part.rows if row not in rows]
            parts.withdraw(connection, gone, COVERED, "the notice was removed")
            if gone:
                self.states[COVERED] += len(gone)
            parts.lease(connection, part, rows, now)
        self.repeats += part.unsure and bool(rows)
        if part.unsure and rows:
            log.warning("%s gets %r again: its answer was never written down", shown(self._channel.name), part.key)
        return None, now

    def _settle(self, connection: Connection) -> None:
        said, self._said = self._said, None
        if said is None:
            return
        now, answer = self._clock(), said.answer
        if answer.accepted:
            parts.accepted(connection, said.rows, now, answer.missed)
            state = SENT
        else:
            state = parts.refused(connection, said.part, said.rows, answer, now, self._chance)
        self.states[state] += len(said.rows)
        self._report(said.part, answer, state)

    def _report(self, part: Part, answer: Answer, state: str) -> None:
        name = shown(self._channel.name)
        if answer.missed:
            log.error("%s for %r: accepted, but not for %s", name, part.subscription, answer.missed)
        elif state == PENDING:
            log.warning("%s for %r: will try again: %s", name, part.subscription, answer.said)
        elif state != SENT:
            log.error("%s for %r: given up: %s", name, part.subscription, answer.said)
