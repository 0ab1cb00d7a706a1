"""What a text is to an analyst, by its title first, then by how it begins."""

import re
from dataclasses import dataclass

from notices.article import Article
from notices.kinds import NoticeType
from pipelines import title_words as words
from pipelines.consultation import advertises, asks_in_lead, asks_in_title

LEAD = 1500  # characters that can show that a text issues a rule
NEWS_LEAD = 450  # characters, the outlet's own greeting included, in which a report says whence and when
NEWS_LENGTH = 4500  # characters; what is longer is an essay, not a report of an event

WIRE = 300  # characters at either end in which a text names its source

_NAME = re.compile(r"《[^》]*》?")
_QUOTED = re.compile(r"“[^”]{2,}”")
_STANDARD = re.compile(r"国家标准[^，。]{0,12}(?:发布|获批|批准)")
_ISSUING = re.compile(
    r"现(?:将[^。\n]{0,60})?印发|印发给你们|现予(?:公布|发布|以公布)|审议通过|自[^。\n]{4,16}起施行|(?:局"
    r"|部|室|会|府)令|予以公布|发布了?《"
)
_RULE_TITLE = re.compile(
    r"(?:办法|规定|条例|细则|法|通知|决定|意见|公告|令)》?(?:[（(][^）)]*[）)])*$|^(?:通知|发布)\s*[|｜丨]"
)
_BY = re.compile(
    r"^(?:文|作者)\s{0,3}[|│｜丨:：/∣]\s{0,3}(?=[^\n]{0,60}(?:大学|学院|研究院|研究所|研究中心|法院|委员会"
    r"|中心|协会|律师|院士|教授|局|部))",
    re.MULTILINE,
)
_SPEAKER = re.compile(
    r"^(?:[^|｜丨]{2,12}[|｜丨]\s*)?(?!大数据|元宇宙|新技术)[一-龥]{2,3}(?:院士|教授|部长|主任"
    r"|局长)?[：:](?!.*(?:今年|将|表示|回应))"
)
_THEME = re.compile(r"治理|数据|网络安全|监管|信息化|数字|人工智能")
_MINISTER = re.compile(r"(?:部长|主任|局长|署长|书记)[：:]")
_RELEASES = re.compile(
    r"发布《[^》]*(?:报告|白皮书|指南|图谱|手册)|《[^》]*(?:报告|白皮书|指南|图谱"
    r"|手册)[^》]*》[^，。]{0,8}发布"
)
_OFFICE_SAYS = re.compile(rf"^[^|｜丨：:]{{0,6}}[|｜丨]?\s*(?:{words.OFFICIAL.pattern})[：:]")
_FIRST_HAND = re.compile(r"前言|概述|笔者|环境搭建|样本(?!库)|复现|如下所示|本文将|0x0|我们(?:发现|捕获|监测)")
_WIRES = re.compile(  # outlets that report events and little else, as their readers name them below or above a text
    r"(?:来源|参考|资料|原文|链接|编译|翻译|摘自|转自|出处"
    r"|via)[^\n]{0,60}(?:\n[^\n]{0,40})?(?P<wire>bleepingcomputer|the\s?hacker\s?news|securityaffairs"
    r"|securityonline|securityweek|therecord\.media|hackread"
    r"|help\s?net\s?security|cybersecuritynews|infosecurity-magazine|cyberscoop|theregister|techcrunch|gbhackers"
    r"|govinfosecurity|cyberexpress|scworld|scmagazine|arstechnica|cybernews|axios"
    r"|cnbeta|IT\s?之家|蓝点网|快科技|财联社)",
    re.IGNORECASE,
)
_ADVISORY = re.compile(r"漏洞|安全公告|安全通告|安全更新")
_ADVISES = re.compile(r"CNVD|CNNVD|CNCERT|应急中心")
_TITLED_EXPLANATION = re.compile(r"专家解读|答记者问|一图读懂|权威解读|政策解读")


@dataclass(frozen=True, slots=True)
class Typed:
    """A notice type and in a few words what decided it."""

    kind: NoticeType
    reason: str


def notice_type(article: Article) -> Typed:
    """The type of a cleaned article with the reason for it."""
    outside = _QUOTED.sub("“”", _NAME.sub("《》", article.title))
    for rule in (_roundup, _consultation, _interpretation, _bulletin, _call, _issuance):
        if typed := rule(article, outside):
            return typed
    return _rest(article, outside)


def _roundup(article: Article, outside: str) -> Typed | None:
    found = words.ROUNDUP.search(outside)
    if found and not words.NOT_ROUNDUP.search(outside):
        return Typed(NoticeType.ROUNDUP, f"title says {found[0]}")
    items = re.split(r"[；;]", article.title)
    if len(items) > 2 or (len(items) == 2 and re.search(r"[|｜丨]", article.title) and min(map(len, items)) > 7):
        return Typed(NoticeType.ROUNDUP, "title lists several events")
    return None


def _consultation(article: Article, outside: str) -> Typed | None:
    if words.COMMENTARY.search(outside) or words.EXPLAINS.search(outside):
        return None
    reason = asks_in_title(article.title, outside) or asks_in_lead(
        article.title, outside, article.body, article.account
    )
    return Typed(NoticeType.CONSULTATION, reason) if reason else None


