"""The comment period of a text, with the sentence that proves it."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from pipelines.dates import Dated, flat, read_dates
from pipelines.sentences import sentences_with

_CUE = re.compile(
    r"意见|反馈|公示(?:时间|期|日期|起止|截止|结束)|征求|征集期|征集时间|征集日期|起止时间|截止(?:时间|日期"
    r"|日)|截至(?:时间|日期)|提交(?:评论|评议|建议)"
)
_ABOUT = re.compile(r"意见|反馈|征求|公示(?:时间|期|日期|起止|截止|结束)|征询|评论|评议|建议")
_BARE = re.compile(
    r"^[\W_]{0,4}(?:意见)?(?:反馈)?截[止至](?:日期|时间|日)[^一-龥]{0,4}[\d\s/.年月日:：-]{6,24}[\W_]{0,4}$"
)
_UNTIL = re.compile(
    r"(?:截止|截至|截止到|截至到|延长[至到]|延期?[至到]|顺延[至到]|(?:意见|反馈|征求|征集|即日起?|日起|持续"
    r"|时间|为期)[^。；\n\d]{0,12}[至到])"
    r"(?:反馈)?(?:时间|日期|日|期限|时限)?[^\d一二三四五六七八九十〇。；，,\n]{0,6}$|[^\d一-龥]截止$|^截止$"
)
_DUE = re.compile(
    r"(?:时间|日期|期限|时限|最后期限|截止日|截止期)(?:[^\d。；，,\n]{0,12})(?:为|是|:|在|于|定于"
    r"|\s)[^\d。；，,\n]{0,4}$"
)
_BY = re.compile(
    r"^[^\d一-龥]{0,4}(?:\(含\)|\(?[含前](?![后夕往来期])\)?|之前|以前|(?:当[日天])?(?:下班|工作时间"
    r"|上班)(?:之)?前|截止|截至|止|为止|当日|结束|到期)"
)
_STARTED = re.compile(
    r"^[^。；\n\d]{0,2}(?:起|开始)?[，,]?(?:就|对|面?向社会|公开|发布|通知|正式"
    r"|启动)[^。；，,\n\d]{0,12}(?:征求|征集)[^。；，,\n\d]{0,6}意见"
)
_FROM_NOW = re.compile(r"(?:发布|公布|公告|公示|刊登|本通知|印发)之?日起|(?:从|自)?即日起")
_OTHER = re.compile(
    r"申报|报名|投票|问卷|补丁|修复|漏洞|升级至|有效期|受理|整改|议题|论文|投稿|评选|招标|采购|参赛|作品"
    r"|举报|专项行动"
    r"|第[一二三四五六七八九十百]{1,4}条|施行|实施之日|缴费|注册|参会|直播|征集活动|中奖|点赞|抽取|活动规则"
    r"|手办|赠送|送出"
)
_SOUGHT = re.compile(
    r"(?:征求|征集|征询|听取|反馈|提出|提交|收集)[^。；\n]{0,20}(?:意见|建议|评论)|(?:意见|建议"
    r"|评论)[^。；\n]{0,12}(?:反馈|截[止至]|征[求集])|公示(?:时间|期|日期)"
)
_COLLECTS = re.compile(r"^[^一-龥\n]{0,6}(?:意见)?(?:征集|起止)(?:起止)?(?:时间|日期|期限)")
_NOTHING_ELSE = re.compile(r"^[\s\d/.年月日:：至到~～—–－-]{12,50}$")
_OPINION = re.compile(r"反馈(?:的?时间|日期|截|期限)|意见|建议|征求|征询|评论|评议|公示")
_ADDRESSED = re.compile(r"公众|社会|各方|草案|文件|标准|文稿|征求意见稿")
_OPEN = re.compile(
    r"(?:公示|征求|征集|征询|意见|反馈|评议|评论)[^，。；\n]{0,24}(?:，(?:公开)?(?:征求意见|征集|反馈"
    r"|公示)?(?:的?时间|期限?|日期)[为是:自从 ]{0,2})?$"
)
_OPENS = re.compile(r"^[^。；\n]{0,70}(?:征求|征集|征询|听取)[^，。；\n]{0,24}(?:意见|建议)|^[^，。；\n]{0,12}公示")
_ISSUED = re.compile(r"^，[^。；，\n\d]{0,30}(?:发布|公布|印发)")
_MOVED = re.compile(r"延[长期至到]|顺延|推迟")
_PAST = re.compile(r"曾|此前|前期|上一轮|首次公开征求|已于|第一次")


@dataclass(frozen=True, slots=True)
class Period:
    """First and last day of a comment period, as far as named, and the sentence in the text's own words."""

    start: date | None
    end: date | None
    evidence: str


