"""What an outlet says of itself, sells and lists around a text goes; what looks like it and is the text stays."""

import pytest

from notices.article import Article
from notices.kinds import Markup
from pipelines.clean import clean
from pipelines.selling import is_selling, shifts_risk

WECHAT = "https://mp.weixin.qq.com/s/abc"
WEB = "https://news.example.cn/post/17"
LAW = "为规范海洋数据处理活动，保障数据安全，根据有关法律制定本办法，自2027年1月1日起施行，由海洋主管部门负责解释。"
ACCOUNT = "海风观察"
COMPANY = "海风科技是专注于航海数据服务的国家级高新技术企业，为客户提供海图、潮汐与气象的一体化解决方案。"


def read(
    body: str, title: str = "海洋数据管理办法", account: str = ACCOUNT, url: str = WECHAT, cut: bool = False
) -> str:
    return clean(Article(url, title, account, body=body, markup=Markup.MARKDOWN, truncated=cut)).body


@pytest.mark.parametrize(
    "ending",
    [
        "**关于我们**\n\n我们是一支专注于航海数据研究的团队，为客户提供海图与潮汐服务。",
        f"**关于海风科技**\n\n{COMPANY}",
        f"公司简介\n\n{COMPANY}\n\n公司拥有数十项海图专利，研究团队来自多所大学，服务了上千家客户。",
        "海风观察成立于2016年，是一家专注于航海数据的媒体平台。",
        "海风观察\n\n专注海图数据安全\n\n全球最新海图技术",
        "航海实验室\n\n航海实验室隶属于海风集团，由长期从事海图安全研究的人员组成。",
        "公众号专注于海图技术分享，敬请关注。",
        "海风观察\n\n官网\n\nhttps://www.haifeng.example\n\nGitHub\n\nhttps://github.example/haifeng",
        "[海图旧闻一则](http://mp.weixin.qq.com/s?a=1)\n\n[又一条：港口的事](http://mp.weixin.qq.com/s?a=2)",
        "上 期 回 顾\n\n[海图旧闻一则](http://mp.weixin.qq.com/s?a=1)",
        "热点视频\n\n船长：我在船上睡了三年。\n\n点赞关注海风视频号，",
        "关于海风",
        "— 【 THE END 】—\n\n多种海图，潮汐趋势\n\n海上热门话题",
        "海风一问\n\n你看好这张海图吗？\n\n扫码关注我们",
        "海风一问\n\n海图会怎样变化？\n\n扫码关注我们",
        "请关注海风，及时获取更多海图信息",
        "早鸟价：¥99，原价¥199，扫码加入海图交流群",
        "每增加五十人涨价10元，抓紧订阅，超值！",
        "本文中涉及的工具仅供学习研究，请勿用于非法用途，否则后果由使用者本人承担。",
    ],
)
def test_an_ending_of_the_outlet_goes(ending: str) -> None:
    text = f"{LAW}\n\n第二段也说海图。\n\n第三段还说潮汐，说得比前两段长一些，因此是正文无疑，没有人会把它当成口号。"
    assert read(f"{text}\n\n{ending}") == text.replace("\n\n", "\n")


@pytest.mark.parametrize(
    "ending",
    [
        "海洋局数据司\n\n2026年12月1日",
        "全国海洋数据标准化技术委员会秘书处\n\n2026年12月1日",
        "（来源：海洋局网站）",
        "作者：小舟，海风科技工程师",
        "未来，海风科技将继续专注于航海数据，为行业提供更好的服务，与各方一道守护海图安全。",
        "此次入选，是对海风科技的认可，海风科技将持续致力于海图安全，为客户提供服务。",
        "数据安全\n\n数据安全是指通过采取必要措施，确保数据处于有效保护和合法利用的状态，以及具备保障持续安全状态的能力。",
        "参考文献\n\n[海图史](http://mp.weixin.qq.com/s?a=1)",
        "附件：[办法（征求意见稿）.docx](http://www.sea.example/a/1.docx)",
        "举报电话：00000\n\n官方微博、微信公众号：海洋局举报中心",
        "平台应当说明优惠券的领取条件、发放数量和使用规则，不得以虚假原因拒绝兑付，限时优惠应当说明期限。",
        "港口公司推出海图订阅服务，每月费用为200元，订阅的船东可以无限使用海图与潮汐表，还可以优先下载。",
        "用户应当自行承担因泄露密码造成的后果，运营者不承担责任的除外。",
    ],
)
def test_an_ending_of_the_text_stays(ending: str) -> None:
    for account in (ACCOUNT, "海洋局"):
        body = read(f"{LAW}\n\n第二段也说海图。\n\n第三段还说潮汐。\n\n{ending}", account=account)
        assert body.split("\n")[4 - 1 :] == [line.replace("[", "").split("](")[0] for line in ending.split("\n\n")]


def test_a_regulators_name_that_signs_is_no_name_of_the_outlet() -> None:
    body = f"{LAW}\n\n第二段。\n\n国家计算机病毒应急处理中心"
    assert read(body, account="国家计算机病毒应急处理中心").endswith("\n国家计算机病毒应急处理中心")


