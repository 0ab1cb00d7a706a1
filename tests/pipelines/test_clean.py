"""Clean: what a reader would copy stays, what the outlet put around it goes, whatever the bytes were."""

import os
import re
import tarfile
from datetime import datetime, timezone
from pathlib import Path

import pytest

from notices.article import Article, Attachment
from notices.kinds import Markup
from notices.page import Page
from pipelines.advertising import is_advertising, is_interface
from pipelines.clean import LONGEST, clean

SHARED = Path(os.environ.get("POLICYWATCH_SHARED", Path(__file__).parents[2].parent / "shared"))
WECHAT = "https://mp.weixin.qq.com/s/abc"
WEB = "https://news.example.cn/post/17"
LAW = "为规范海洋数据处理活动，保障数据安全，根据有关法律制定本办法，自2027年1月1日起施行，由海洋主管部门负责解释。"


def markdown(body: str, url: str = WECHAT, title: str = "海洋数据管理办法", account: str = "海风观察") -> Article:
    return clean(Article(url, title, account, body=body, markup=Markup.MARKDOWN))


@pytest.mark.parametrize(
    ("raw", "read"),
    [
        ("**请于****2026年**12月**1****日**前反馈", "请于2026年12月1日前反馈"),
        ("**请于** **2026年** **12** **月** 前反馈", "请于2026年12月前反馈"),
        ("工业和** **信息化部、*海洋*局", "工业和信息化部、海洋局"),
        ("工业和\u200b 信息化\xa0\xa0部", "工业和信息化 部"),
        ("see **Foo** **Bar** now, **CVE-1**:x", "see Foo Bar now, CVE-1:x"),
        ("工业和信息化部 海洋局", "工业和信息化部 海洋局"),
        ("## **第一章** 总则", "第一章总则"),
        ("* **甲** 乙\n* *丙*", "- 甲乙\n- 丙"),
        ("> > 引文", "引文"),
        ("* 甲\n+ 乙\n- • 丙", "- 甲\n- 乙\n- 丙"),
        ("1. 甲\n2\\. 乙", "1. 甲\n2. 乙"),
        ("| 序号 | 名称 |\n| --- | :-: |\n|  | **海图** |\n| 1 | 海图 |", "| 序号 | 名称 |\n海图\n| 1 | 海图 |"),
        ("| 框中的一段 |\n| --- |", "框中的一段"),
        ("甲\\_乙\\*\\*\\* 3\\. &lt;b&gt; &amp;amp;", "甲_乙*** 3. <b> &amp;"),
        ('见[《办法》](http://a.cn/x?y=1 "t")第3条[](http://b.cn)', "见《办法》第3条"),
        ("前![图](http://i.cn/1.png)后[![](http://i.cn/2.png)](http://c.cn)", "前后"),
        ("网址：https://www.sea.gov.cn <https://b.cn/x>", "网址：https://www.sea.gov.cn https://b.cn/x"),
        ("图 https://mmbiz.qpic.cn/a/640?wx_fmt=png 与 http://a.cn/b.jpg?x=1", "图与"),
        ("邮箱<kj@sea.example>。<br/>第二行", "邮箱kj@sea.example。\n第二行"),
        ("```\nint **a;\n\n  b[i](x);\n```\n之后", "int **a;\n  b[i](x);\n之后"),
        ("第一段\n\n---\n\n***\n\n第二段\n\n。", "第一段\n第二段"),
    ],
)
def test_markdown_becomes_what_a_reader_sees(raw: str, read: str) -> None:
    assert markdown(raw).body == read


@pytest.mark.parametrize(
    "line",
    [
        "预览时标签不可点",
        "，轻点两下取消在看",
        "— 【 THE END 】—",
        "点击蓝字 关注我们",
        "●点击↑蓝字关注我们，获取更多风险通告",
        "长按二维码，欢迎关注海风观察公众号",
        "扫码订阅《海风》",
        "邮发代号 2-000",
        "征订热线：010-00000000",
        "《海风》杂志倾力推荐",
        "点击下图 了解详情",
        "戳“阅读原文”立即报名！",
        '觉得不错，就点个 “在看” 或 "赞" 吧~',
        "分享 收藏 点赞 在看",
        "扫码加入海风读者交流群",
        "商务合作：微信 haifeng01",
        "本文4448字 阅读约需 12分钟",
        "责编：小舟 校对：大桨",
        "题图：Example License",
        "转载请注明出处和本文链接",
        "未经授权，禁止转载",
        "如有侵权，请联系删除",
        "投稿邮箱：tougao@haifeng.example",
    ],
)
def test_a_line_of_the_outlet_goes(line: str) -> None:
    assert markdown(f"{LAW}\n\n**{line}**").body == LAW
    assert clean(Article(WECHAT, "办法", body=f"{LAW}\n{line}")).body == LAW


