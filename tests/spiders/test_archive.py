"""Archived pages: front matter as crawlers really write it, WeChat's frame, and pages that hold no article."""

import csv
import os
import tarfile
from collections import Counter
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from notices.article import Article, Reading
from notices.kinds import Markup, PageState, Precision
from notices.page import Page
from spiders.archive import LONGEST, front_matter, read_archived

SHANGHAI = ZoneInfo("Asia/Shanghai")
NOW = datetime(2026, 11, 23, 9, tzinfo=SHANGHAI)
SHARED = Path(os.environ.get("POLICYWATCH_SHARED", Path(__file__).parents[2].parent / "shared"))
TITLE = "关于公开征求《海洋数据目录（征求意见稿）》意见的通知"
WECHAT = "https://mp.weixin.qq.com/s?__biz=MzA5TEST==&mid=2651&idx=3&sn=ab&chksm=80e6&scene=58#rd"
WEB = "https://news.example.cn/post/17"
TEXT = "为加强海洋数据管理，我们起草了目录，现向社会公开征求意见，请于2026年12月20日前反馈。"
END = "：\n，\n，\n。\n\n视频\n小程序\n赞\n，轻点两下取消赞\n在看\n，轻点两下取消在看\n"
TAIL = (
    "预览时标签不可点\n\n![]()\n\n微信扫一扫\n关注该公众号\n\n继续滑动看下一个\n\n"
    "轻触阅读原文\n\n![](http://img.example/head)\n\n"
    "{account}\n\n向上滑动看下一个\n\n知道了\n\n![]()\n微信扫一扫\n使用小程序\n\n取消\n允许\n\n×\n分析\n\n" + END
)


def read(
    body: str, url: str = WECHAT, title: str = TITLE, source: str = "海风观察", date: str = "2026-11-20"
) -> Reading:
    head = f"title: {title}\nurl: {url}\nsource: {source}\ndate: {date}\nfetch_date: 2026-11-21T10:00:00"
    text = f"---\n{head}\n---\n\n{body}"
    return read_archived(Page("", text.encode("utf-8", "surrogatepass"), NOW, path="a/b.md"))


def article(reading: Reading) -> Article:
    assert reading.article is not None, reading
    return reading.article


def framed(text: str, names: str = "海风观察", account: str = "海风观察", title: str = TITLE) -> str:
    cover = "![cover_image](http://img.example/0)"
    return f"# {title}\n\n{cover}\n\n# {title}\n\n{names}\n\n{text}\n\n{TAIL.format(account=account)}"


def test_a_wechat_page_gives_its_article_without_the_frame() -> None:
    reading = read(framed(f"![](http://img.example/1)\n\n**{TEXT}**"))
    found = article(reading)
    assert reading.state is PageState.ARTICLE
    assert (found.title, found.account, found.url) == (TITLE, "海风观察", WECHAT)
    assert (found.biz, found.mid, found.idx) == ("MzA5TEST==", "2651", "3")
    assert found.published_at == datetime(2026, 11, 20, tzinfo=SHANGHAI)
    assert found.precision is Precision.DAY
    assert found.markup is Markup.MARKDOWN
    assert found.body == f"![](http://img.example/1)\n\n**{TEXT}**"
    assert not found.truncated
    assert not found.official


@pytest.mark.parametrize(
    ("names", "tail", "source", "account"),
    [
        ("海风观察", "海风观察", "海风观察", "海风观察"),
        ("原创\n\n小舟\n\n海风观察", "海风观察", "Somebody's feed", "海风观察"),
        ("小舟\n\n海风观察", "海风观察", "旧名", "海风观察"),
        ("海风观察\n\n海风观察", "海风观察", "海风观察", "海风观察"),
        ("小舟\n\n海风观察", "", "海风观察社", "海风观察"),
        ("海风观察", "", "海风观察", "海风观察"),
        ("原创\n\n小\\_舟\n\n海风\\_观察", "", "旧名", "海风_观察"),
        ("海风观察", "", "Somebody's feed", "海风观察"),
    ],
)
def test_the_account_is_the_one_the_page_names(names: str, tail: str, source: str, account: str) -> None:
    body = framed(TEXT, names, tail)
    found = article(read(body if tail else body[: body.index("预览时")], source=source))
    assert found.account == account
    assert found.body == TEXT


