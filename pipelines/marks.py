"""Guard words: what tells two similar texts apart."""

import re

from notices.article import Article
from notices.fields import Fields
from notices.kinds import NoticeType
from notices.normal import normalise

OPENING = 300  # characters in which a notice says whether it is a draft
READ = 20_000  # characters that are searched for the remarks of a commentator

_ISSUE = re.compile(r"第([0-9]+|[〇零一二三四五六七八九十百]+)(?:\([^()]{0,6}\))?([期批号周轮届课篇讲章集弹季回辑次])")
_PART = re.compile(r"(?:篇|课|章|之|part|chapter|vol|no)[.\s]*([0-9]+|[一二三四五六七八九十]+)(?![0-9]*[年月日.])")
_TAIL = re.compile(r"\(([0-9]{1,3}|[一二三四五六七八九十]{1,3}|上|中|下)\)$|(?<=[^0-9.])([上中下])$")
_COUNT = re.compile(r"([0-9]+)\s*(?:余|多)?([款项])")
_CVE = re.compile(r"cve-[0-9]{4}-[0-9]{4,}")
_YEAR = re.compile(r"(?<![0-9])(20[0-9]{2})(?![0-9]*(?:-[0-9]{4,}|[0-9]))")
_MONTH = re.compile(r"(?<![0-9])([0-9]{1,2})月(?![0-9]|底|起)|20[0-9]{2}-([0-9]{1,2})(?![0-9-])")
_DAY = re.compile(
    r"20[0-9]{2}[.\-/年]\s?([0-9]{1,2})[.\-/月]\s?([0-9]{1,2})(?![0-9])|20[0-9]{2}([01][0-9])([0-3][0-9])(?![0-9])"
    r"|\([^()0-9]{0,3}([0-9]{1,2})[-./]([0-9]{1,2})\)|([0-9]{1,2})月([0-9]{1,2})日"
)
_NAMED = re.compile(r"《([^《》]{4,100})》")
_VERSION = re.compile(r"\([^()]{0,6}(?:征求意见稿|草案|送审稿|试行)\)")
_DRAFT = re.compile(r"征求意见|征集意见|征询意见|公开征意|草案|送审稿|征求.{2,60}意见")
_DRAFT_TEXT = re.compile(
    r"现.{0,40}(?:征求|征集).{0,12}意见|意见反馈(?:截止|时间)|反馈意见.{0,10}截止|请(?:各.{0,12})?(?:于|在).{4,20}前.{0,40}(?:反馈|提出)"
)
_READING = re.compile(
    r"解读|答记者问|专家|评论|解答|问答|解析(?=$|[:|])|浅析|释义|图解|一图|学习笔记|思考|启示|观察\||述评|重点问题|回应"
)
_FINAL = re.compile(r"印发|公布|颁布|施行|实施|发布|出台|批准|通过|生效")
_FINAL_TEXT = re.compile(r"现予(?:以)?(?:公布|发布)|现印发|印发给你们|已经.{0,40}(?:通过|同意)|自.{4,14}(?:起)?施行")
_DIGEST = re.compile(
    r"周报|日报|早报|晚报|月报|周刊|月刊|简报|快报|盘点|速递|速览|特辑|牛览|头条|一周|每周|每日|本周|上周|半月|汇总|合集|要闻"
    r"|资讯|动态|热点|摘要|导读|集锦|回顾|精选|动向"
)
_JOINED = re.compile(r"[^;]{6,};[^;]{6,}")
_REMARK = re.compile(
    r"笔者|我们认为|本文(?:将|拟|从|结合|试图|认为)|值得(?:注意|关注)|意味着|不难看出|可以看出|由此可见|综上|亮点|看点|律师|解读|业内人士"
    r"|(?:企业|单位|机构)(?:应当?|需要?|可以?)(?:尽快|及时|关注|注意|提前|重点|尽早)|对企业(?:而言|来说)|(?:专家|作者)(?:表示|认为|指出)"
)
_NUMERALS = {char: value for value, char in enumerate("零一二三四五六七八九十")} | {"〇": 0}


def marks(article: Article, fields: Fields) -> tuple[str, ...]:
    """The guard words of an article, each `kind:value`, sorted.

    Kinds: `issue`, `count`, `cve`, `year`, `month`, `day`, `doc`, `stage` (draft, final, reading), `digest`, and
    `remarks`: how many turns of phrase of a commentator it has.
    """
    title = normalise(article.title)
    found = {f"issue:{unit}{_integer(number)}" for number, unit in _ISSUE.findall(title)}
    found |= {f"issue:.{_integer(number)}" for number in _PART.findall(title)}
    if tail := _TAIL.search(title.rstrip()):
        found.add(f"issue:.{_integer(tail[1] or tail[2])}")
    found |= {f"count:{unit}{number}" for number, unit in _COUNT.findall(title)}
    found |= {f"cve:{name}" for name in _CVE.findall(title)}
    found |= {f"year:{year}" for year in _YEAR.findall(title)}
    found |= {f"month:{int(match[1] or match[2])}" for match in _MONTH.finditer(title)}
    for match in _DAY.finditer(title):
        month, day = (int(part) for part in match.groups() if part)
        found.add(f"day:{month}-{day}")
    names = _NAMED.findall(title)
    found |= {f"doc:{named(name)}" for name in names}
    if stage := _stage(title, names, normalise(article.body[:OPENING]), fields):
        found.add(f"stage:{stage}")
    if fields.notice_type is NoticeType.ROUNDUP or _DIGEST.search(title) or _JOINED.search(title):
        found.add("digest:")
    if remarks := {match[:3] for match in _REMARK.findall(article.body[:READ])}:
        found.add(f"remarks:{len(remarks)}")
    return tuple(sorted(found))


def named(name: str) -> str:
    """The name of a document without what says which version of it this is."""
    return "".join(char for char in _VERSION.sub("", normalise(name)) if char.isalnum())


def _stage(title: str, names: list[str], opening: str, fields: Fields) -> str:
    """How far the document had come that a text is about."""
    if _READING.search(title):
        return "reading"
    if _DRAFT.search(title) or fields.notice_type is NoticeType.CONSULTATION:
        return "draft"
    if _FINAL_TEXT.search(opening):
        return "final"
    if _DRAFT_TEXT.search(opening) or any(f"{name}(征求意见稿)" in opening for name in names):
        return "draft"
    return "final" if _FINAL.search(title) else ""


def _integer(number: str) -> str:
    if number.isdigit():
        return str(int(number))
    value = digit = 0
    for char in number:
        if char not in _NUMERALS and char != "百":
            return number
        if char in "十百":
            value += (digit or (char == "十" and not value)) * (10 if char == "十" else 100)
            digit = 0
        else:
            digit = _NUMERALS[char]
    return str(value + digit)
