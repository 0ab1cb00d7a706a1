"""The field stage on invented notices: whole notices, near-misses, and the period a sentence names."""

import random
from dataclasses import replace
from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest

from notices.article import Article
from notices.kinds import NoticeType
from pipelines.comment_period import sentence_period
from pipelines.dates import read_dates
from pipelines.fields import read_fields

SHANGHAI = ZoneInfo("Asia/Shanghai")
PUBLISHED = datetime(2026, 9, 2, tzinfo=SHANGHAI)

DRAFT = """关于公开征求《低空设备数据安全管理办法（征求意见稿）》意见的通知
工信数函〔2026〕88号
各有关单位：
为规范低空设备数据处理活动，根据《中华人民共和国数据安全法》，我部起草了《低空设备数据安全管理办法（征求意见稿）》，现向社会公开征求意见。
此次征求意见的时间为2026年9月1日至30日。请将意见发送至 dikong@miit.example.cn（邮件主题注明：低空意见）。
联系电话：010-66000001、66000002
传真：010-66000009
附件：低空设备数据安全管理办法（征求意见稿）
工业和信息化部科技司
2026年9月1日
低空设备数据安全管理办法
（征求意见稿）
第一条 为规范数据处理活动，依据《网络数据安全管理条例》制定本办法。
第二条 申请人对决定不服的，可以自收到决定之日起60日内申请复议；公示期为10个工作日。
（来源：“工信示例”微信公众号）"""


def article(title: str, body: str, account: str = "示例网安") -> Article:
    return Article(url="https://example.org/1", title=title, account=account, published_at=PUBLISHED, body=body)


def test_a_call_on_a_regulators_own_site_need_not_name_it_in_the_title() -> None:
    call = article("关于组织开展2026年度节能样本推荐工作的通知", "请各地于9月20日前报送推荐名单。")
    kinds = [read_fields(replace(call, official=official)).notice_type for official in (True, False)]
    assert kinds == [NoticeType.CALL, NoticeType.OTHER]


def test_a_consultation_whole() -> None:
    fields = read_fields(
        article("通知 | 工信部就《低空设备数据安全管理办法（征求意见稿）》公开征求意见（附全文）", DRAFT)
    )
    assert fields.notice_type is NoticeType.CONSULTATION
    assert (fields.comment_start, fields.comment_end) == (date(2026, 9, 1), date(2026, 9, 30))
    assert fields.evidence == "此次征求意见的时间为2026年9月1日至30日。"
    assert fields.evidence in DRAFT
    assert fields.doc_number == "工信数函〔2026〕88号"
    assert fields.issuers == ("工业和信息化部科技司",)
    assert fields.documents == ("低空设备数据安全管理办法",)
    assert fields.emails == ("dikong@miit.example.cn",)
    assert fields.phones == ("010-66000001", "010-66000002")
    assert fields.credit == "工信示例"
    assert any(reason.startswith("notice_type: title says") for reason in fields.reasons)


def test_a_digest_has_no_credit_though_each_of_its_items_names_one() -> None:
    body = "一、港口新闻。（来源：海洋日报）\n二、海图新闻。（来源：船舶网）"
    digest = article("海事周报：港口遭勒索；海图办法发布", body)
    assert read_fields(digest).notice_type is NoticeType.ROUNDUP
    assert read_fields(digest).credit == ""
    assert read_fields(replace(digest, origin_account="海风示例")).credit == "海风示例"


def test_an_issuance_whole() -> None:
    body = """关于印发《船舶网络安全指南》的通知
交信发〔2026〕7号
各省、自治区、直辖市交通运输厅（局）：
根据《港口条例》（交通运输部令2019年第4号），现将《船舶网络安全指南》印发给你们，请遵照执行。
交 通 运 输 部
国 家 网 信 办
2026年8月30日"""
    fields = read_fields(article("两部门印发《船舶网络安全指南》", body))
    assert fields.notice_type is NoticeType.ISSUANCE
    assert fields.issuers == ("交通运输部", "国家互联网信息办公室")
    assert fields.documents == ("船舶网络安全指南",)
    assert fields.doc_number == "交信发〔2026〕7号"
    assert fields.comment_end is None