def test_the_origin_block_becomes_the_origin_account() -> None:
    block = "以下文章来源于蓝色标准\n，作者岸边\n\n![](http://wx.example/h)\n\n**蓝色标准**\n.\n\n关注标准的一切。\n\n"
    found = article(read(framed(block + TEXT)))
    assert (found.origin_account, found.body) == ("蓝色标准", TEXT)


def test_the_named_original_is_kept_as_its_address() -> None:
    found = article(read(framed(f"{TEXT}\n\n原文链接：https://www.sea.gov.cn/art/2026/c\\_1.html")))
    assert found.source_url == "https://www.sea.gov.cn/art/2026/c_1.html"
    digest = "[原文链接](https://a.cn/1)\n\n[原文链接](https://a.cn/2)"
    assert article(read(framed(digest))).source_url == ""


@pytest.mark.parametrize(
    "title",
    ["通知 --- 附全文：第2批", '"双碳"目标: [第1期] #3', "'单引号'与“引号”", "{a: b} | & * !x %", "title: url: 嵌套"],
)
def test_a_title_is_taken_as_it_is_written(title: str) -> None:
    assert article(read(framed(TEXT, title=title), title=title)).title == title


def test_yaml_quotes_are_taken_off_unless_the_page_shows_them() -> None:
    assert article(read(framed(TEXT, title="它说 “是”"), title='"它说 “是”"')).title == "它说 “是”"
    assert article(read(framed(TEXT, title='"全是引号"'), title='"全是引号"')).title == '"全是引号"'


def test_front_matter_that_is_missing_or_without_address_is_an_error_with_its_reason() -> None:
    for text in (
        "# 标题\n\n正文",
        "---\ntitle: 未完",
        "",
        "---\ntitle: 标题\nurl:\n---\n正文",
        "---\nurl: ftp:x\n---\n",
    ):
        reading = read_archived(Page("", text.encode(), NOW))
        assert (reading.state, reading.article) == (PageState.ERROR, None)
        assert reading.reason


@pytest.mark.parametrize("date", ["2023-13-45", "0000-00-00", "昨天", "", "99999-1-1"])
def test_a_day_that_is_none_leaves_the_date_open(date: str) -> None:
    assert article(read(framed(TEXT), date=date)).published_at is None


def test_bytes_in_other_encodings_are_read_and_said_so() -> None:
    text = f"---\r\ntitle: {TITLE}\r\nurl: {WEB}\r\ndate: 2026/1/2\r\n---\r\n{TEXT}\r\n"
    chinese = read_archived(Page("", text.encode("gb18030"), NOW))
    assert (article(chinese).title, article(chinese).published_at) == (TITLE, datetime(2026, 1, 2, tzinfo=SHANGHAI))
    assert "GB 18030" in chinese.reason
    broken = text.encode().replace("起草".encode(), b"\xb5\xff\x00\xed\xa0\x80")
    damaged = read_archived(Page("", broken, NOW))
    assert "not UTF-8" in damaged.reason
    assert "现向社会公开征求意见" in article(damaged).body
    assert "\x00" not in article(damaged).body
    article(damaged).body.encode()


def test_a_huge_page_is_read_up_to_a_limit() -> None:
    reading = read_archived(Page("", (f"---\ntitle: 大\nurl: {WEB}\n---\n" + "汉" * LONGEST).encode(), NOW))
    assert "bytes were read" in reading.reason
    assert len(article(reading).body) < LONGEST


SHELLS = [
    (PageState.EMPTY, ""),
    (PageState.DELETED, "该内容已被发布者删除\n\n[微信公众平台运营中心](https://mp.weixin.qq.com/webpoc/x)"),
    (PageState.BLOCKED, "## 环境异常\n\n当前环境异常，完成验证后即可继续访问。\n\n去验证"),
    (PageState.GONE, "此账号已自主注销，内容无法查看"),
    (PageState.GONE, "## 此帐号已被屏蔽, 内容无法查看\n\n接相关投诉，此账号涉嫌违反规定，查看[详细内容](http://x.cn)"),
    (PageState.VIOLATION, "## 此内容因违规无法查看\n\n由用户投诉并经平台审核，查看[对应规则](http://x.cn)"),
    (PageState.MOVED, "## 该公众号已迁移\n\n该公众号已迁移至新的账号。\n\n[访问文章](https://mp.weixin.qq.com/s/new)"),
    (PageState.GONE, "链接已过期"),
]


@pytest.mark.parametrize(("state", "text"), SHELLS)
def test_a_shell_is_no_article(state: PageState, text: str) -> None:
    reading = read(f"# {TITLE}\n\n{text}\n\n{END}")
    assert (reading.state, reading.article) == (state, None)
    assert reading.reason
    assert reading.moved_to == ("https://mp.weixin.qq.com/s/new" if state is PageState.MOVED else "")


