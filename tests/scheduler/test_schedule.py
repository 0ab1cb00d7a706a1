"""The schedule over simulated time, the health of sources, and the alarms that follow from it."""

from collections import Counter
from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

from config.sources import Source
from notices.identity import host_of
from notices.schema import pages, runs
from notices.schema import sources as table
from notices.store.source_runs import last_change, runs_after
from notices.target import Target
from scheduler.agreement import disagreements
from scheduler.alarms import load_alarms, watch
from scheduler.health import judge
from scheduler.prune import prune
from scheduler.schedule import begin_due, free_hosts
from tests.scheduler.crawled import START, Crawl, crawling, feed
from tests.scheduler.month import TROUBLES, World, live

FEED = "https://feed.example.cn/rss"

SOURCES = Source("a", "feed", FEED, every=60, checks=("b",)), Source("b", "feed", f"{FEED}2")


@pytest.fixture
def crawl(tmp_path: Path) -> Iterator[Crawl]:
    with crawling(
        tmp_path, Source("a", "feed", FEED, every=60, checks=("b",)), Source("b", "feed", f"{FEED}2")
    ) as made:
        yield made


def lived(folder: Path, world: World, days: int) -> set[str]:
    """Lives through a world and holds what came of it against what had to; returns the kinds of alarms there were."""
    with crawling(folder, *world.sources) as crawl:
        looks = list(live(world, crawl, days))
        with crawl.store.reading() as connection:
            runs_of = Counter(connection.execute(select(runs.c.source)).scalars())
            unended = connection.execute(select(func.count()).where(runs.c.ended_at.is_(None))).scalar()
        alarms = load_alarms(crawl.store)
    assert unended == 0
    for source in world.sources:
        assert runs_of[source.name] == len(world.begun[source.name]) > 0
        held_to_its_rhythm(world, source)
        asked_when_allowed(world, source)
        assert max(world.asked[source.name]) > looks[-1] - timedelta(minutes=source.every)
    told = sorted((one.source, one.kind, one.started_at, one.ended_at) for one in alarms)
    assert told == world.alarms(looks)  # nobody else, not even after the machine was down for a day
    assert len(told) > len(world.outages) // 2
    return {one.kind for one in alarms}


def held_to_its_rhythm(world: World, source: Source) -> None:
    """Each run is begun once, in time; what was missed is made up once."""
    every = timedelta(minutes=source.every)
    ill = [one for one in world.outages if one.is_of(source)]
    for earlier, later in pairwise(world.begun[source.name]):
        due = world.due_at(source, earlier + every)
        if earlier < world.off < later:
            assert later <= max(world.on, due)  # made up once, at the first look
        elif any(one.begins <= earlier < one.ends for one in ill):
            assert later <= due
        else:
            assert later == due, source.name


def asked_when_allowed(world: World, source: Source) -> None:
    """Each run asks its list once, in no pause of its host; of those that wait for its end one asks."""
    asked = world.asked[source.name]
    expected = {world.asked_at(source, moment) for moment in world.begun[source.name]}
    assert set(asked) == expected and len(asked) == len(expected), source.name
    for starts, ends in world.pauses[host_of(source.url)]:
        assert not any(starts < moment < ends for moment in asked), source.name


def test_a_week_of_eight_sources(tmp_path: Path) -> None:
    assert lived(tmp_path, World.made(8, 9, seed=1), 9) >= {"blocked", "stale"}


@pytest.mark.soak(long=True)
@pytest.mark.timeout(1500)
def test_a_month_of_thirty_sources(tmp_path: Path, seed: int) -> None:
    print(f"seed {seed}")
    assert lived(tmp_path, World.made(30, 31, seed), 31) == {*TROUBLES, "stale"}


def answered(crawl: Crawl, name: str, *items: tuple[str, str], pages_are: Any = None) -> None:
    """One crawl of a source whose feed holds these items; `pages_are` answers each page."""
    crawl.begin(name)
    while (target := crawl.take()) is not None:
        if target.ask is not None:
            crawl.answer(target, feed(*items))
        elif pages_are is None:
            crawl.answer(target, "x", 404)
        else:
            pages_are(target)


def health(crawl: Crawl, name: str = "a", **later: float) -> tuple[str, str]:
    now = crawl.clock() + timedelta(**later)
    (found,) = [one for one in judge(crawl.store, list(crawl.sources.values()), now) if one.name == name]
    return found.health, found.error


