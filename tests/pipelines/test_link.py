"""What two notices are to each other: linked, and of which kind, or kept apart, and why."""

from dataclasses import replace
from datetime import date, timedelta
from itertools import permutations

import pytest

from pipelines.link import Facts, Kind, Stage, apart, relate
from pipelines.matter import ending, matters, shown_end
from pipelines.matter_facts import family, name_key

DAY = date(2026, 3, 2)
NAME = "智能网联设备数据安全管理办法"


def draft(key: str = "a", **more: object) -> Facts:
    given = {"names": (NAME,), "issuers": ("工业和信息化部",), "published": DAY, "end": DAY + timedelta(days=30)}
    facts = Facts(key=key, stage=Stage.DRAFT, title=f"关于公开征求{NAME}意见的通知{key}")
    return replace(facts, **{**given, **more})  # type: ignore[arg-type]


def final(key: str = "f", after: int = 200, **more: object) -> Facts:
    given = {"stage": Stage.FINAL, "published": DAY + timedelta(days=after), "end": None, **more}
    return replace(draft(key), **given)  # type: ignore[arg-type]


def both(a: Facts, b: Facts) -> Kind | None:
    """The kind of the link, which is the same both ways."""
    one, two = relate(a, b), relate(b, a)
    assert one == two and apart(a, b) == apart(b, a)
    return one.kind if one else None


def test_the_notice_and_a_report_of_it_are_one_matter() -> None:
    report = draft("b", published=DAY + timedelta(days=3), end=None, issuers=())
    assert both(draft(official=True), report) is Kind.REPORT


def test_two_official_pages_are_a_joint_issuers_copy_or_a_second_address() -> None:
    one = draft(official=True, host="www.miit.gov.cn")
    assert both(one, draft("b", official=True, host="www.cac.gov.cn")) is Kind.JOINT
    assert both(one, draft("b", official=True, host="www.miit.gov.cn")) is Kind.ADDRESS


def test_an_extension_and_the_final_text_belong_to_their_draft() -> None:
    more = draft("e", stage=Stage.EXTENSION, published=DAY + timedelta(days=28), end=DAY + timedelta(days=60))
    assert both(draft(), more) is Kind.EXTENSION
    assert both(draft(), final()) is Kind.FINAL


@pytest.mark.parametrize(
    ("other", "why"),
    [
        (draft("b", published=DAY + timedelta(days=150), end=DAY + timedelta(days=180)), "another round of comments"),
        (draft("b", again=True, end=DAY + timedelta(days=35), published=DAY + timedelta(days=10)), "another round"),
        (final(after=-30), "the draft of a later edition"),
        (final(after=1_500), "too long after the draft"),
        (draft("b", issues=("批2",)), "another issue or batch"),
        (draft("b", issuers=("深圳市工业和信息化局",), local=True), "a document of that name by another body"),
    ],
)
def test_what_keeps_notices_of_one_name_apart(other: Facts, why: str) -> None:
    one = draft(issues=("批1",)) if other.issues else draft()
    assert both(one, other) is None
    assert apart(one, other).startswith(why)


def test_a_law_that_many_name_joins_only_those_that_have_its_issuer() -> None:
    one = draft(names=("网络安全法",), end=None)
    assert both(one, draft("b", names=("网络安全法",), end=None, issuers=())) is None
    assert both(one, draft("b", names=("网络安全法",), end=None)) is Kind.REPORT


def test_one_of_several_documents_is_another_matter_unless_it_is_the_main_one() -> None:
    list_ = draft("l", names=("甲设备技术要求规范", "乙设备技术要求规范", "丙设备技术要求规范"), several=15)
    assert both(list_, draft(names=("乙设备技术要求规范",))) is None
    assert both(list_, draft(names=("甲设备技术要求规范",))) is Kind.REPORT


def test_a_number_and_a_link_tie_what_names_do_not() -> None:
    bare = draft("b", names=(), number="工信厅〔2026〕7号")
    assert both(draft(number="工信厅〔2026〕7号"), bare) is Kind.NUMBER
    leading = draft("b", names=(), title=f"工信部公开征求{NAME}意见", leads=("https://www.miit.gov.cn/a.html",))
    page = draft(addresses=("https://www.miit.gov.cn/a.html",), official=True)
    assert both(page, leading) is Kind.LINK
    assert both(replace(page, official=False), leading) is None  # an outlet's own earlier text of a like title
    elsewhere = replace(leading, title="本周安全产品更新一览表发布")
    assert both(page, elsewhere) is None


def test_names_in_normal_form() -> None:
    assert name_key("数据安全管理办法（征求意见稿）") == name_key("数据安全管理办法")
    assert (
        name_key("关于修改〈中华人民共和国网络安全法〉的决定")
        == name_key("网络安全法（修正草案）")
        != name_key("网络安全法")
    )
    assert name_key("电信设备管理条例（修订草案征求意见稿）") == name_key("电信设备管理条例（2026年修订）")
    assert name_key("工业和信息化部等三部门关于推进船舶数据应用的指导意见") == name_key("关于推进船舶数据应用指导意见")
    assert name_key("网络安全技术 边界防护设备技术规范") == name_key("信息安全技术 边界防护设备技术规范")
    assert name_key("某某名词解释（第一批）") != name_key("某某名词解释（第二批）")
    assert family("工业和信息化部装备工业一司") == "工业和信息化部"


def test_two_rounds_of_one_draft_stay_apart_and_the_final_text_joins_the_last_in_any_order() -> None:
    first = draft("1")
    second = draft("2", published=DAY + timedelta(days=300), end=DAY + timedelta(days=330))
    report = draft("3", published=DAY + timedelta(days=302), end=None, issuers=())
    text = final("4", after=500)
    expected = {frozenset("1"), frozenset("234")}
    for order in permutations((first, second, report, text)):
        members = dict(enumerate(order, 1))
        pairs = [(a, b) for a in members for b in members if a < b]
        ties = {(a, b): tie for a, b in pairs if (tie := relate(members[a], members[b]))}
        found = {frozenset(members[one].key for one in group) for group in matters(members, ties)}
        assert found == expected


def test_a_matters_period_ends_as_its_extension_says_else_the_official_notice() -> None:
    early = draft("a", end=DAY + timedelta(days=20))
    official = draft("b", official=True, published=DAY + timedelta(days=1))
    more = draft("c", stage=Stage.EXTENSION, end=DAY + timedelta(days=60))
    assert ending([early, final()]) == early
    assert ending([early, official]) == official
    assert ending([early, official, more]) == more
    assert ending([final()]) is None


def test_a_notice_shows_its_own_end_or_its_matters() -> None:
    end = DAY + timedelta(days=30)
    assert shown_end(draft(end=DAY), end) == DAY
    assert shown_end(draft(end=None), end) == end
    assert shown_end(draft(end=None, settled=True), end) is None
    assert shown_end(final(), end) is None
