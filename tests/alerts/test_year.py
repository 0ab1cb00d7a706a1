"""A year by a fake clock: what arrives, and when, is exactly what a plain model of the calendar says."""

import random
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta, timezone
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import delete, event, insert

from alerts.daily import plan
from alerts.dispatcher import dispatch
from alerts.ledger import listed
from alerts.matcher import match
from alerts.subscriptions import Wanted, make
from config.channels import Channel
from notices.kinds import Mode
from notices.schema import SHANGHAI, events, notices
from notices.store import Store

STEP = timedelta(minutes=10)  # everything happens at a multiple of it
SUBSCRIPTIONS = (
    Wanted("now", "is:open", ("now",)),
    Wanted("daily", "is:open", ("daily",), pace="daily", at="08:30", working_days=True, quiet="22:00-07:00",
           empty=True),
    Wanted("weekly", "is:open", ("weekly",), pace="weekly", weekday="fri", at="17:00", zone="America/New_York",
           remind=("1d",)),
    Wanted("night", "is:open", ("night",), quiet="22:00-07:00", zone="Europe/London", remind=()),
)  # fmt: skip
SLEEPS = tuple(
    (datetime(2028, month, day, 18, tzinfo=SHANGHAI), datetime(2028, month, day + 3, 18, tzinfo=SHANGHAI))
    for month, day in ((3, 15), (7, 3), (10, 27))
)
WEIGHT = ("new", "deadline", "remind")  # which event stands for a matter that has several in one message

Told = tuple[str, datetime, frozenset[str]]  # subscription, moment, and what the message names


@dataclass
class Matter:
    """What the model knows of a notice: when it came, its deadlines by when they were set, when it was removed."""

    born: datetime
    ends: list[tuple[datetime, date]]
    gone: datetime | None = None

    def end(self, now: datetime) -> date | None:
        if self.gone is not None and self.gone <= now:
            return None
        return [day for at, day in self.ends if at <= now][-1]