@pytest.mark.parametrize(
    "above",
    [
        "海风观察",
        "专注于海图与潮汐的研究",
        "带你读懂海图",
        "嗨，我是小舟！专注看海，关注我~",
        "动手点关注\n\n干货不迷路",
    ],
)
def test_a_slogan_above_the_text_goes(above: str) -> None:
    assert read(f"{above}\n\n{LAW}\n\n{LAW}") == f"{LAW}\n{LAW}"


@pytest.mark.parametrize(
    "above", ["作者 | 小舟", "编者按", "聚焦：海图之争", "海洋局办公厅文件", "大家好，我是小舟，今天讲海图。"]
)
def test_a_first_line_of_the_text_stays(above: str) -> None:
    assert read(f"{above}\n\n{LAW}\n\n{LAW}").split("\n")[0] == above


def test_a_text_that_was_cut_has_no_ending() -> None:
    assert COMPANY in read(f"{LAW}\n\n关于海风科技\n\n{COMPANY}", cut=True)


def test_what_a_title_offers_is_the_text() -> None:
    offer = "早鸟价：¥99，原价¥199，送海图一张。"
    assert offer in read(f"{LAW}\n\n{offer}", title="海图研修班报名开始")
    assert read("评论功能现已开启，欢迎吐槽") == "评论功能现已开启，欢迎吐槽"


def test_a_report_before_an_offer_and_around_an_aside_stays() -> None:
    report = "综上，这种方法能在离岸三十海里处收到潮汐数据，误差不超过两厘米，适合小船在雾天使用。"
    assert read(f"{LAW}\n\n{report}想要了解完整的文章，可以移步订阅小报童《海图实战》电子报刊。") == f"{LAW}\n{report}"
    aside = "海洋局发布了《海图数据目录》（关注本公众号【海风观察】，在对话框回复【海图】可下载），其中分类如下："
    assert "海洋局发布了《海图数据目录》，其中分类如下：" in read(f"{LAW}\n\n{aside}")


@pytest.mark.parametrize(
    "line", ["船员被骗加入兼职交流群，扫码后钱款被转走，警方已立案。", "现将《海图办法》印发，请抓紧组织报名培训学员。"]
)
def test_a_report_of_fraud_and_an_official_call_sell_nothing(line: str) -> None:
    assert not is_selling(line)


def test_a_law_that_assigns_a_risk_is_no_notice_of_the_outlet() -> None:
    assert not shifts_risk("由使用者承担责任的，应当在用户协议中写明。")
    assert shifts_risk("利用此文所提供的信息而造成的任何后果，均由使用者本人负责。")


def test_steps_of_instructions_stay_and_calls_go() -> None:
    steps = "- 下载最新版海图App\n\n- 点击下方【立即注册】注册账号\n\n- 点击【文章】开始创作"
    assert read(f"{LAW}\n\n{steps}\n\n扫码关注我们") == f"{LAW}\n" + steps.replace("\n\n", "\n")


@pytest.mark.parametrize(
    ("raw", "cleaned"),
    [
        ("1. 1. 海图\n\n2. 2. 潮汐", "1. 海图\n2. 潮汐"),
        ("3.3.1 先期处置\n\n1.1.1 总则", "3.3.1 先期处置\n1.1.1 总则"),
        ("**S**\n\n**E**\n\n**A**\n\n**P**", "SEAP"),
        ("A\n\nB\n\nC\n\nD", "A\nB\nC\nD"),
        ("image-20261201212138547", ""),
        ("固定布局\n\n工具条上设置固定宽高，\n\n背景可以设置被包含，", ""),
    ],
)
def test_layout(raw: str, cleaned: str) -> None:
    assert read(f"{LAW}\n\n{raw}\n\n{LAW}") == "\n".join(part for part in (LAW, cleaned, LAW) if part)


def test_a_list_of_own_articles_above_the_text_goes() -> None:
    links = "1. [海图的历史与今天（全文翻译）](http://mp.weixin.qq.com/s?a=1)\n\n2. [港口数据的安全审查初探](http://mp.weixin.qq.com/s?a=2)"
    assert read(f"关于海图，本公号发布过以下文章：\n\n{links}\n\n{LAW}\n\n{LAW}") == f"{LAW}\n{LAW}"


def test_a_sites_navigation_and_tags_below_the_text_go() -> None:
    menu = "* [首页](/)\n* [往日文章](/old)\n* [使用条款](/terms)"
    risk = "1.一般免责声明：本文信息仅供参考，平台不对因使用本文信息而导致的任何损失负责。"
    below = f"海图 # 潮汐 # 数据安全\n\n{risk}\n\n{menu}\n\n本站商标属于所有人。"
    assert read(f"{LAW}\n\n{LAW}\n\n{below}", url=WEB) == f"{LAW}\n{LAW}"
    assert read(f"{LAW}\n\n2026年12月1日\n\n{menu}", url=WEB) == f"{LAW}\n2026年12月1日"
