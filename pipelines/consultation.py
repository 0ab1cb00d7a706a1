"""Whether a text puts a Chinese draft out for comment."""

import re

_ASKS = re.compile(
    r"(?:征求|征集|征询|听取)[^，。；！？]{0,60}(?:意见|建议)|意见(?:建议)?(?:公开)?征[集求]|公开征[求询](?!投)|求意见|意见稿(?:及|和)?[^，。]{0,6}公开征|向(?:全?社会|公众|行业)征求"
)
_DRAFT = re.compile(r"征求意见稿|意见征集稿|征求意见(?:版|草案)|草案|公开征求意见")
_NOT_DRAFT = re.compile(r"提案|议案|征集令|有奖征集|漏洞征集|采纳|意见汇总|反馈情况|征求意见结果|议题|案例征集|征集[^意]{0,20}(?:案例|议题|稿件|作品|单位|企业|专家|选题)")
FOREIGN = re.compile(
    r"美国|美政府|美军|美参|美众|美司法|美财|美商务|美国防|欧盟|欧洲|欧委|英国|英政府|德国|法国|意大利|西班牙|荷兰|瑞典|瑞士|爱尔兰|乌克兰|俄罗斯|俄|日本|韩国|朝鲜|印度|越南|泰国|新加坡|马来西亚|菲律宾|印尼|澳大利亚"
    r"|澳洲|新西兰|加拿大|墨西哥|巴西|以色列|伊朗|沙特|阿联酋|土耳其|南非|肯尼亚|尼日利亚|联合国|北约|世贸组织|七国|白宫|拜登|特朗普|五角大楼|国会|参议院|众议院|全球视野|国际网安|国际电联|海外|外媒|多国|各国"
    r"|(?<![A-Za-z])(?:NIST|CISA|FTC|FCC|FBI|NSA|ENISA|ICO|EDPB|EDPS|SEC|DHS|TSA|OMB|DOJ|DoD|BIS|NTIA|FDA|NCSC|GAO|CNIL|AEPD|ISO|IEC|ITU|OECD|G7|GDPR|PCI)(?![A-Za-z])"
)
_ASKED = re.compile(
    r"(?:现|拟|正|将|并|已|特|面?向)[^，。；\n]{0,24}(?:公开)?(?:征求|征集|听取|征询)[^，。；\n]{0,24}(?:意见|建议)|公开(?:征求|征集|征询)[^，。；\n]{0,16}(?:意见|建议)|意见[^，。；\n]{0,8}截[止至]|如有(?:修改)?意见(?:或|和|、)?建议"
    r"|就《[^》]{3,80}》?[^。；\n]{0,30}征求[^。；\n]{0,12}意见|征求意见(?:时间|截止)"
)
_PUBLISHED = re.compile(
    r"(?:发布|公布|起草|印发|研究制定|组织制定|组织编制|组织起草|形成|公开|制定|编制)了?[^。；\n]{0,40}《[^》\n]{3,90}(?:征求意见稿|草案)[）)]?》|《[^》\n]{3,90}》[（(](?:公开)?征求意见稿[）)]"
)
_PAST = re.compile(r"此前|曾(?:经)?(?:向|就|公开|面)|已于|去年|正式(?:发布|施行|出台|实施|公布|印发)|审议通过|现予公布|自\d{4}年[^。]{0,12}(?:起)?施行|采纳")
LEAD = 700  # characters in which a report or a notice says that a draft is open for comment


def asks_in_title(title: str) -> str:
    """Why the title says that a draft is open for comment; empty when it does not."""
    if _NOT_DRAFT.search(title) or FOREIGN.search(title):
        return ""
    if found := _ASKS.search(title):
        return f"title says {found[0][:24]}"
    if (found := _DRAFT.search(title)) and "《" in title:
        return f"title names a draft: {found[0]}"
    return ""


def asks_in_lead(title: str, body: str) -> str:
    """Why the beginning of a text says that a draft is open for comment and the text is about it; empty when not."""
    if "征" not in body and "意见" not in body:
        return ""
    lead = body[:LEAD]
    if _NOT_DRAFT.search(title) or FOREIGN.search(title) or FOREIGN.search(lead[:150]):
        return ""
    asked, published = _ASKED.search(lead), _PUBLISHED.search(lead)
    if not asked and not published:
        return ""
    at = (asked or published).start()  # type: ignore[union-attr]
    if _PAST.search(lead[max(0, at - 80) : at + 80]) or at > 500:
        return ""
    words = (asked or published)[0]  # type: ignore[index]
    if published and _keeps_to_draft(body):
        return f"begins with {words[:40]}"
    if asked and ("意见的" in lead[:200] or "征求意见" in lead) and (published or "《" in lead[:at]) and len(body) < 4000:
        return f"begins with {words[:40]}"
    return ""


def _keeps_to_draft(body: str) -> bool:
    """Whether the text after its beginning goes on about the draft: by its short name, or as its articles."""
    named = re.search(r"以下(?:统?简)?称[：:“\"《（(]{0,3}《?([^》”\"）)]{2,12})", body[:LEAD])
    if named and body.count("《" + named[1]) + body.count("征求意见稿") >= 3:
        return True
    return bool(re.search(r"^[ \t]*第[一二]条", body, re.MULTILINE)) or body.count("征求意见稿") >= 2
