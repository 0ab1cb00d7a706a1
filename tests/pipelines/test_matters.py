"""Matters in the store: the same whatever comes first, explained, and gone through when notices come and go."""

import random
from collections.abc import Callable, Iterator, Sequence
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from notices.article import Article, Reading
from notices.identity import identity
from notices.kinds import Mode, NoticeType, PageState
from notices.notice import Notice
from notices.page import Page
from notices.pagefile import PageFile
from notices.schema import SHANGHAI, articles, matter_moves
from notices.store import Store
from notices.store.whole import load_whole
from pipelines.keep import keep
from pipelines.link_stored import link_stored
from pipelines.remove import remove
from pipelines.understand import understand

DAY = datetime(2026, 3, 2, 9, tzinfo=SHANGHAI)
NAME = "智能船舶数据安全管理办法"
SITE = "https://www.miit.gov.cn/jgsj/waj/gzdt/art/2026"


def page(path: str, title: str, text: str, day: int, official: bool = False, source: str = "") -> Article:
    host = SITE if official else "https://news.example.cn"
    account = "工业和信息化部" if official else f"样例晚报{path}"
    published = DAY + timedelta(days=day)
    return Article(f"{host}/{path}.html", title, account, published, source_url=source, body=text, official=official)


def filler(seed: int) -> str:
    chance = random.Random(seed)
    words = ("船舶", "数据", "岸基", "航行", "备案", "处理者", "检验", "港口", "评估", "记录", "通信", "保障")
    lines = ["".join(chance.choices(words, k=14)) + f"，第{chance.randrange(10_000)}项。" for _ in range(12)]
    return "\n".join(lines)


def world() -> list[Article]:
    """A consultation with its report and its extension, its final text with a report, a second round, another batch."""
    until = "请于2026年4月1日前将意见反馈至工业和信息化部网络安全管理局。"
    asks = f"为规范船舶数据处理活动，工业和信息化部起草了《{NAME}（征求意见稿）》，现向社会公开征求意见。"
    more = f"现将《{NAME}（征求意见稿）》征求意见的时间延长，请于2026年5月6日前反馈意见。"
    issued = f"工业和信息化部近日印发《{NAME}》，自2026年12月1日起施行。"
    again = f"工业和信息化部现就《{NAME}（征求意见稿）》再次公开征求意见，请于2027年9月30日前反馈。"
    title, draft = f"公开征求对《{NAME}（征求意见稿）》的意见", f"《{NAME}（征求意见稿）》"
    list_ = f"工业和信息化部编制了该目录。{until}\n{filler(7)}"
    signed = "\n工业和信息化部"
    return [
        page("official", title, f"{asks}\n{until}\n{filler(1)}{signed}\n2026年3月2日", 0, official=True),
        page("report", f"工信部就《{NAME}》公开征求意见", f"工业和信息化部{asks}\n{filler(2)}", 1),
        page("more", f"关于延长{draft}征求意见时间的公告", f"{more}\n{filler(3)}{signed}", 28),
        page("issued", f"工业和信息化部关于印发《{NAME}》的通知", f"{issued}\n{filler(4)}{signed}", 260, official=True),
        page("news", f"《{NAME}》发布，12月1日起施行", f"{issued}\n{filler(5)}", 262),
        page("again", f"工信部再次就{draft}公开征求意见", f"{again}\n{filler(6)}", 540),
        page("other", "公开征求对《船用传感器目录（第二批）》的意见", list_, 2),
    ]


MATTERS = {frozenset({"official", "report", "more", "issued", "news"}), frozenset({"again"}), frozenset({"other"})}


def put(store: Store, pages: PageFile, batch: Sequence[Article], mode: Mode = Mode.LIVE) -> None:
    items = []
    for one in batch:
        kept = Page(one.url, (one.title + one.body).encode(), one.published_at or DAY, mode=mode)
        items.append((kept, Reading(PageState.ARTICLE, one), understand(one)))
    keep(store, pages, items, now=max(one.published_at or DAY for one in batch))


def found(store: Store) -> tuple[set[frozenset[str]], dict[str, date | None]]:
    """The matters as sets of page names, and the end that each notice shows."""
    matters: dict[int, set[str]] = {}
    ends: dict[str, date | None] = {}
    for notice in store.notices(store.notice_ids()):
        name = notice.url.rsplit("/", 1)[1].removesuffix(".html")
        matters.setdefault(notice.matter_id, set()).add(name)
        ends[name] = notice.fields.comment_end
    return {frozenset(names) for names in matters.values()}, ends


def of(store: Store, name: str) -> Notice:
    return next(one for one in store.notices(store.notice_ids()) if f"/{name}.html" in one.url)