@pytest.mark.parametrize(
    ("title", "body", "kind"),
    [
        ("某省网信办就《网络直播条例》向社会征求意见", "现公开征求意见。", "consultation"),
        ("9月30日截止｜《车联网身份认证规范》公开征求意见", "标准已形成征求意见稿。", "consultation"),
        ("意见征集 | 关于对《算力网技术要求》等3项行业标准的公告", "请反馈意见。", "consultation"),
        (
            "网信办拟规定：应用商店须核验身份",
            "国家网信办起草了《应用商店管理规定（征求意见稿）》，现向社会公开征求意见。",
            "consultation",
        ),
        ("专家解读 | 《应用商店管理规定（征求意见稿）》释放了什么信号", "9月30日前可反馈意见。", "interpretation"),
        ("浅谈《应用商店管理规定（征求意见稿）》的合规影响", "意见反馈截止时间为2026年9月30日。", "interpretation"),
        ("英国就《网络韧性法案（草案）》公开征求意见", "意见反馈截止时间为2026年9月30日。", "news"),
        ("《应用商店管理规定》公开征求意见；某公司收购某公司 | 晨览", "意见反馈截止时间为2026年9月30日。", "roundup"),
        (
            "三部门发布《应用商店管理规定》",
            "此前曾就《应用商店管理规定（征求意见稿）》公开征求意见。工信部等现予公布。",
            "issuance",
        ),
        ("国常会审议通过《数据产权条例（草案）》", "国务院总理主持召开国务院常务会议。", "issuance"),
        ("工信部通报12款侵害用户权益行为的APP（SDK）", "现予以通报。", "bulletin"),
        ("公示 | 工信部：数据安全典型案例名单", "公示时间：2026年9月1日—2026年9月7日", "bulletin"),
        ("工信部关于组织开展2026年安全试点项目申报的通知", "请于9月20日前提交申报材料。", "call"),
        ("网络安全周报第12期", "工信部就《甲办法》征求意见。", "roundup"),
        ("某某安全入选工信部典型案例名单", "近日，工信部公布名单。", "other"),
        ("黑客入侵某航空公司，百万用户数据泄露", "近日，据外媒报道，某公司遭攻击。", "news"),
        ("某港口公司确认船员数据被盗", "港口公司表示，正在调查。", "news"),
        ("恶意软件利用海图插件传播", "插件会下载木马。\n参考资料：therecord.media", "news"),
        ("港口路由器曝新漏洞", "本文是翻译文章，文章原作者 Jane Doe，文章来源：securityonline\n正文。", "news"),
        ("如何防范船员数据泄露", "近日，某公司遭攻击。\n来源：bleepingcomputer.com", "other"),
        ("防止泄露的7条建议", "近日，研究人员警告称数据会泄露。", "other"),
        ("【安全头条】港口遭勒索", "近日，某港口遭勒索。", "roundup"),
        ("某路由器漏洞复现与分析", "0x01 前言 环境搭建", "other"),
    ],
)
def test_types(title: str, body: str, kind: str) -> None:
    fields = read_fields(article(title, body + "\n" + "正文继续说明有关情况。" * 5))
    assert fields.notice_type == kind, fields.reasons
    if kind not in ("consultation", "bulletin"):
        assert fields.comment_end is None


