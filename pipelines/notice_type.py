"""What a text is to an analyst, by its title first, then by how it begins."""

import re
from dataclasses import dataclass

from notices.article import Article
from notices.kinds import NoticeType
from pipelines.consultation import FOREIGN, asks_in_lead, asks_in_title


@dataclass(frozen=True, slots=True)
class Typed:
    """A notice type and in a few words what decided it."""

    kind: NoticeType
    reason: str


def _any(*parts: str) -> re.Pattern[str]:
    return re.compile("|".join(parts))


ROUNDUP = _any(
    r"周报|日报|早报|晚报|双周报|月报(?!告)|牛\W{0,2}览|早知道|早班车|周刊|动态回顾|热点回顾|资讯(?:周|日|动态|速递|简报|汇总)|盘点|汇总|大事记|一览|[快简]讯[（(]第|安全快讯|一周|周特辑|每周|本周|上周"
    r"|总第\d+[周期]|合集|安全头条|要闻|简报|动态汇编|政策汇编|新闻速览|热点速览|安全播报|十大|TOP ?\d+|Top ?\d+|月度(?:安全)?(?:动态|资讯|漏洞)"
)
_NOT_ROUNDUP = _any(r"辟谣", r"漏洞通告|安全通告")
INTERPRETATION = _any(
    r"解读|读懂|答记者问|专家观点|专家谈|图解|一图|浅谈|浅析|简析|刍议|解析|评析|论《|亮点|要点|看点|谈[《我]|的(?:思考|启示|挑战|建议|路径|理解|看法)|启示|权威解答|权威解答|问答|有何|意味着什么|怎么看|如何理解|深度|笔谈|述评|时评|探析|分析|研究|展望|解码|学习《"
)
_POLICY = _any(
    r"条例|办法|规定|《|法(?:律|治|规|案|》)|政策|标准|指南|规范|意见|通知|监管|治理|立法|制度|合规|执法|二十条|十四五|战略|规划|义务|保护法|安全法|行动计划|意见稿"
)
_COMMENTARY = _any(r"^(?:评论|观点|专家解读|专家观点|权威解读|解读|一图读懂|专家谈|法治|答记者问|权威解答|政策解读|专题·|论坛·|“数据二十条”解读)")
OFFICIAL = _any(
    r"工信部|工业和信息化部|网信办|网信委|公安部|公安机关|网安标委|信安标委|标委会|标准委|标准化管理委员会|市场监管|市监总局|发改委|发展改革委|数据局|央行|人民银行|银保监|证监会|金融监管|科技部|教育部|财政部|商务部|司法部|国务院|国办|中办|中共中央|卫健委|卫生健康|文旅部|交通运输部|自然资源部"
    r"|能源局|密码局|密码管理局|保密局|人社部|人社局|住建部|应急管理部|农业农村部|税务总局|海关总署|邮政局|铁路局|民航局|广电总局|版权局|知识产权局|药监局|最高法|最高人民|最高检|检察院|法院|全国人大|人大常委|CNCERT|CNNVD|CNVD|国家互联网应急中心|国家网络安全通报中心|病毒应急处理中心|通信管理局|通管局|经信|经济和信息化|政府|[一二三四五六七八九十两多]+部门"
    r"|国家标准|强制性标准|行业标准|我国|中国证券业协会|中证协|信通院|国资委|外汇局|中央|国安部|国家安全|总局|互联网协会|网络空间安全协会"
)
_RULE = _any(
    r"办法|规定|条例|规范|标准|指南|计划|方案|意见|通知|目录|规则|细则|法》|法律|决定|纲要|行动|指引|要求|清单|公约|规划|制度|令|白名单|措施|体系|办理|解释|倡议|通告|范本|合同"
)
_ISSUES = _any(
    r"发布|印发|公布|出台|施行|实施|批准|通过|下达|启动|部署|开展|颁布|联合发文|获批|生效|发文|推出|修订|明确|要求|专项行动|立项|落地|上线|正式"
)
_REPORT = _any(r"报告|白皮书|蓝皮书|图谱|全景图|榜单|指数|年鉴|产品|平台|解决方案|论文|课程|书籍|新书|工具")
BULLETIN = _any(
    r"通报|公示|风险提示|预警(?!机)|名单|安全公告|漏洞公告|的公告|风险通告|辟谣|曝光|典型案例|下架|提醒|拟.{0,10}公告|目录.{0,4}公告|处罚|约谈|立案|罚款|备案(?:信息|清单)|检测发现"
)
CALL = _any(
    r"申报|征集|遴选|推荐|培训|报名|评选|招聘|招生|参赛|大赛|竞赛|揭榜挂帅|试点(?:示范)?(?:工作)?的通知"
)
_TECHNICAL = _any(
    r"漏洞复现|漏洞分析|分析报告|实战|实践|教程|入门|指北|技巧|工具|源码|PoC|POC|EXP|CTF|[Ww][Rr]ite|渗透|逆向|绕过|免杀|提权|注入|攻防|样本|木马|远控|调试|Hook|hook|利用|原理|详解|0x|CVE-|红队|蓝队|挖掘|fuzz|Fuzz|内核|IOC|RCE|XSS"
    r"|招聘|抽奖|福利|优惠|课程|直播|报名|沙龙|公开课|训练营|赠书|限时|免费|征订|订阅|荣获|入选|获奖|亮相|签约|战略合作|中标|榜单|白皮书|报告|图谱|解决方案|案例|方案|产品|参编|专访|对话|演讲"
)
_NEWS = _any(
    r"发布|宣布|曝|披露|泄露|泄漏|攻击|入侵|被黑|勒索|起诉|逮捕|被捕|判|罚|收购|融资|上市|召开|举行|举办|开幕|警告|警示|遭|瘫痪|中断|制裁|禁|调查|指控|承认|修复|称|破获|抓获|下令|黑客|窃取|推出|回应|启动|成立|计划|要求|新增|漏洞|恶意|诈骗|签署|会见|出席|印发|公布|拟|将"
)
_REPORTED = _any(r"近日|日前|据[^，。]{2,20}(?:报道|消息|透露|称)|\d{1,2}\s?月\s?\d{1,2}\s?日|消息|本周[一二三四五六日]|周[一二三四五六日]|今日|昨日|表示|宣布|披露|报道")


