"""Hosts and their queue: one process drains one, at a pace and with pauses that hold for all."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta, timezone
from itertools import pairwise
from pathlib import Path

import pytest
from sqlalchemy import select

from notices.kinds import Mode
from notices.schema import hosts, queue
from notices.store import Store
from notices.store.queue import CRASHES, LAST, due_hosts, hasten, put, put_back, take, waiting
from notices.target import Kind, ListAsk, Target
from scheduler.hosts import LEASE, Hosts, throttled

START = datetime(2026, 11, 23, 8, tzinfo=timezone.utc)
HOST = "www.miit.gov.cn"


class Clock:
    def __init__(self) -> None:
        self.now = START

    def __call__(self) -> datetime:
        return self.now

    def wait(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)


pytestmark = pytest.mark.both_databases


@pytest.fixture
def store(tmp_path: Path, store_address: Callable[[Path], str]) -> Iterator[Store]:
    with Store.open(store_address(tmp_path), tmp_path) as opened:
        yield opened


@pytest.fixture
def clock() -> Clock:
    return Clock()


def test_one_process_drains_a_host_until_it_ends_or_is_silent(store: Store, clock: Clock) -> None:
    one, other = Hosts(store, "one", clock), Hosts(store, "other", clock)
    assert one.lease(HOST) and one.lease(HOST) and not other.lease(HOST)
    assert other.turn(HOST, 0) is None
    clock.wait(LEASE.total_seconds() - 1)
    one.renew([HOST])
    clock.wait(LEASE.total_seconds() - 1)
    assert not other.lease(HOST)
    clock.wait(2)
    assert other.lease(HOST)  # one was killed
    one.renew([HOST])
    assert one.turn(HOST, 0) is None and other.turn(HOST, 0) == 0
    one.release(HOST)
    assert not one.lease(HOST)
    other.release_all("other")
    assert one.lease(HOST)


def test_requests_to_a_host_keep_their_distance_whoever_makes_them(store: Store, clock: Clock) -> None:
    asked: list[datetime] = []
    for number in range(6):
        owner = Hosts(store, f"p{number % 3}", clock)
        assert owner.lease(HOST)
        wait = owner.turn(HOST, 3.0)
        assert wait is not None
        clock.wait(wait)
        asked.append(clock.now)
        clock.wait(0.4)
        owner.answered(HOST, 0.4, well=True)
        owner.release(HOST)
    assert {later - earlier for earlier, later in pairwise(asked)} == {timedelta(seconds=3)}


def test_a_request_that_leaves_late_does_not_hasten_the_next(store: Store, clock: Clock) -> None:
    one = Hosts(store, "one", clock)
    one.lease(HOST)
    assert one.turn(HOST, 3.0) == 0
    clock.wait(2.5)  # the process was busy: the request leaves now
    clock.wait(0.1)
    one.answered(HOST, 0.1, well=True)
    assert one.turn(HOST, 3.0) == pytest.approx(2.9)


def test_a_slow_host_is_asked_less_often_and_a_bad_answer_never_hastens(store: Store, clock: Clock) -> None:
    one = Hosts(store, "one", clock)
    one.lease(HOST)
    one.turn(HOST, 1.0)
    clock.wait(10)
    one.answered(HOST, 10.0, well=True)
    assert one.turn(HOST, 1.0) == pytest.approx(0, abs=0.01)
    clock.wait(1)
    one.answered(HOST, 1.0, well=False)
    assert one.turn(HOST, 1.0) == pytest.approx(9)
    assert throttled(10, 1, well=True) == 5.5
    assert throttled(0, 999, well=False) == 120


def test_a_pause_holds_for_everybody_and_grows_with_every_wall(store: Store, clock: Clock) -> None:
    one, other = Hosts(store, "one", clock), Hosts(store, "other", clock)
    one.lease(HOST)
    for minutes in (30, 60, 120):
        assert one.turn(HOST, 0) is not None
        one.pause(HOST, None, "HTTP 403")
        one.release(HOST)
        assert other.lease(HOST) and other.turn(HOST, 0) is None
        other.release(HOST)
        one.lease(HOST)
        clock.wait(minutes * 60 - 1)
        assert one.turn(HOST, 0) is None
        clock.wait(2)
    one.answered(HOST, 0.1, well=True)
    one.pause(HOST, timedelta(seconds=0), "HTTP 429")  # Retry-After: 0
    clock.wait(59)
    assert one.turn(HOST, 0) is None
    clock.wait(2)
    assert one.turn(HOST, 0) == 0
    one.pause(HOST, timedelta(days=40), "HTTP 429")
    with store.reading() as connection:
        assert connection.execute(select(hosts.c.paused_until)).scalar() == clock.now + timedelta(days=1)


def test_a_robots_txt_is_remembered_for_a_day(store: Store, clock: Clock) -> None:
    one = Hosts(store, "one", clock)
    assert one.robots(HOST) is None
    one.keep_robots(HOST, "")
    assert Hosts(store, "other", clock).robots(HOST) == ""
    clock.wait(86_401)
    assert one.robots(HOST) is None


def page(name: str, **given: object) -> Target:
    return replace(Target(f"https://{HOST}/{name}", source="s"), **given)  # type: ignore[arg-type]


def test_news_comes_before_second_looks_and_backfills(store: Store) -> None:
    targets = [
        page("old", mode=Mode.BACKFILL),
        page("again", looks=2, article_id=7),
        page("file", kind=Kind.ATTACHMENT),
        page("news"),
        page("list", kind=Kind.LIST, ask=ListAsk("unit", 2, note={"a": "b"}, since=START.date())),
        page("deep", kind=Kind.LIST, mode=Mode.BACKFILL, ask=ListAsk()),
        page("later"),
    ]
    with store.writing() as connection:
        assert put(connection, targets, START) == 7
        assert put(connection, targets, START) == 0
        put_back(connection, 7, START + timedelta(hours=1))
        order = []
        while (found := take(connection, HOST, START)[0]) is not None:
            order.append(found.url.rsplit("/", 1)[1])
            again = take(connection, "other.cn", START)
            assert again == (None, [])
            connection.execute(queue.delete().where(queue.c.id == found.id))
        assert order == ["list", "news", "file", "again", "deep", "old"]
        assert waiting(connection, [page("later").url, page("news").url]) == {page("later").url}
        assert due_hosts(connection, START) == []
        hasten(connection, ["s"], START)
        assert due_hosts(connection, START) == [HOST]
        assert due_hosts(connection, START, ["another"]) == []


def test_a_target_comes_out_as_it_went_in(store: Store) -> None:
    ask = ListAsk("unit", 3, {"a": "1"}, {"X-Y": "z"}, {"column": "u"}, START.date(), 1)
    given = page("x", kind=Kind.LIST, ask=ask, title="标题", listed_at=START, ends_on=START.date(), account="a", hops=1)
    with store.writing() as connection:
        put(connection, [given], START)
        found, _ = take(connection, HOST, START)
    assert found == replace(given, id=1)


def test_an_address_whose_processes_die_is_given_up_and_the_rest_goes_on(store: Store) -> None:
    with store.writing() as connection:
        put(connection, [page("poison"), page("good")], START)
        for crash in range(CRASHES):
            found, lost = take(connection, HOST, START)
            assert found is not None and found.url.endswith("good" if crash % 2 else "poison") and lost == []
            if found.url.endswith("good"):
                put_back(connection, found.id)
        seen = []
        for _ in range(3 * CRASHES):
            found, lost = take(connection, HOST, START)
            seen += [one.url for one in lost]
            if found is not None and found.url.endswith("good"):
                put_back(connection, found.id)
    assert seen == [page("poison").url]


def test_a_listed_page_whose_processes_die_stays_for_its_row_and_is_not_asked(store: Store) -> None:
    with store.writing() as connection:
        put(connection, [page("poison", title="征求意见")], START)
        lost = [one for _ in range(CRASHES + 1) for one in take(connection, HOST, START)[1]]
        assert [one.title for one in lost] == ["征求意见"] and waiting(connection, [lost[0].url])
        assert take(connection, HOST, START + LAST) == (None, [])  # counted once
        assert not waiting(connection, [lost[0].url])