def test_a_source_is_as_well_as_its_pages(crawl: Crawl) -> None:
    assert health(crawl)[0] == "new"
    items = [(f"https://x.cn/{one}", f"题{one}") for one in range(4)]
    answered(crawl, "a", *items[:2], pages_are=lambda target: crawl.answer(target, "x", 404))
    assert health(crawl)[0] == "ok"
    answered(crawl, "a", *items, pages_are=lambda target: crawl.lose(target, ConnectionResetError("x")))
    assert health(crawl)[0] == "ok"  # two lost pages are no illness
    crawl.clock.wait(minutes=30)
    answered(crawl, "a", *items, pages_are=lambda target: crawl.lose(target, ConnectionResetError("x")))
    assert health(crawl) == ("unreachable", "none of its last 4 pages could be read: unreachable")
    crawl.clock.wait(hours=7)
    answered(crawl, "a", *items, pages_are=lambda target: crawl.answer(target, "x", 410))
    assert health(crawl)[0] == "ok"
    assert health(crawl, hours=4) == ("stale", health(crawl, hours=4)[1])


def test_a_source_is_not_stale_while_its_list_is_being_read(crawl: Crawl) -> None:
    answered(crawl, "a", ("https://x.cn/1", "题1"))
    crawl.clock.wait(hours=26)  # the service was down
    assert health(crawl)[0] == "stale"
    crawl.begin("a")
    assert health(crawl)[0] == "ok"
    assert health(crawl, hours=4)[0] == "stale"


def test_what_fell_ill_by_doing_nothing_is_seen_at_the_looks_for_it(crawl: Crawl) -> None:
    answered(crawl, "a", ("https://x.cn/1", "题1"))
    sources, before = [crawl.sources["a"]], crawl.clock()
    crawl.clock.wait(hours=2)
    assert watch(crawl.store, sources, crawl.clock(), crawl.clock(), still=True) == []
    crawl.clock.wait(hours=2)
    assert watch(crawl.store, sources, crawl.clock(), crawl.clock()) == []
    (begun,) = watch(crawl.store, sources, crawl.clock(), crawl.clock(), still=True)
    assert (begun.kind, begun.started_at) == ("stale", crawl.clock()) and begun.started_at > before


def test_a_list_that_answers_but_has_nothing_new_goes_stale(crawl: Crawl) -> None:
    for day in range(7):
        crawl.clock.wait(days=1)
        answered(crawl, "a", *((f"https://x.cn/{one}", f"题{one}") for one in range(day + 1)))
    for _ in range(13):
        crawl.clock.wait(days=1)
        answered(crawl, "a", *((f"https://x.cn/{one}", f"题{one}") for one in range(7)))
    assert health(crawl)[0] == "ok"
    for _ in range(3):
        crawl.clock.wait(days=1)
        answered(crawl, "a", ("https://x.cn/1", "题1"))
    assert health(crawl)[0] == "stale" and "nothing new since 2026-11-09" in health(crawl)[1]


def test_an_alarm_begins_once_and_ends_once(crawl: Crawl) -> None:
    sources = [crawl.sources["a"]]

    def failed() -> None:
        crawl.begin("a")
        target = crawl.take()
        assert target is not None
        crawl.lose(target, ConnectionResetError("x"))

    def judged() -> list[str]:
        return [run.health for run in crawl.runs("a")]

    failed()
    assert watch(crawl.store, sources, crawl.clock()) == []  # one lost connection is weather
    failed()
    assert judged() == ["unreachable", ""]
    (begun,) = watch(crawl.store, sources, crawl.clock())
    assert judged() == ["unreachable", "unreachable"]
    assert (begun.source, begun.kind, begun.ended_at) == ("a", "unreachable", None)
    assert "reset" not in begun.kind and begun.detail.startswith(f"the list {FEED} cannot be fetched")
    failed()
    assert watch(crawl.store, sources, crawl.clock()) == []
    assert [one.kind for one in load_alarms(crawl.store, lasting=True)] == ["unreachable"]
    answered(crawl, "a", ("https://x.cn/1", "题"))
    (ended,) = watch(crawl.store, sources, crawl.clock(), crawl.clock())
    assert ended.id == begun.id and ended.ended_at == crawl.clock()
    assert judged() == ["unreachable"] * 3 + ["ok"]
    failed(), failed()
    watch(crawl.store, sources, crawl.clock())
    (gone,) = watch(crawl.store, [], crawl.clock())  # taken out of sources.yaml
    assert gone.ended_at is not None
    assert [one.kind for one in load_alarms(crawl.store)] == ["unreachable"] * 2