def notice_type(article: Article) -> Typed:
    """The type of a cleaned article with the reason for it."""
    title, body = article.title, article.body
    for rule in (_roundup, _consultation, _interpretation, _bulletin, _issuance, _call):
        if typed := rule(title, body):
            return typed
    return _rest(title, body)


def _roundup(title: str, body: str) -> Typed | None:
    found = ROUNDUP.search(title)
    if found and not _NOT_ROUNDUP.search(title):
        return Typed(NoticeType.ROUNDUP, f"title says {found[0]}")
    items = re.split(r"[；;]", title)
    if len(items) > 2 or (len(items) == 2 and re.search(r"[|｜丨]", title) and min(map(len, items)) > 7):
        return Typed(NoticeType.ROUNDUP, "title lists several events")
    return None


def _consultation(title: str, body: str) -> Typed | None:
    if _COMMENTARY.search(title) or INTERPRETATION.search(re.sub(r"《[^》]*》?", "《》", title)):
        return None
    reason = asks_in_title(title) or asks_in_lead(title, body)
    return Typed(NoticeType.CONSULTATION, reason) if reason else None


def _interpretation(title: str, body: str) -> Typed | None:
    comment = _COMMENTARY.search(title)
    outside = re.sub(r"《[^》]*》?", "《》", title)
    found = comment or INTERPRETATION.search(outside)
    if found and (_POLICY.search(title) or re.search(r"专家解读|答记者问|一图读懂|权威解读", title)) and not FOREIGN.search(title):
        return Typed(NoticeType.INTERPRETATION, f"title says {found[0]} of a rule")
    return None


def _bulletin(title: str, body: str) -> Typed | None:
    found = BULLETIN.search(title)
    where = title + "\n" + body[:150]
    if found and OFFICIAL.search(where) and not FOREIGN.search(title):
        return Typed(NoticeType.BULLETIN, f"title says {found[0]}, of a Chinese body")
    return None


def _issuance(title: str, body: str) -> Typed | None:
    if FOREIGN.search(title) or _REPORT.search(title):
        return None
    found = _ISSUES.search(title)
    if found and _RULE.search(title) and OFFICIAL.search(title + "\n" + body[:200]):
        return Typed(NoticeType.ISSUANCE, f"title says {found[0]}")
    if re.search(r"^(?:通知|发布)\s*[|｜丨]|(?:办法|规定|条例|细则|法|通知|决定|意见)(?:[（(][^）)]*[）)])?$", title) and re.search(
        r"现印发|印发给你们|现予(?:公布|发布)|第一条|审议通过|自[^。\n]{4,16}起施行", body[:1500]
    ):
        return Typed(NoticeType.ISSUANCE, "title is a rule's, the text issues it")
    return None


def _call(title: str, body: str) -> Typed | None:
    found = CALL.search(title)
    if found and OFFICIAL.search(title) and re.search(r"通知|公告|启动|关于", title):
        return Typed(NoticeType.CALL, f"title says {found[0]}, of a Chinese body")
    return None


def _rest(title: str, body: str) -> Typed:
    if _TECHNICAL.search(title):
        return Typed(NoticeType.OTHER, "title is technical or an advertisement")
    found = _NEWS.search(title)
    if found and _REPORTED.search(body[:200]):
        return Typed(NoticeType.NEWS, f"title says {found[0]}, text reports it")
    return Typed(NoticeType.OTHER, "neither a notice nor a report")