@pytest.mark.parametrize(
    "line",
    [
        "意见反馈请扫描二维码填写",
        "附件下载请点击阅读原文",
        "（六）虚构点击量、关注量、点赞量、订阅量等流量数据；",
        "第十五条 互联网新闻信息服务提供者转载新闻信息，应当注明来源",
        "（三）创新合作方式",
        "重点关注小程序、公众号等网络产品",
        "现予转发，请认真贯彻落实。",
        "转载自海洋报",
        "来源：海洋局网站",
        "未经许可，任何组织不得使用海洋数据",
        "攻击者诱导用户扫描二维码",
        "海洋局 | 气象局",
        "编辑出版单位应当备案",
        "联系人：王某 010-00000000",
        "2026年12月1日",
    ],
)
def test_a_line_of_the_text_stays(line: str) -> None:
    for body in (f"{LAW}\n\n{line}", f"{line}\n\n{LAW}"):
        assert line in markdown(body).body.split("\n")


@pytest.mark.parametrize(
    "line", ["海洋局 | 气象局", "2026年12月1日", "来源：海洋局", "王老师，13900000000", "转载自海洋报"]
)
def test_a_signature_among_advertising_stays(line: str) -> None:
    assert markdown(f"{LAW}\n\n扫码关注我们\n\n{line}\n\n点个在看").body == f"{LAW}\n{line}"


def test_an_ending_of_advertising_goes_as_a_whole() -> None:
    body = (
        f"{LAW}\n\n海洋局\n\n2026年12月1日\n\n（来源：海洋局网站）\n\n"
        "分享海洋知识 强化海洋意识\n\n***END***\n\n阅读推荐\n\n"
        "[某地发布新规](http://mp.weixin.qq.com/s?a=1)\n\n* [又一条旧闻](http://mp.weixin.qq.com/s?a=2)\n\n**海风观察**\n\n"
        "←扫码关注我们\n\n**网罗海上热点 专注蓝色资讯**\n\n**好看你就分享 有用就点个赞**"
    )
    assert markdown(body).body == f"{LAW}\n海洋局\n2026年12月1日\n（来源：海洋局网站）"


def test_where_to_send_papers_stays_in_a_call_for_papers() -> None:
    line = "投稿邮箱：tougao@haifeng.example"
    assert line in markdown(f"{LAW}\n\n{line}", title="海洋数据安全征文通知").body


def test_a_web_page_keeps_its_main_part() -> None:
    menu = "".join(f"* [栏目{number}](/c/{number})\n" for number in range(20))
    body = (
        f"# 海洋数据管理办法\n\n海洋数据管理办法 - 海事网\n\n[登录](/l)\n\n{menu}\n"
        "# 海洋数据管理办法\n\n小舟\n\n[行业](/t)\n\n2026-12-01 10:00:00\n\n阅读量**251**\n\n"
        f"导语：新办法来了。\n\n{LAW}\n\n相关链接见附件。\n\n{LAW}\n\n如若转载，请注明出处\n\n"
        f"### 相关文章\n\n{menu}\n\n发表评论\n\nCopyright © 2026 海事网 All Rights Reserved 京ICP备00000000号"
    )
    assert markdown(body, WEB, account="海事网").body == f"导语：新办法来了。\n{LAW}\n相关链接见附件。\n{LAW}"
    assert LAW in markdown(f"{menu}\n{LAW}\n{menu}", WEB).body
    assert "栏目" not in markdown(f"{menu}\n{LAW}\n{menu}", WEB).body