@pytest.mark.parametrize(("state", "text"), SHELLS[1:])
def test_an_article_that_quotes_a_shell_is_an_article(state: PageState, text: str) -> None:
    assert read(framed(f"{text}\n\n许多读者遇到这样的页面。")).state is PageState.ARTICLE
    assert read(f"# {TITLE}\n\n{TEXT * 12}\n\n{text}\n\n{END}").state is PageState.ARTICLE


def test_short_texts_are_articles_and_pictures_are_not() -> None:
    assert read(framed("明日停更一天。")).state is PageState.ARTICLE
    assert read(framed("![](http://img.example/1)")).state is PageState.IMAGE
    assert read(framed("")).state is PageState.EMPTY
    post = (
        f"# {TITLE}\n\n![](http://img.example/1)\n\n海风观察\n\n# {TITLE}\n\n,\n\n,  ,\n\n{{}}"
        + TAIL[TAIL.index("轻触") :]
    )
    bare, captioned = read(post.format("", account="海风观察")), read(post.format("新船下水\n\n", account="海风观察"))
    assert (bare.state, bare.article) == (PageState.IMAGE, None)
    assert captioned.state is PageState.IMAGE
    assert (article(captioned).body, article(captioned).account) == ("新船下水", "海风观察")


@pytest.mark.parametrize(
    ("state", "text"),
    [
        (PageState.BLOCKED, "# Just a moment...\n\nChecking your browser before accessing news.example.cn."),
        (PageState.BLOCKED, "请完成下方验证后继续访问\n\n[换一张](/captcha)"),
        (PageState.BLOCKED, "登录后查看全文\n\n[登录](/login) [注册](/join)"),
        (
            PageState.ERROR,
            "* [首页](/)\n* [新闻](/n)\n\n# 404\n\n抱歉，您访问的页面不存在\n\n" + "* [栏目](/c)\n" * 200,
        ),
        (PageState.ERROR, "传送失败，3秒后带你去看精彩文章"),
        (PageState.EMPTY, ""),
    ],
)
def test_a_web_page_in_place_of_an_article_is_none(state: PageState, text: str) -> None:
    reading = read(f"# {TITLE}\n\n{text}", WEB)
    assert (reading.state, reading.article) == (state, None)


def test_a_web_article_about_such_pages_is_an_article() -> None:
    found = read(f"# {TITLE}\n\n请完成安全验证后继续访问\n\n{TEXT * 5}", WEB, source="海事网 – 每日更新,sea.example")
    assert found.state is PageState.ARTICLE
    assert (article(found).account, article(found).biz) == ("海事网", "")


def test_official_hosts_are_official() -> None:
    assert article(read(TEXT, "https://www.sea.gov.cn/a.html")).official
    assert not article(read(TEXT, "https://www.sea-gov.cn/a.html")).official


def test_a_body_cut_by_the_archive_is_marked() -> None:
    cut = framed("海" * 8000)[:7997] + "..."
    assert article(read(cut)).truncated
    tail = framed("海" * 7700)
    assert not article(read(tail[:7997] + "...")).truncated


def test_front_matter_keeps_what_it_does_not_know_out() -> None:
    front = front_matter("---\ntitle: 甲\nauthor: 乙\nurl: https://a.cn\n---\n正文\n---\n后文".encode())
    assert front is not None
    assert (front.title, front.url, front.date, front.body) == ("甲", "https://a.cn", "", "正文\n---\n后文")


@pytest.mark.skipif(not (SHARED / "data" / "states.tsv").is_file(), reason="needs ../shared/data")
def test_no_shell_is_an_article_and_no_article_is_refused() -> None:
    with (SHARED / "data" / "states.tsv").open(encoding="utf-8", newline="") as file:
        labels = dict(list(csv.reader(file, delimiter="\t", quoting=csv.QUOTE_NONE))[1:])
    wrong: Counter[tuple[str, str]] = Counter()
    with tarfile.open(SHARED / "data" / "archive.tar.xz") as archive:
        for member in archive:
            file_of = archive.extractfile(member) if member.name in labels else None
            if file_of is None or labels[member.name] == "unsure":
                continue
            state = read_archived(Page("", file_of.read(), NOW)).state.value
            if state != labels[member.name]:
                wrong[labels[member.name], state] += 1
    assert not wrong