@pytest.mark.parametrize(
    ("sentence", "start", "end"),
    [
        ("公示时间：2026年9月1日－2026年9月30日", "2026-09-01", "2026-09-30"),
        ("公示期为9月4-13日", "2026-09-04", "2026-09-13"),
        ("征求意见时间为2026年12月30日至1月5日。", "2026-12-30", "2027-01-05"),
        ("公开征求意见时间：自即日起至2026年10月1日", "2026-09-02", "2026-10-01"),
        ("意见反馈期限：2026.09.01-2026.09.30", "2026-09-01", "2026-09-30"),
        ("意见反馈截止时间为２０２６年９月２８日。", "", "2026-09-28"),
        ("请于2026年10月14日24:00前反馈秘书处意见。", "", "2026-10-14"),
        ("如有意见或建议，请于二〇二六年九月三十日前反馈。", "", "2026-09-30"),
        ("意见截止日期 2 月 6 日。", "", "2027-02-06"),
        ("请将意见于2026年9月**28**日前反馈我部。", "", "2026-09-28"),
        ("[截至日期:2026-10-26]", "", "2026-10-26"),
        ("原定于9月10日截止的征求意见期延长至9月20日。", "", "2026-09-20"),
        ("2026年8月1日，某局发布《甲办法（征求意见稿）》，公开征求意见至9月8日。", "2026-08-01", "2026-09-08"),
        ("自本公告发布之日起30日内，将意见反馈至邮箱。", "2026-09-02", ""),
        ("公示期为10个工作日。", "", ""),
        ("第九条 自受理之日起20日内提出意见。", "", ""),
        ("报名截止时间为9月16日，公示时间为9月17日。", "", ""),
        ("申报截止时间为2026年9月20日。", "", ""),
        ("请在9月17日之前升级至安全版本。", "", ""),
        ("自即日起至2026年12月14日开展专项行动。", "", ""),
        ("意见反馈截止时间为2026年2月30日。", "", ""),
        ("即日起截止9月30日，评论点赞最多的三位将获赠图书。", "", ""),
    ],
)
def test_sentences(sentence: str, start: str, end: str) -> None:
    period = sentence_period(sentence, PUBLISHED.date())
    said = (
        (period and period.start and period.start.isoformat()) or "",
        (period and period.end and period.end.isoformat()) or "",
    )
    assert said == (start, end)


def test_a_bare_sentence_needs_no_title() -> None:
    fields = read_fields(article("年度态势观察", "意见反馈截止时间为2026年9月29日。"))
    assert fields.comment_end == date(2026, 9, 29)
    longer = read_fields(article("年度态势观察", "意见反馈截止时间为2026年9月29日。\n本文另有内容。"))
    assert longer.comment_end is None


@pytest.mark.parametrize(
    "text", ["2023-13-45", "2月30日", "0000年0月0日", "9999年99月99日", "十十月十日", "1.2.3.4", ""]
)
def test_dates_no_calendar_has(text: str) -> None:
    assert list(read_dates(text, PUBLISHED.date())) == []


def test_without_a_publication_date_only_full_dates_count() -> None:
    assert list(read_dates("9月30日前", None)) == []
    assert next(iter(read_dates("2026年9月30日前", None))).last == date(2026, 9, 30)


def test_any_text_is_read_without_failing() -> None:
    chance = random.Random(7)
    pieces = [
        *"《》（）〔〕【】\n：、，。；号令第条年月日0９1-/@ ",
        "征求意见",
        "截止",
        "公示",
        "工信部",
        "国家网信办",
        "来源：",
        "2026年9月1日",
    ]
    for _ in range(300):
        text = "".join(chance.choices(pieces, k=60))
        fields = read_fields(article(text[:40].replace("\n", ""), text))
        assert fields.evidence in text or fields.evidence in text[:40].replace("\n", "")


@pytest.mark.parametrize(
    "unit",
    ["意", "《", "征求《", "部", "2026年9月1日至", "（来源：", "联系13900000000", "北京市", "\n国家数据局", "1."],
)
def test_long_texts_are_read_before_the_time_of_a_test_is_over(unit: str) -> None:
    """A pattern whose time grows with the square of the text would not come to an end in it."""
    assert read_fields(article("关于公开征求意见的通知", unit * (1_000_000 // len(unit)))).notice_type