def test_files_become_attachments_once() -> None:
    known = Attachment("已有", "https://www.sea.gov.cn/a/1.doc")
    body = "附件：[**1.** 目录.docx](/a/2.docx) [旧](https://www.sea.gov.cn/a/1.doc) [下载](/f?id=1) [网页](/x.html)"
    article = Article(
        "https://www.sea.gov.cn/t/1.html", "办法", body=body, markup=Markup.MARKDOWN, attachments=(known,)
    )
    cleaned = clean(article)
    assert cleaned.attachments == (known, Attachment("1.目录.docx", "https://www.sea.gov.cn/a/2.docx"))
    assert clean(cleaned).attachments == cleaned.attachments


@pytest.mark.parametrize(
    ("title", "url", "cleaned"),
    [
        (" \u200b海洋&amp;amp;数据\xa0 办法 \n", WECHAT, "海洋&数据 办法"),
        ("海洋办法 - 海事网", WEB, "海洋办法"),
        ("海洋办法 - 海事网", WECHAT, "海洋办法 - 海事网"),
        ("海洋办法 | 第2批", WEB, "海洋办法 | 第2批"),
        ("- 海事网", WEB, "- 海事网"),
        ("\x00海\ud800洋", WEB, "海洋"),
    ],
)
def test_a_title_is_cleaned_and_never_emptied(title: str, url: str, cleaned: str) -> None:
    assert (
        clean(Article(url, title, "海事网每日")).title == ""[:0] + clean(Article(url, title, "海事网")).title == cleaned
    )


def test_text_is_not_read_as_markdown() -> None:
    body = "a*b*c 与 [甲](乙)\n\n# 非标题\r\n| 1 | 2 |\n工业\u200b和\x00信息化\ud800部"
    assert clean(Article(WEB, "办法", body=body)).body == "a*b*c 与 [甲](乙)\n# 非标题\n| 1 | 2 |\n工业和信息化部"


def test_a_cut_body_loses_its_mark_and_a_huge_one_is_cut() -> None:
    for end in ("", "[被切断的链接](http://mp.weixin.qq.com/s?a", "![](http://i", "[链", "https://www.sea.gov"):
        cut = Article(WECHAT, "办法", body=f"{LAW}后文未{end}...", markup=Markup.MARKDOWN, truncated=True)
        assert clean(cut).body == f"{LAW}后文未"
    assert markdown(f"{LAW}[注").body == f"{LAW}[注"
    huge = clean(Article(WECHAT, "办法", body="海" * (LONGEST + 1)))
    assert huge.truncated
    assert len(huge.body) == LONGEST


@pytest.mark.parametrize(
    "unit",
    [
        "海",
        "a",
        "[",
        "![",
        "[](",
        "*",
        "**a",
        "* a",
        " ",
        "\\[",
        "| --- ",
        "> ",
        "# ",
        "<a ",
        "\u200b",
        "a\u200b ",
        "关注我们\n",
    ],
)
def test_a_million_characters_are_cleaned_in_linear_time(unit: str) -> None:
    for url in (WECHAT, WEB):
        markdown(unit * (1_000_000 // len(unit)), url)


def test_cleaning_twice_changes_nothing() -> None:
    once = markdown(f"# 总则\n\n{LAW}\n\n* 甲\n\n| 1 | 2 |\n| --- | --- |\n\n扫码关注我们")
    assert clean(once) == once


@pytest.mark.skipif(not (SHARED / "data" / "archive.tar.xz").is_file(), reason="needs ../shared/data")
def test_nothing_of_the_interface_is_left_in_the_archive() -> None:
    archived = pytest.importorskip("spiders.archive")
    left = re.compile(r"\]\(https?:|!\[\]\(|mmbiz\.qpic\.cn/|征订热线|邮发代号|[\x00-\x08\u200b\ufeff\xa0]")
    now = datetime.now(timezone.utc)
    wrong = []
    with tarfile.open(SHARED / "data" / "archive.tar.xz") as archive:
        for number, member in enumerate(archive):
            file = archive.extractfile(member) if number % 6 == 0 and member.isfile() else None
            article = archived.read_archived(Page("", file.read(), now)).article if file else None
            body = clean(article).body if article else ""
            lines = body.split("\n") if "```" not in (article.body if article else "") else []
            if left.search(body) or any(is_interface(line) or is_advertising(line) for line in lines):
                wrong.append(member.name)
    assert wrong == []
