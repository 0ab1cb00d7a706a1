"""What is kept of a text to find and compare it: a pure function of one article, small, and whole on any input."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notices.article import Article
from notices.fields import Fields
from notices.understood import Fingerprint
from pipelines.attached import notice_part
from pipelines.fingerprint import BINS, fingerprint
from pipelines.marks import marks
from pipelines.relate import likeness, near
from pipelines.shingles import comparable, spelled

HAN = st.characters(min_codepoint=0x4E00, max_codepoint=0x9FA5)
NOTICE = (
    "为规范智慧灯杆的数据采集，保障城市照明设施安全，我局起草了《智慧灯杆数据采集规则（征求意见稿）》，现向社会公开征求意见。"
    "有关单位和个人可以通过电子邮箱提出，邮件主题请注明灯杆规则四个字，并留下联系方式。反馈截止时间为本月月底，逾期不再受理。"
)


def printed(body: str, title: str = "关于智慧灯杆的通知", **other: str) -> Fingerprint:
    return fingerprint(Article(url="https://a.example.cn/1", title=title, body=body, **other), Fields())


WORDS = "设施采集存储传输共享公开销毁审计巡检备份授权告知评估整改验收归档监测预警处置复核"


def word(number: int) -> str:
    place = number % 20 * 2
    return WORDS[place : place + 2]


def clauses(number: int, seed: int = 0) -> str:
    lines = (
        f"第{n}条 {word(n * 7 + seed)}前须完成{word(n * 3 + seed)}，由{word(n + seed)}岗签字，编号{n * 37 + seed}。"
        for n in range(1, number + 1)
    )
    return "\n".join(lines)


def shared(a: Fingerprint, b: Fingerprint) -> int:
    return len(set(a.keys) & set(b.keys))


@pytest.mark.parametrize(
    "body",
    [
        "",
        "。",
        "a",
        "字" * 1_000_000,
        "\ud800孤立\udfff" * 50,
        "\x00" * 99,
        "🙂" * 500,
        "| a |\n" * 20_000,
        "\n" * 9_999,
    ],
    ids=["empty", "no letters", "one", "a million", "surrogates", "nulls", "emoji", "table", "lines"],
)
def test_any_text_has_a_fingerprint_of_the_usual_size(body: str) -> None:
    found = printed(body)
    assert len(found.signature) == 4 * BINS
    assert len(found.keys) <= 220
    assert all(-(2**63) <= key < 2**63 for key in (*found.keys, found.exact))


@given(st.text(max_size=300))
def test_it_is_a_function_of_the_article(body: str) -> None:
    assert printed(body) == printed(body)
    keys = printed(body).keys
    assert all(a < b for a, b in pairwise(keys))


def test_form_spacing_and_script_do_not_count() -> None:
    assert spelled(comparable("ＡＢＣ—１２ 數據，　安全")) == "abc12数据安全"
    assert printed("數據安全，" * 40).exact == printed("数据 安全 " * 40).exact


@given(st.integers(0, 19), st.integers(2, 30))
def test_texts_that_are_alike_share_keys(seed: int, lines: int) -> None:
    text = clauses(40, seed)
    edited = text.replace(f"第{lines}条 ", "本条另有规定的除外，") + "\n更多内容请关注本号。"
    a, b = printed(text, "甲题目之一二三四"), printed(edited, "乙标题五六七八九")
    assert likeness(a, b) > 0.7
    assert near(a, b, shared(a, b))


@pytest.mark.parametrize("lines", [20, 60, 150])
@pytest.mark.parametrize("seed", range(6))
def test_a_short_notice_is_found_in_a_copy_with_its_attachments(lines: int, seed: int) -> None:
    short = printed(NOTICE + clauses(2, seed)[6:])
    long = printed(
        "编者按：值得一读的新规。\n" + NOTICE + clauses(2, seed)[6:] + "\n附件\n" + clauses(lines, seed + 3),
        "灯杆数据怎么采",
    )
    assert near(short, long, shared(short, long))


def test_strangers_share_nothing() -> None:
    a, b = printed(NOTICE * 3, "一号标题写在这里"), printed(clauses(60), "二号标题另有说法", account="别家")
    other = fingerprint(Article(url="https://b.example.cn/2", title="二号标题另有说法", body=clauses(60)), Fields())
    assert shared(a, other) == 0 and likeness(a, b) < 0.1


def test_the_notice_ends_where_its_attachments_begin() -> None:
    assert notice_part(NOTICE + "\n附件：1.规则 2.说明") == NOTICE + "\n附件：1.规则 2.说明"
    assert notice_part(NOTICE + "\n" + clauses(30)).strip() == NOTICE
    assert notice_part(NOTICE + "\n附件1：\n" + "说明文字。" * 60).strip() == NOTICE
    both = NOTICE + "\n关于路侧设备有关工作的通知\n" + clauses(30)
    assert notice_part(both).strip() == both[: both.index("第1条")].strip()
    assert notice_part(NOTICE + "\n" + clauses(9) + "\n关于路侧设备有关工作的通知\n" + clauses(9)).endswith("编号333。")


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        ("灯杆安全周报2031年第7期", {"issue:期7", "year:2031", "digest:"}),
        ("灯杆漏洞月报（2031年十二月）", {"year:2031", "digest:"}),
        ("上周要闻(20310203-20310209)", {"day:2-3", "day:2-9", "digest:"}),
        ("关于重点防范恶意灯杆的通报（二）", {"issue:.2"}),
        ("灯杆入门 第二十二课", {"issue:课22"}),
        ("CVE-2031-10001 与 cve-2031-10002", {"cve:cve-2031-10001", "cve:cve-2031-10002"}),
        ("信产局就《灯杆规则（征求意见稿）》征求意见", {"stage:draft", "doc:灯杆规则"}),
        ("信产局印发《灯杆规则（试行）》", {"stage:final", "doc:灯杆规则"}),
        ("专家解读 | 《灯杆规则》", {"stage:reading", "doc:灯杆规则"}),
        ("甲市抽查灯杆设备；乙省公布路灯名单 | 快览", {"digest:", "stage:final"}),
    ],
)
def test_guard_words_of_a_title(title: str, expected: set[str]) -> None:
    assert set(marks(Article(url="", title=title), Fields())) == expected


@given(st.text(max_size=200), st.text(alphabet=HAN, max_size=50))
def test_guard_words_of_any_title(title: str, body: str) -> None:
    found = marks(Article(url="", title=title, body=body), Fields())
    assert list(found) == sorted(set(found)) and all(":" in mark for mark in found)