@pytest.fixture
def desk(tmp_path: Path, store_address: Callable[[Path], str]) -> Iterator[tuple[Store, PageFile]]:
    with Store.open(store_address(tmp_path), tmp_path) as store, PageFile(tmp_path) as pages:
        yield store, pages


@pytest.mark.both_databases
@pytest.mark.parametrize("seed", range(4))
def test_any_order_of_arrival_makes_the_same_matters(desk: tuple[Store, PageFile], seed: int) -> None:
    store, pages = desk
    chance = random.Random(seed)
    order = world()
    chance.shuffle(order)
    while order:
        size = chance.randint(1, 3)
        put(store, pages, order[:size])
        order = order[size:]
    matters, ends = found(store)
    assert matters == MATTERS
    assert ends["report"] == date(2026, 5, 6) and ends["official"] == date(2026, 4, 1)
    assert ends["issued"] is None and ends["again"] == date(2027, 9, 30)
    for notice in store.notices(store.notice_ids()):
        members = [one for one in store.notices(store.notice_ids()) if one.matter_id == notice.matter_id]
        assert notice.matter_id == min(one.notice_id for one in members)
    last = store.last_event()
    link_stored(store, DAY)
    assert store.last_event() == last


def test_what_happens_to_a_matter_is_in_the_log(desk: tuple[Store, PageFile]) -> None:
    store, pages = desk
    said = []
    articles_ = world()
    for one in [articles_[1], articles_[0], *articles_[2:5]]:
        before = store.last_event()
        put(store, pages, [one])
        said.append([(e.kind, e.detail.get("deadline")) for e in store.events_after(before)])
    assert said[0] == [("new", None)]
    assert said[1] == [("new", None), ("linked", None), ("official", None), ("deadline", [None, "2026-04-01"])]
    assert said[2] == [("new", None), ("linked", None), ("deadline", ["2026-04-01", "2026-05-06"])]
    assert said[3] == [("new", None), ("final", None)]
    assert said[4] == [("new", None)]


def test_each_notice_that_differs_gets_a_version_so_that_readers_read_it_again(desk: tuple[Store, PageFile]) -> None:
    store, pages = desk
    official, report = world()[:2]
    put(store, pages, [report])
    before = of(store, "report")
    put(store, pages, [official])
    after = of(store, "report")
    assert before.fields.comment_end is None and not before.end_of_matter
    assert after.fields.comment_end == date(2026, 4, 1) and after.end_of_matter
    assert before.version < after.version <= store.last_event()


def test_show_says_what_ties_a_notice_to_its_matter(desk: tuple[Store, PageFile]) -> None:
    store, pages = desk
    put(store, pages, world())
    with store.reading() as connection:
        whole = load_whole(connection, of(store, "report").notice_id)
    assert whole is not None and len(whole.matter) == 4
    assert whole.reasons["comment_end"].startswith("its matter's")
    kinds = {tie["notice_id"]: tie["kind"] for tie in whole.links}
    assert kinds[of(store, "official").notice_id] == "report"
    assert kinds[of(store, "more").notice_id] == "extension"
    assert all(NAME in tie["why"] for tie in whole.links)


def test_a_page_that_links_to_the_notice_is_of_its_matter(desk: tuple[Store, PageFile]) -> None:
    store, pages = desk
    official = world()[0]
    text = f"工信部对船舶数据立规，向社会征求意见。详见：{official.url}\n{filler(9)}"
    short = page("short", "工信部公开征求智能船舶数据安全管理办法意见", text, 0)
    put(store, pages, [short])
    assert identity(official.url) in understand(short).leads
    assert of(store, "short").fields.notice_type is NoticeType.CONSULTATION
    put(store, pages, [official])
    assert of(store, "short").matter_id == of(store, "official").matter_id


def test_a_removed_notice_leaves_the_others_a_matter(desk: tuple[Store, PageFile]) -> None:
    store, pages = desk
    put(store, pages, world())
    first = min(one.notice_id for one in store.notices(store.notice_ids()))
    old = store.notices([first])[0].matter_id
    with store.writing() as connection:
        gone = connection.execute(select(articles.c.id).where(articles.c.notice_id == first)).scalars().all()
        remove(connection, gone, DAY)
        moved = connection.execute(select(matter_moves.c.matter_id)).scalars().all()
    matters, _ = found(store)
    assert {len(one) for one in matters} == {4, 1}
    assert moved == [old] * 4


def test_another_text_of_the_official_page_has_a_number(desk: tuple[Store, PageFile]) -> None:
    store, pages = desk
    official = world()[0]
    put(store, pages, [official])
    later = page("official", official.title, official.body.replace("4月1日", "4月20日"), 3, official=True)
    last = store.last_event()
    put(store, pages, [later])
    event = store.events_after(last)[0]
    assert event.detail["version"] == 2
    assert event.detail["deadline"] == ["2026-04-01", "2026-04-20"]