def _interpretation(article: Article, outside: str) -> Typed | None:
    title, bare = article.title, words.COLUMN.sub("", article.title)
    foreign = words.FOREIGN.search(bare)
    if (found := words.COMMENTARY.search(title)) and not advertises(title, article.account):
        return Typed(NoticeType.INTERPRETATION, f"column {found[0].strip(' |｜丨:：')}")
    if found := _TITLED_EXPLANATION.search(outside):
        return Typed(NoticeType.INTERPRETATION, f"title says {found[0]}") if not foreign else None
    if words.EXPLAINS.search(outside) is None and _MINISTER.search(title) and len(article.body) > LEAD:
        return Typed(NoticeType.INTERPRETATION, "an official writes")
    policy = words.POLICY.search(bare) or (
        _SPEAKER.search(title) and not _OFFICE_SAYS.search(title) and _THEME.search(bare)
    )
    if not policy or foreign or words.REPORT.search(title) or words.NOT_ISSUED.search(outside):
        return None
    if found := words.EXPLAINS.search(words.COLUMN.sub("", outside)):
        return Typed(NoticeType.INTERPRETATION, f"title says {found[0]} of {policy[0]}")
    if _SPEAKER.search(title) and not _OFFICE_SAYS.search(title):
        return Typed(NoticeType.INTERPRETATION, f"a named person writes of {policy[0]}")
    if words.WEAKLY_EXPLAINS.search(outside) and not words.ISSUES.search(outside) and _BY.search(article.body[:300]):
        return Typed(NoticeType.INTERPRETATION, f"signed essay about {policy[0]}")
    return None


def _bulletin(article: Article, outside: str) -> Typed | None:
    title = article.title
    if words.NOT_BULLETIN.search(outside):
        return None
    if (
        _ADVISES.search(article.account + title)
        and (found := _ADVISORY.search(title))
        and re.search("公告|通告|通报|更新|提示", title)
    ):
        return Typed(NoticeType.BULLETIN, f"advisory of a Chinese body: {found[0]}")
    found = words.BULLETIN.search(outside)
    if found is None or words.FOREIGN.search(title):
        return None
    if (
        words.OFFICIAL.search(title)
        or words.OFFICIAL.search(article.account)
        or re.search(r"^关于.{4,60}的(?:通报|公示|预警报告|风险提示)", title)
    ):
        return Typed(NoticeType.BULLETIN, f"title says {found[0]}, of a Chinese body")
    if found[0] in ("通报", "公示") and words.OFFICIAL.search(article.body[:150]):
        return Typed(NoticeType.BULLETIN, f"title says {found[0]}, the text begins with a Chinese body")
    return None


def _issuance(article: Article, outside: str) -> Typed | None:
    title = article.title
    if words.FOREIGN.search(title) or words.NOT_ISSUED.search(outside) or words.REPORT.search(title):
        return None
    found = words.ISSUES.search(outside) or words.CAMPAIGN.search(outside)
    ours = _STANDARD.search(title) or not advertises(title, article.account)
    official = words.OFFICIAL.search(title) or ("《" in title and words.OFFICIAL.search(article.body[:300]))
    if found and official and ours and words.RULE.search(title):
        return Typed(NoticeType.ISSUANCE, f"title says {found[0][:24]}")
    if (
        _RULE_TITLE.search(title)
        and _ISSUING.search(article.body[:LEAD])
        and words.OFFICIAL.search(article.body[:LEAD])
    ):
        return Typed(NoticeType.ISSUANCE, "title is a rule's, the text issues it")
    return None


def _call(article: Article, outside: str) -> Typed | None:
    found = words.CALL.search(outside)
    if (
        found
        and (article.official or words.OFFICIAL.search(outside))
        and re.search(r"通知|公告|启动|关于|开展", outside)
        and "结果" not in outside
    ):
        return Typed(NoticeType.CALL, f"title says {found[0]}, of a Chinese body")
    return None


def _rest(article: Article, outside: str) -> Typed:
    title, lead = article.title, article.body[:NEWS_LEAD]
    short = len(article.body) < NEWS_LENGTH and not words.ADVICE.search(title)
    if (
        short
        and not words.ESSAY.search(title)
        and (wire := _wire(article.body))
        and not advertises(title, article.account)
    ):
        return Typed(NoticeType.NEWS, f"a report after {wire}")
    if found := words.TECHNICAL.search(outside):
        return Typed(NoticeType.OTHER, f"title says {found[0]}")
    if advertises(title, article.account):
        return Typed(NoticeType.OTHER, "the outlet names itself in the title")
    if _RELEASES.search(title) and not words.OFFICIAL.search(title) and not words.FOREIGN.search(title):
        return Typed(NoticeType.OTHER, "a firm releases a report")
    if _OFFICE_SAYS.search(title):
        return Typed(NoticeType.NEWS, "a Chinese body says")
    reported = words.REPORTED.search(lead)
    if (
        reported
        and short
        and not _FIRST_HAND.search(lead)
        and (found := words.NEWS.search(title) or words.OFFICIAL.search(title))
    ):
        return Typed(NoticeType.NEWS, f"title says {found[0]}, text says {reported[0][:12]}")
    return Typed(NoticeType.OTHER, "neither a notice nor a report")


def _wire(body: str) -> str:
    """The outlet of reports that a text names as its source in its first or last lines."""
    found = _WIRES.search(body[:WIRE]) or _WIRES.search(body[-WIRE:])
    return found["wire"] if found else ""