def test_what_a_source_suffers_from_is_kept_with_its_newest_run(crawl: Crawl) -> None:
    """Whatever shows runs reads one again when only its health changed, however long after its last page."""
    sources = [crawl.sources["a"]]
    answered(crawl, "a", ("https://x.cn/1", "题"))
    watch(crawl.store, sources, crawl.clock())
    assert [run.health for run in crawl.runs("a")] == ["ok"]
    with crawl.store.reading() as connection:
        before = last_change(connection)
    crawl.clock.wait(days=9)
    watch(crawl.store, sources, crawl.clock())  # it did nothing, and that is what is wrong with it
    with crawl.store.reading() as connection:
        (changed,) = runs_after(connection, before, 10**9, 5)
        assert (changed.health, changed.changed) == ("stale", last_change(connection)) and changed.seconds < 3600
    watch(crawl.store, sources, crawl.clock())
    with crawl.store.reading() as connection:
        assert last_change(connection) == changed.changed  # the same again is no change


def test_a_due_source_is_begun_once_whoever_looks(crawl: Crawl) -> None:
    sources = list(crawl.sources.values())
    assert begin_due(crawl.store, sources, START) == ["a", "b"]
    assert begin_due(crawl.store, sources, START) == []
    assert free_hosts(crawl.store, START) == ["feed.example.cn"]
    crawl.hosts.lease("feed.example.cn")
    assert free_hosts(crawl.store, START) == []
    crawl.hosts.pause("feed.example.cn", timedelta(hours=3), "HTTP 403")
    crawl.hosts.release("feed.example.cn")
    assert free_hosts(crawl.store, START) == []
    assert begin_due(crawl.store, sources, START + timedelta(hours=2)) == []  # its host is left alone
    assert begin_due(crawl.store, sources, START + timedelta(hours=4)) == ["a", "b"]
    with crawl.store.reading() as connection:
        ended = connection.execute(select(runs.c.trouble).where(runs.c.ended_at.is_not(None))).scalars().all()
        assert ended == ["slow", "slow"]  # begun at first and never reached
        assert set(connection.execute(select(table.c.next_due)).scalars()) == {START + timedelta(hours=5)}


@pytest.mark.parametrize("walls", [1, 2])
def test_a_wall_that_another_list_of_the_host_met_is_an_alarm_the_second_time(crawl: Crawl, walls: int) -> None:
    """The sources of one host: one meets the wall, the others were not asked, and say which host is left alone."""
    sources = list(crawl.sources.values())
    for _ in range(walls):
        begin_due(crawl.store, sources, crawl.clock())
        target = crawl.take()
        assert target is not None and target.source == "a"
        crawl.answer(target, "x", 429, Retry_After="7200")
        assert crawl.take() is None
        crawl.clock.wait(minutes=119)
        said = f"feed.example.cn is left alone until {crawl.clock() + timedelta(minutes=1):%Y-%m-%d} "
        for one in judge(crawl.store, sources, crawl.clock()):
            assert one.left_alone.startswith(said) and one.left_alone.endswith("(HTTP 429)")
        crawl.clock.wait(minutes=2)
    assert begin_due(crawl.store, sources, crawl.clock()) == ["a", "b"]
    begun = {one.source: one.kind for one in watch(crawl.store, sources, crawl.clock())}
    assert begun == {"a": "blocked"} | ({"b": "blocked"} if walls == 2 else {})
    assert health(crawl, "b")[0] == "blocked" and "was left alone until" in health(crawl, "b")[1]
    while (target := crawl.take()) is not None:
        crawl.answer(target, feed(("https://x.cn/1", "题")) if target.ask is not None else "x", 200)
    ended = watch(crawl.store, sources, crawl.clock())
    assert {one.source for one in ended if one.ended_at is not None} == set(begun) and len(ended) == len(begun)


