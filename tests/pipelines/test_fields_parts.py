"""Issuers, documents, numbers, contacts and credits in the forms in which notices write them."""

import pytest

from config.issuers import issuer_table, read_table
from notices.article import Article
from notices.kinds import NoticeType
from pipelines.bodies import named_bodies
from pipelines.contacts import emails, phones
from pipelines.credit import credit
from pipelines.doc_number import doc_number
from pipelines.documents import documents
from pipelines.issuers import issuers
from pipelines.signature import signature


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("工信部等四部门", ["工业和信息化部"]),
        ("中央网信办、国家发改委", ["国家互联网信息办公室", "国家发展和改革委员会"]),
        ("工信部装备工业一司组织", ["工业和信息化部装备工业一司"]),
        ("北京市网信办等三部门", ["北京市互联网信息办公室"]),
        ("2026年9月1日国家市场监督管理总局令", ["国家市场监督管理总局"]),
        ("浙江省经信厅", ["浙江省经济和信息化厅"]),
        ("网安标委秘书处", ["全国网络安全标准化技术委员会秘书处"]),
    ],
)
def test_bodies(text: str, names: list[str]) -> None:
    assert [body.name for body in named_bodies(text)] == names


def test_a_signature_of_several_lines_stamps_and_spaced_names() -> None:
    assert signature("特此通知。\n公 安 部\n国家数据局（印章）\n2026年9月1日\n附件") == ["公安部", "国家数据局"]
    assert signature("国家网信办主任 张三\n2026年9月1日") == ["国家互联网信息办公室"]
    assert signature("会议于下列日期召开：\n2026年9月1日") == []


def test_the_more_exact_issuer_stays_and_cited_bodies_are_none() -> None:
    body = "近日，财政部、国家能源局联合印发《甲办法》。根据商务部意见修改。"
    assert issuers(Article(url="", title="财政部发文", body=body), "") == (("财政部", "国家能源局"), "beginning")
    signed = "正文。\n工业和信息化部科技司\n2026年9月1日"
    assert issuers(Article(url="", title="工信部征求意见", body=signed), "")[0] == ("工业和信息化部科技司",)
    assert issuers(Article(url="", title="曝光典型案例", body="略"), "网信中国")[0] == ("国家互联网信息办公室",)


def test_who_forms_a_draft_issues_it_and_a_higher_body_is_only_named() -> None:
    body = (
        "我国在2021年施行港口条例，国务院要求细化措施。\n近日，国家铁路局为保障铁路设施安全，维护网络安全，"
        "根据《网络安全法》等法律，起草形成了《铁路港口数据办法（征求意见稿）》。国务院有关部门应当配合。"
    )
    assert issuers(Article(url="", title="《铁路港口数据办法》征求意见稿发布", body=body), "") == (
        ("国家铁路局",),
        "beginning",
    )


def test_two_bodies_may_not_share_an_alias() -> None:
    with pytest.raises(ValueError, match="keep one"):
        read_table("bodies: {甲部: [某部], 乙部: [某部]}\nlocal: {}\noutlets: {}")
    assert issuer_table().names["网信办"] == "国家互联网信息办公室"


@pytest.mark.parametrize(
    ("title", "body", "names"),
    [
        ("就《关于修改〈网络法〉的决定（征求意见稿）》征求意见", "", ("关于修改〈网络法〉的决定",)),
        (
            "《甲设备规范》征求意见稿发布",
            "某局发布了《甲类专用设备安全规范（征求意见稿）》（以下简称《规范》）。",
            ("甲类专用设备安全规范",),
        ),
        (
            "《甲标准要求》等2项国家标准征求意见",
            "归口的《甲标准要求》和《乙标准要求》2项国家标准已形成征求意见稿。",
            ("甲标准要求", "乙标准要求"),
        ),
        (
            "《甲标准要求》等2项国家标准征求意见",
            "等2项国家标准征求意见。\n1.甲标准要求-标准文本.docx\n2.乙标准要求-标准文本.pdf",
            ("甲标准要求", "乙标准要求"),
        ),
        ("部署专项行动", "根据《中华人民共和国网络安全法》《数据安全管理条例》，决定开展行动。", ()),
    ],
)
def test_documents(title: str, body: str, names: tuple[str, ...]) -> None:
    assert documents(title, body, NoticeType.CONSULTATION) == names


def test_a_bulletin_is_not_about_the_rules_it_cites() -> None:
    assert documents("某局通报应用", "某局发布《甲管理规定》执行情况。", NoticeType.BULLETIN) == ()


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("工信部联科〔2026〕11号\n各省：", "工信部联科〔2026〕11号"),
        ("关于印发《甲》的通知（国数资源［2026］9号）", "国数资源［2026］9号"),
        ("国家互联网信息办公室\n中华人民共和国公安部\n令\n第 8 号", "国家互联网信息办公室 中华人民共和国公安部令第8号"),
        ("（2026年8月1日国家市场监督管理总局令第9号公布）", "国家市场监督管理总局令第9号"),
        ("工业和信息化部公告\n2026年第3号", "工业和信息化部公告2026年第3号"),
        ("发布2026年第5号中国国家标准公告，", "2026年第5号中国国家标准公告"),
        ("安全公告编号:CNTA-2026-0003", "CNTA-2026-0003"),
        ("根据《甲办法》（工信部令第3号）和关于印发《乙》的通知", ""),
        ("根据《甲》（国办发〔2021〕3号），现通知如下", ""),
    ],
)
def test_document_numbers(text: str, number: str) -> None:
    assert doc_number(text) == number


def test_contacts_of_the_notice_only() -> None:
    text = (
        "联系人：李四 010-66000001/13900000001 li@std.example.cn\n电子邮箱：wang(at)std.example.cn\n"
        "传真：010-66000009\n编号 13900000002\n投稿邮箱：news@outlet.example.com\n征订热线：010-66000008"
    )
    assert emails(text) == ("li@std.example.cn", "wang@std.example.cn")
    assert phones(text) == ("010-66000001", "13900000001")


@pytest.mark.parametrize(
    ("origin", "body", "name"),
    [
        ("工信示例", "来源：别处", "工信示例"),
        ("", "正文\n（来源：中国网信网）", "中国网信网"),
        ("", "正文\n来源：“网信示例”微信公众号", "网信示例"),
        ("", "来源丨某省通信管理局 编辑：张三", "某省通信管理局"),
        ("", "来源：某司\n文章来源：工信示例", "工信示例"),
        ("", "以下文章来源于工信示例 ，作者工信示例\n正文", "工信示例"),
        ("", "本文是翻译文章，文章原作者 Jane Doe，文章来源：harbournews\n原文地址：https://x.example", "harbournews"),
        ("", "正文\n资讯来源：港口新闻", "港口新闻"),
        ("", "本文是翻译文章，文章来源：微信\n正文", ""),
        ("", "数据来源不明的，不得使用。\n来源：网络，如有侵权请联系删除", ""),
    ],
)
def test_credits(origin: str, body: str, name: str) -> None:
    assert credit(origin, body) == name
