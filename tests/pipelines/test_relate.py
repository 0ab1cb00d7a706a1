"""What two articles are to each other, by classes of cases; every text here is invented."""

import random
from dataclasses import replace
from datetime import datetime
from zlib import crc32
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from notices.article import Article, Attachment
from notices.fields import Fields
from notices.identity import article_key
from notices.understood import Understood
from pipelines.fingerprint import fingerprint
from pipelines.relate import Kind, relate

STOCK = "设施采集存储传输共享公开销毁审计巡检备份授权告知评估整改验收归档监测预警处置复核调度计量标识检测"
WORDS = [STOCK[place : place + 2] for place in range(0, len(STOCK), 2)]


def clause(n: int, seed: int) -> str:
    r = random.Random(n * 1009 + seed)
    first, second, third = ("".join(r.sample(WORDS, count)) for count in (5, 4, 3))
    return f"第{n}条 {first}由负责{second}的部门组织，涉及{third}的从严。"


def rule(lines: int, seed: int = 0) -> str:
    return "\n".join(clause(n, seed) for n in range(1, lines + 1))


def understood(title: str, body: str, account: str = "甲号", **other: object) -> Understood:
    article = Article(
        url=str(other.pop("url", f"https://x.example.cn/{crc32(repr((title, body, account)).encode())}")),
        title=title,
        body=body,
        account=account,
        published_at=datetime(2031, 5, 1, tzinfo=ZoneInfo("Asia/Shanghai")),
    )
    article = replace(article, **other)  # type: ignore[arg-type]
    fields = Fields()
    return Understood(article_key(article), article, fields, (), (), fingerprint(article, fields))


NOTICE = (
    "为加强智慧灯杆数据管理，信产局组织起草了《智慧灯杆数据规则（征求意见稿）》，现向社会公开征求意见。如有意见，请于2031年6月1日前反馈。"
    "意见可以发送至邮箱，也可以邮寄至信产局数据处，来信请在信封上注明灯杆规则字样。附件列出了规则全文和起草说明两份材料，供查阅下载使用。"
)
DRAFT = understood("关于征求《智慧灯杆数据规则（征求意见稿）》意见的通知", NOTICE, "信产局", official=True)
TEXT = rule(30)


def verdict(a: Understood, b: Understood) -> Kind:
    left, right = relate(a, b), relate(b, a)
    assert left == right
    assert 0 <= left.strength <= 1000 and left.why
    return left.kind


@pytest.mark.parametrize(
    "copy",
    [
        understood(
            "通知 | 信产局就《智慧灯杆数据规则（征求意见稿）》公开征求意见（附全文）",
            NOTICE + "\n附件\n" + TEXT,
            "乙号",
        ),
        understood("灯杆数据新规征求意见", "点击关注本号。\n" + NOTICE + "\n编辑：小灯", "乙号"),
        understood("信产局就智慧灯杆数据规则征求意见", NOTICE, "乙号", origin_account="信产局"),
        understood("关于征求《智慧灯杆数据规则（征求意见稿）》意见的通知", NOTICE[:120] + "\n" + TEXT, "丙号"),
    ],
    ids=["attachment inlined", "advertising", "verbatim", "trimmed and inlined"],
)
def test_a_copy_of_an_official_page(copy: Understood) -> None:
    assert verdict(DRAFT, copy) is Kind.SAME


def test_a_page_whose_text_is_a_file() -> None:
    page = understood("关于征求《智慧灯杆数据规则（征求意见稿）》意见的通知", "见附件。", "信产局", official=True)
    copy = understood("信产局就《智慧灯杆数据规则（征求意见稿）》征求意见（附全文）", NOTICE + "\n" + TEXT, "乙号")
    assert verdict(page, copy) is Kind.SAME
    final = understood("信产局印发《智慧灯杆数据规则》", "现印发给你们，请遵照执行。\n" + TEXT, "乙号")
    assert verdict(page, final) is Kind.UNRELATED
    fetched = replace(page.article, attachments=(Attachment("规则.pdf", "u", NOTICE + TEXT),))
    whole = replace(page, article=fetched, fingerprint=fingerprint(fetched, Fields()))
    assert verdict(whole, understood("灯杆新规来了", NOTICE + TEXT, "乙号")) is Kind.SAME