@dataclass
class Model:
    """Says what is told, minute by minute, without the code that is tested."""

    ticks: list[datetime]
    matters: dict[int, Matter] = field(default_factory=dict)

    def expected(self) -> list[Told]:
        return [told for one in SUBSCRIPTIONS for told in self._of(one)]

    def _of(self, one: Wanted) -> Iterator[Told]:
        out: dict[datetime, dict[int, str]] = defaultdict(dict)
        for number, matter in self.matters.items():
            for at, name in self._happened(matter):
                self._put(out, one, number, name, self._wait(one, at, digest=True))
            for before in one.remind:
                for end in {end for _, end in matter.ends}:
                    self._reminder(out, one, number, matter, end, int(before[:-1]))
        if one.empty:
            for slot in self._slots(one):
                at = self._tick(slot)
                if at is not None and at - slot < timedelta(days=1) and at not in out:
                    out[at][0] = "alive"
        for at in sorted(out):
            yield one.name, at, frozenset(f"{number} {name}" for number, name in out[at].items())

    def _happened(self, matter: Matter) -> Iterator[tuple[datetime, str]]:
        yield matter.born, "new"
        for at, end in matter.ends[1:]:
            yield at, f"deadline:{end}"

    def _put(self, out: dict[datetime, dict[int, str]], one: Wanted, number: int, name: str, due: datetime) -> None:
        at = self._tick(due, one)
        matter = self.matters[number]
        if at is None or (matter.gone is not None and matter.gone <= at):
            return
        held = out[at].get(number)
        if held is None or WEIGHT.index(name.split(":", maxsplit=1)[0]) <= WEIGHT.index(held.split(":")[0]):
            out[at][number] = name

    def _reminder(
        self, out: dict[datetime, dict[int, str]], one: Wanted, number: int, matter: Matter, end: date, before: int
    ) -> None:
        day = end - timedelta(days=before)
        if any(self._send_day(one, end - timedelta(days=int(n[:-1]))) == self._send_day(one, day)
               for n in one.remind if int(n[:-1]) < before):  # fmt: skip
            return  # a nearer reminder is sent that day
        slot = self._local(one, self._send_day(one, day))
        at = self._tick(slot)
        if at is None or at - slot >= timedelta(days=1) or matter.born > at or matter.end(at) != end:
            return
        due = self._wait(one, at, digest=False)
        if due < datetime.combine(end + timedelta(days=1), datetime.min.time(), SHANGHAI):
            self._put(out, one, number, f"remind:{before}d:{end}", due)

    def _send_day(self, one: Wanted, day: date) -> date:
        while one.working_days and day.weekday() >= 5:  # no holidays are known for 2028
            day -= timedelta(days=1)
        return day

    def _slots(self, one: Wanted) -> list[datetime]:
        first, last = self.ticks[0], self.ticks[-1]
        days = [first.date() + timedelta(days=number) for number in range((last - first).days + 2)]
        return [s for day in days if self._digests(one, day) and first < (s := self._local(one, day)) <= last]

    def _digests(self, one: Wanted, day: date) -> bool:
        if one.working_days and day.weekday() >= 5:
            return False
        return one.pace == "daily" or (one.pace == "weekly" and day.strftime("%a").lower() == one.weekday)

    def _local(self, one: Wanted, day: date) -> datetime:
        hour, minute = one.at.split(":")
        return datetime(day.year, day.month, day.day, int(hour), int(minute), tzinfo=ZoneInfo(one.zone))

    def _wait(self, one: Wanted, now: datetime, digest: bool) -> datetime:
        at = now.astimezone(timezone.utc)
        if digest and one.pace != "now":
            at += STEP
            while not (f"{at.astimezone(ZoneInfo(one.zone)):%H:%M}" == one.at and self._digests(
                one, at.astimezone(ZoneInfo(one.zone)).date())):  # fmt: skip
                at += STEP
        while not self._free(one, at):
            at += STEP
        return at

    def _tick(self, due: datetime, one: Wanted | None = None) -> datetime | None:
        """The first look from then on, and for what is sent the first that is at no quiet hour and on no day off."""
        return next((tick for tick in self.ticks if tick >= due and (one is None or self._free(one, tick))), None)

    def _free(self, one: Wanted, at: datetime) -> bool:
        local = at.astimezone(ZoneInfo(one.zone))
        awake = not one.quiet or "07:00" <= f"{local:%H:%M}" < "22:00"
        return awake and not (one.working_days and local.weekday() >= 5)


def moments(start: datetime, end: datetime) -> list[datetime]:
    """When the service looks: twice a day, and when a subscription's hour or the end of its quiet hours has come."""
    found = set()
    day = start.date() - timedelta(days=1)
    while day <= end.date():
        for hour, minute in ((3, 20), (15, 40)):
            found.add(datetime(day.year, day.month, day.day, hour, minute, tzinfo=SHANGHAI))
        for one in SUBSCRIPTIONS:
            for text in {one.at, "07:00"}:
                hour, minute = (int(part) for part in text.split(":"))
                found.add(datetime(day.year, day.month, day.day, hour, minute, tzinfo=ZoneInfo(one.zone)))
        day += timedelta(days=1)
    found |= {moment for sleep in SLEEPS for moment in sleep}
    asleep = {one for one in found for fell, woke in SLEEPS if fell < one < woke}
    return sorted(one.astimezone(SHANGHAI) for one in found - asleep if start <= one <= end)


