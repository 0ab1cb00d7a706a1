"""Whether a text puts a Chinese draft out for comment."""

import re

from pipelines.title_words import FOREIGN, ISSUES, NOT_ISSUED, OFFICIAL

LEAD = 700  # characters in which a report or a notice says that a draft is open for comment
NEAR = 300  # characters from the beginning within which the draft must be named: later it is background

_ASKS = re.compile(
    r"(?:征求|征集|征询|听取)[^，。；！？]{0,70}(?:意见|建议)|意见(?:建议)?(?:公开)?征[集求询]"
    r"|公开征[求询](?!投)|求意见|向(?:全?社会|公众|行业)征求"
)
_DRAFT = re.compile(r"征求意见稿|意见征集稿|征求意见(?:版|草案)|公开征求意见|草案")
_NOT_DRAFT = re.compile(
    r"评选|问卷|调研|调查|活动|招募|报名|提案|议案|有奖|漏洞征集|采纳|意见汇总|反馈情况|征求意见(?:结果"
    r"|情况)|议题|审议|通过《|报批稿|征集[^意]{0,24}(?:案例|议题|稿件|作品|单位|企业|专家|选题|课题|需求)"
)
_ASKED = re.compile(
    r"(?:现|拟|正|将|并|特|面?向)[^，。；\n]{0,30}(?:征求|征集|听取|征询)[^，。；\n]{0,24}(?:意见|建议)"
    r"|公开(?:征求|征集|征询)[^，。；\n]{0,16}(?:意见|建议)"
    r"|就《[^》]{3,80}》?[^。；\n]{0,30}征求[^。；\n]{0,12}意见|征求意见(?:的?时间|截止)|意见反馈截[止至]"
)
_PUBLISHED = re.compile(
    r"(?:发布|公布|起草|印发|制定|编制|形成|公开)[^。；\n《]{0,40}《[^》\n]{3,90}(?:征求意见稿|草案)[）)]?》"
    r"|《[^》\n]{3,90}》[（(]?的?(?:公开)?征求意见稿"
    r"|《[^》\n]{3,90}(?:征求意见稿)[）)]》[^。；\n]{0,12}(?:发布|公布|公开)"
)
_OVER = re.compile(
    r"此前|曾(?:经)?(?:向|就|公开|面|发布|对)|已于|去年|正式(?:发布|施行|出台|实施|公布|印发)|审议通过"
    r"|现予(?:公布|发布)|现已?将[^。\n]{0,40}印发|现印发|采纳|起施行"
)


def asks_in_title(title: str, outside: str) -> str:
    """Why the title says that a draft is open for comment; empty when it does not.

    `outside` is the title without names in 《》.
    """
    if _NOT_DRAFT.search(outside) or FOREIGN.search(outside):
        return ""
    if found := _ASKS.search(title):
        return f"title says {found[0][-24:]}"
    found = _DRAFT.search(title)
    if found and "《" in title and not FOREIGN.search(title) and (found[0] != "草案" or ISSUES.search(outside)):
        return f"title names a draft: {found[0]}"
    return ""


def asks_in_lead(title: str, outside: str, body: str, account: str) -> str:
    """Why a text begins by saying that a draft is open for comment and is about it; empty when it does not."""
    if "征求" not in body and "征集" not in body and "草案" not in body:
        return ""
    if (
        _NOT_DRAFT.search(outside)
        or FOREIGN.search(outside)
        or NOT_ISSUED.search(outside)
        or advertises(title, account)
    ):
        return ""
    lead = body[:LEAD]
    found = _PUBLISHED.search(lead) or (None if ISSUES.search(outside) else _ASKED.search(lead))
    if found is None or FOREIGN.search(lead[:150]) or _OVER.search(lead[: found.end() + 120]):
        return ""
    if not _near(lead, found.start()) or not (OFFICIAL.search(title) or _shares_name(title, lead)):
        return ""
    return f"begins with {found[0][:40]}" if _keeps_to_draft(body) else ""


def advertises(title: str, account: str) -> bool:
    """Whether the outlet names itself in the title, as firms do when they advertise."""
    stem = re.sub(r"安全|网络|科技|实验室|团队|中心|应急响应|平台|专业版|\s", "", account)[:4]
    return len(stem) >= 2 and stem[: max(2, len(stem) - 1)] in title and not OFFICIAL.search(account)


def _near(lead: str, at: int) -> bool:
    """Whether the place lies in the first two hundred characters or the first three paragraphs."""
    return at < NEAR or lead.count("\n", 0, at) < 3


def _shares_name(title: str, lead: str) -> bool:
    """Whether the title has four characters in a row of a document that the lead names."""
    for name in re.findall(r"《([^》\n]{5,90})》", lead):
        short = re.sub(r"征求意见稿|草案|公开", "", name)
        if any(short[at : at + 4] in title for at in range(len(short) - 3)):
            return True
    return False


def _keeps_to_draft(body: str) -> bool:
    """Whether the text goes on about the draft: by its short name, as its articles, or by being short."""
    if len(body) < 1500 or re.search(r"^[ \t]*第[一二]条", body, re.MULTILINE):
        return True
    named = re.search(r"以下(?:统?简)?称[：:“\"《（(]{0,3}《?([^》”\"）)]{2,12})", body[:LEAD])
    return (body.count("《" + named[1]) if named else 0) + body.count("征求意见稿") >= 3