def comment_period(title: str, body: str, published: date | None) -> Period | None:
    """The period that the text names: the first sentence with an end, before that of earlier rounds, else a start.

    Under a title that asks for opinions, a line that only says from when to when is one too.
    """
    asked = "意见" in title
    found = [period for part in (body, title) for period in _periods(part, published, asked)]
    found.sort(key=lambda period: (period.end is None, bool(_PAST.search(period.evidence))))
    return found[0] if found else None


def _periods(text: str, published: date | None, asked: bool) -> Iterator[Period]:
    if _NOTHING_ELSE.match(text):
        yield from (
            Period(dated.first, dated.last, text.strip()) for dated in read_dates(text, published) if dated.ranged
        )
    for sentence in sentences_with(_CUE, text):
        period = sentence_period(sentence, published, asked=asked)
        if period is None and asked and _COLLECTS.match(sentence):
            ranges = (dated for dated in read_dates(sentence, published) if dated.ranged)
            period = next((Period(dated.first, dated.last, sentence) for dated in ranges), None)
        if period:
            yield period


def sentence_period(sentence: str, published: date | None, *, asked: bool = False) -> Period | None:
    """The comment period that one sentence names, None when its dates are about something else.

    `asked`: its title asks for opinions, so what the sentence wants back can only be these.
    """
    plain = flat(sentence)
    if _BARE.match(plain):
        return _ending(sentence, list(read_dates(sentence, published)), published)
    if not _concerns_comments(plain, asked):
        return None
    dates = list(read_dates(sentence, published))
    for dated in dates:
        if dated.ranged and _lasts(plain, dated):
            return Period(dated.first, dated.last, sentence)
    ending = [dated for dated in dates if not dated.ranged and _ends(plain, dated)]
    if ending:
        earlier = [dated for dated in dates if dated.begin < ending[0].begin]
        issued = next((dated.first for dated in earlier if _ISSUED.match(plain[dated.end :])), None)
        return _ending(sentence, ending, published, issued)
    if re.search(r"第[一二三四五六七八九十百]{1,4}条", plain[:12]):
        return None
    if published and _FROM_NOW.search(plain) and _SOUGHT.search(plain) and re.search(r"\d+\s*(?:个|日|天)", plain):
        return Period(published, None, sentence)
    starting = next((dated for dated in dates if not dated.ranged and _STARTED.match(plain[dated.end :])), None)
    return Period(starting.first, None, sentence) if starting else None


def _concerns_comments(plain: str, asked: bool) -> bool:
    if not _ABOUT.search(plain) or (_OTHER.search(plain) and not _SOUGHT.search(plain)):
        return False
    return asked or bool(_OPINION.search(plain) or _ADDRESSED.search(plain))


def _lasts(plain: str, dated: Dated) -> bool:
    """Whether the words before a range, or the verb behind it, make it the time for comments."""
    before = plain[max(0, dated.begin - 40) : dated.begin]
    return bool(_OPEN.search(before) or _OPENS.match(plain[dated.end : dated.end + 90]))


def _ending(sentence: str, dates: list[Dated], published: date | None, issued: date | None = None) -> Period | None:
    if not dates:
        return None
    moved = _MOVED.search(sentence)
    start = published if "即日起" in sentence else issued
    end = dates[-1 if moved else 0].last
    return Period(start if start and start <= end else None, end, sentence)


def _ends(plain: str, dated: Dated) -> bool:
    """Whether the words around a date make it a last day for comments."""
    before, after = plain[max(0, dated.begin - 30) : dated.begin], plain[dated.end : dated.end + 8]
    clause = before[max(before.rfind(mark) for mark in "，。；") + 1 :]
    if _OTHER.search(clause) and not _ABOUT.search(clause):
        return False
    return bool(_BY.match(after) or _UNTIL.search(clause) or ("截" in clause and _DUE.search(clause)))