def happen(world: Any, model: Model, chance: random.Random) -> None:
    """Something, or nothing, happens to a notice now."""
    open_ = [n for n, m in model.matters.items() if (end := m.end(world.now)) and end >= world.now.date()]
    what = chance.choices(["new", "moved", "removed", "nothing"], [14, 4, 1, 200])[0]
    if what == "new":
        leap = [date(2028, 2, 29), date(2028, 3, 1)][len(model.matters) :]
        end = leap[0] if leap else world.now.date() + timedelta(days=chance.randint(2, 45))
        model.matters[world.notice(f"办法{len(model.matters)}", end)] = Matter(world.now, [(world.now, end)])
    elif what == "moved" and open_:
        number = chance.choice(open_)
        end = world.now.date() + timedelta(days=chance.randint(3, 40))
        if end not in {day for _, day in model.matters[number].ends}:
            world.deadline(number, end)
            model.matters[number].ends.append((world.now, end))
    elif what == "removed" and open_:
        number = chance.choice(open_)
        with world.store.writing() as connection:
            connection.execute(delete(notices).where(notices.c.id == number))
            row = {"kind": "removed", "notice_id": number, "mode": Mode.BACKFILL.value, "at": world.now}
            connection.execute(insert(events).values(**row, detail={"kinds": ["removed"]}))
        model.matters[number].gone = world.now


def live(world: Any, reader: Any, hook: Any, seed: int, start: datetime, end: datetime) -> tuple[list[Told], Model]:
    """Lets the service live from one moment to another; what the webhook got, and the model of what happened."""
    chance = random.Random(seed)
    world.now = start
    model = Model(moments(start, end))
    channels = {one.name: Channel(one.name, "webhook", hook.url, private=True, timeout=5.0) for one in SUBSCRIPTIONS}
    for one in SUBSCRIPTIONS:
        make(world.store, reader, one, channels, world.now)
    got: list[Told] = []
    for tick in model.ticks:
        world.now = tick
        happen(world, model, chance)
        match(world.store, tick)
        plan(world.store, tick)
        if chance.random() < 0.05:  # as after a restart: nothing is kept in memory
            world.store.close()
        dispatch(world.store, channels, tick)
        for message in hook.messages:
            named = frozenset(f"{i['notice_id']} {i['event'] if i['notice_id'] else 'alive'}" for i in message["items"])
            got.append((message["subscription"], tick, named))
        hook.bodies.clear()
    return got, model


def quick(store: Store) -> None:
    """No waiting for a disk: these tests are about the clock, not about a machine that fails."""
    event.listen(store.engine, "connect", lambda connection, _: connection.execute("PRAGMA synchronous=OFF"))


def check(got: list[Told], model: Model) -> None:
    missing, extra = [
        sorted(a - b, key=str) for a, b in ((set(model.expected()), set(got)), (set(got), set(model.expected())))
    ]
    assert (missing, extra) == ([], [])
    assert len(got) == len(set(got))


def test_a_season_with_a_leap_day_two_clock_changes_and_three_days_asleep(
    world: Any, reader: Any, hook: Any, caplog: Any
) -> None:
    quick(world.store)
    start, end = datetime(2028, 2, 21, tzinfo=SHANGHAI), datetime(2028, 4, 3, tzinfo=SHANGHAI)
    got, model = live(world, reader, hook, 28, start, end)
    check(got, model)
    told = [name for _, _, names in got for name in names]
    for kind in ("new", "deadline", "remind:1d:2028-02-29", "remind:1d:2028-03-01", "remind:7d", "alive"):
        assert any(name.split(" ")[1].startswith(kind) for name in told), kind
    assert {state for one in listed(world.store) if (state := one.state)} <= {"sent", "pending", "covered", "missed"}


@pytest.mark.soak(long=True)
@pytest.mark.timeout(1800)
def test_a_year(world: Any, reader: Any, hook: Any, tmp_path: Path) -> None:
    quick(world.store)
    seed = random.randrange(10**6)
    got, model = live(
        world, reader, hook, seed, datetime(2027, 12, 20, tzinfo=SHANGHAI), datetime(2028, 12, 31, tzinfo=SHANGHAI)
    )
    print(f"seed {seed}: {len(model.ticks)} looks, {len(model.matters)} matters, {len(got)} messages")
    check(got, model)