@pytest.mark.parametrize(
    ("a", "b"),
    [
        (
            understood("信产局就《灯杆规则（征求意见稿）》公开征求意见", TEXT),
            understood("信产局印发《灯杆规则》", TEXT.replace("从严", "从重"), "乙号"),
        ),
        (understood("灯杆周报第7期", TEXT), understood("灯杆周报第8期", rule(28) + "新增一条")),
        (
            understood(
                "通报不合格灯杆",
                "2031年第3批共发现21款灯杆存在问题，应于5月9日前整改，总第40批。" + "逾期依法处置。" * 9,
            ),
            understood(
                "又一批灯杆被通报",
                "2031年第4批共发现25款灯杆存在问题，应于6月8日前整改，总第41批。" + "逾期依法处置。" * 9,
                "乙号",
            ),
        ),
        (
            understood("灯杆远程漏洞（CVE-2031-1001）", TEXT),
            understood("灯杆提权漏洞（CVE-2031-1002）", TEXT + "请升级。"),
        ),
        (understood("恶意灯杆名单（一）", TEXT), understood("恶意灯杆名单（二）", rule(29) + "补充说明。")),
        (
            DRAFT,
            understood(
                "灯杆规则解读：企业怎么办", NOTICE + "\n" + "对企业而言这意味着投入。我们认为要早做准备。" * 9, "丁号"
            ),
        ),
        (DRAFT, understood("一周要闻盘点（第9期）", rule(9, 5) + NOTICE + rule(9, 6), "丁号")),
    ],
    ids=["draft and final", "issue", "batch", "cve", "part", "comment", "digest"],
)
def test_what_is_kept_apart(a: Understood, b: Understood) -> None:
    assert verdict(a, b) is Kind.DIFFERENT


def test_a_cut_text_is_compared_with_as_much_of_the_other() -> None:
    whole = understood("灯杆数据规则全文", rule(90))
    cut = understood("新规全文来了", rule(90)[:1800], "乙号", truncated=True)
    assert verdict(whole, cut) is Kind.SAME
    assert relate(whole, cut).strength > 950


def test_the_frame_of_an_outlet_is_no_text() -> None:
    frame = "扫码进群领取资料，更多精彩请看往期文章，合作请联系小编，转载须注明出处并保留链接。" * 4
    assert verdict(understood("灯杆展会直播预告", frame), understood("新书签售在即", frame)) is Kind.UNRELATED
    assert verdict(understood("灯杆展会直播预告", frame), understood("灯杆展会直播预告", frame + "今晚见")) is Kind.SAME


def test_the_page_names_its_original() -> None:
    short = understood(
        "灯杆快讯", NOTICE[:90] + rule(3, 8), "乙号", source_url="http://x.example.cn/art/1.html?utm_source=wx"
    )
    page = understood(
        "关于征求灯杆规则意见的通知", NOTICE, "信产局", url="https://x.example.cn/art/1.html", official=True
    )
    assert verdict(short, page) is Kind.SAME
    assert set(short.fingerprint.keys) & set(page.fingerprint.keys)


@pytest.mark.parametrize("body", ["", "短", "字" * 300_000, "\ud800" * 90, "| a | b |\n" * 3000], ids=len)
def test_any_input_is_decided(body: str) -> None:
    odd = understood("题", body)
    for other in (DRAFT, odd, understood("题", body, "乙号"), understood("", "")):
        verdict(odd, other)


BODIES = st.builds(
    lambda n, s, extra: rule(n, s) + extra, st.integers(0, 12), st.integers(0, 2), st.sampled_from(["", NOTICE, "完"])
)
TITLES = st.sampled_from(
    ["灯杆周报第7期", "灯杆周报第8期", "《灯杆规则（征求意见稿）》", "《灯杆规则》印发", "灯杆解读", "要闻盘点", ""]
)
ANY = st.builds(
    understood, TITLES, BODIES, st.sampled_from(["甲号", "乙号"]), truncated=st.booleans(), official=st.booleans()
)


@settings(max_examples=150, deadline=None)
@given(ANY, ANY)
def test_it_is_symmetric(a: Understood, b: Understood) -> None:
    verdict(a, b)