def test_a_stale_alarm_lasts_until_the_list_was_read_not_until_it_is_asked(crawl: Crawl) -> None:
    answered(crawl, "a", ("https://x.cn/1", "题1"))
    sources = [crawl.sources["a"]]
    crawl.hosts.pause("feed.example.cn", timedelta(hours=8), "HTTP 403")
    crawl.clock.wait(hours=7)
    (begun,) = watch(crawl.store, sources, crawl.clock())
    assert begun.kind == "stale" and "feed.example.cn is left alone until" in begun.detail
    crawl.clock.wait(hours=2)
    crawl.begin("a")
    assert health(crawl)[0] == "ok"  # a list that is being read gets its time
    assert watch(crawl.store, sources, crawl.clock()) == []
    target = crawl.take()
    assert target is not None
    crawl.answer(target, feed(("https://x.cn/1", "题1")))
    (ended,) = watch(crawl.store, sources, crawl.clock())
    assert ended.id == begun.id and ended.ended_at == crawl.clock()


def test_two_lists_that_should_be_alike_name_what_they_lack(crawl: Crawl) -> None:
    def dated(*numbers: int) -> str:
        items = "".join(
            f"<item><title>第{one}号</title><link>https://x.cn/{one}</link>"
            f"<pubDate>Sun, {one:02} Nov 2026 08:00:00 +0800</pubDate></item>"
            for one in numbers
        )
        return f'<rss version="2.0"><channel><title>x</title>{items}</channel></rss>'

    def read(name: str, *numbers: int) -> None:
        crawl.begin(name)
        crawl.answer(next(target for target in iter(crawl.take, None) if target.ask is not None), dated(*numbers))
        with crawl.store.writing() as connection:
            connection.exec_driver_sql("DELETE FROM queue")

    crawl.clock.wait(days=8)
    sources = list(crawl.sources.values())
    read("a", 1, 2, 3, 5, 6), read("b", 2, 4, 5, 6, 7)
    with crawl.store.reading() as connection:
        assert disagreements(connection, sources, crawl.clock()) == []  # they may still catch up
    crawl.clock.wait(hours=3)
    read("a", 1, 2, 3, 5, 6, 7), read("b", 2, 4, 5, 6, 7)
    with crawl.store.reading() as connection:
        found = disagreements(connection, sources, crawl.clock())
    assert {(one.source, one.others, tuple(row.title for row in one.rows)) for one in found} == {
        ("a", ("b",), ("第4号",)),
        ("b", ("a",), ("第3号",)),
    }
    (first, second) = [one.lacks for one in judge(crawl.store, sources, crawl.clock())]
    assert second == () and any("b lacks what a has: 第3号 https://x.cn/3" in said for said in first)


def test_a_source_that_was_not_run_for_months_is_stale_not_new(crawl: Crawl) -> None:
    answered(crawl, "a", ("https://x.cn/1", "题1"))
    answered(crawl, "a", ("https://x.cn/1", "题1"))
    crawl.clock.wait(days=100)
    prune(crawl.store, crawl.pages, 30, 90, crawl.clock())
    assert len(crawl.runs("a")) == 1  # its newest run is what its health is judged and shown by
    (begun,) = watch(crawl.store, [crawl.sources["a"]], crawl.clock())
    assert health(crawl)[0] == begun.kind == "stale"
    assert crawl.runs("a")[0].health == "stale"  # and what the panel shows


def test_old_pages_go_and_articles_stay(crawl: Crawl) -> None:
    text = "这一段文字足够长，可以当作一篇文章的正文来读。" * 9
    bodies = {"/a": f"<h1>题</h1><article><p>{text}</p></article>", "/b": "", "/c": "x"}
    for path, body in bodies.items():
        crawl.queue(Target(f"https://x.cn{path}", "题", source="a"))
        target = crawl.take()
        assert target is not None
        crawl.answer(target, body, 404 if body == "x" else 200)
    answered(crawl, "a", ("https://x.cn/1", "题"))
    assert prune(crawl.store, crawl.pages, 30, 90, crawl.clock() + timedelta(days=29)) == 0
    assert prune(crawl.store, crawl.pages, 30, 90, crawl.clock() + timedelta(days=31)) == 1
    assert prune(crawl.store, crawl.pages, 30, 90, datetime.now(START.tzinfo) + timedelta(days=91)) == 3
    with crawl.store.reading() as connection:
        (kept,) = connection.execute(select(pages)).all()
    assert kept.state == "article" and text.encode() in crawl.pages.get(kept.body_hash)
