"""The lines of a text without the outlet's own, judged by what each says and where it stands."""

import re
from itertools import pairwise

from pipelines.advertising import is_advertising, is_end, is_for_papers, is_interface, is_protected, is_step
from pipelines.closing import beginning, ending, other_articles
from pipelines.markdown import Line
from pipelines.selling import is_selling, sells, shifts_risk, without_offer

_CALL_FOR_PAPERS = re.compile(r"征文|征稿|投稿|征集|约稿|论文")
_LISTS = re.compile(
    r"^\W*((推荐|相关|更多|延伸|扩展|拓展|热门|精彩|往期|上期|历史|近期|为您|猜你|你可能|点击下方|热门动态|更多推荐)"
    r"(推荐|阅读|回顾|精彩|文章|精选|链接|视频|喜欢|热文|好文|资讯|感兴趣|看过|热门|相关|实践){1,3}"
    r"|(活动|课程|好文|精选|热点|年度|文章|阅读)(推荐|精选|视频|阅读|好文)|猜你喜欢|(你|您)?(也许|可能)(你"
    r"|您)?还?(想看|喜欢)|MORE|RECOMMEND)\W*$",
    re.IGNORECASE,
)
_OWN_LIST = re.compile(
    r"本(公众|公)?号.{0,10}(发布|发表|推送|整理)过?.{0,4}(以下|如下|下列).{0,6}(?:文章|内容[：:])[：:]?$"
)
_FILMS = re.compile(r"(热点|热门|精彩|推荐|相关)视频|视频(推荐|精选)")
_ENTRY = re.compile(r"点击(阅读|查看|观看|进入)\W*$")
_WORD = re.compile(r"[^\W_]")
_SENTENCE = re.compile(r"[。；：:;]|来源|转载|转自|作者|编译|参考|附件|\d月|\d日|电话|邮箱|http|联系|原文|@|\d{7}")
_OFFICE = frozenset("部委局办院会署厅司室心")
_LONG = 60  # characters from which a line is text and not a closing one; half of them when it is a sentence
_SLOGANS = 3  # short lines in a row between two lines of advertising


def without_advertising(lines: list[Line], title: str = "", account: str = "", whole: bool = True) -> list[Line]:
    """The lines of the text alone; what an outlet says of itself around it goes too, below only where it is `whole`.

    Where to send papers is an outlet's own address, unless the title says that papers are called for; what sells is the
    text where the title says so, or where there is no other.
    """
    papers = _CALL_FOR_PAPERS.search(title) is None
    if sells(title):
        return _text(lines, papers, account, whole)
    return _text([_bare(line) for line in lines], papers, account, whole) or _text(lines, papers, account, whole)


def _text(lines: list[Line], papers: bool, account: str, whole: bool) -> list[Line]:
    """What is left of the lines without those of the outlet, judged by what they say and then by where they stand."""
    frames = [_is_frame(line, papers) and not _is_step(lines, place) for place, line in enumerate(lines)]
    last_long = _last_long(lines, frames)
    kept, dropped = _kept(lines, frames, last_long)
    closing = _slogans(kept, [place for place in dropped if place > last_long])
    _take(kept, dropped, closing)
    if whole:
        _take(kept, dropped, other_articles(kept))
        end = max(
            (place for place, line in enumerate(lines) if not line.code and is_end(line.text)), default=len(lines)
        )
        above = sum(len(line.text) for line in lines[:end])
        over = end if above > 3 * sum(len(line.text) for line in lines[end:]) else len(lines)
        _take(kept, dropped, ending(kept, dropped, account, over))
    _take(kept, dropped, beginning(kept, account))
    return list(kept.values())


def _take(kept: dict[int, Line], dropped: list[int], places: set[int]) -> None:
    """Moves places from what is kept to what was dropped."""
    for place in places:
        if kept.pop(place, None):
            dropped.append(place)


def _kept(lines: list[Line], frames: list[bool], last_long: int) -> tuple[dict[int, Line], list[int]]:
    """The lines that are the text's by what each says, and the places of those that are the outlet's."""
    kept: dict[int, Line] = {}
    dropped: list[int] = []
    listing = film = False
    for place, line in enumerate(lines):
        text = line.text
        if line.code:
            kept[place] = line
            continue
        head = _is_list_head(text)
        listed = listing and _is_listed(line, place > last_long)
        if head or frames[place] or listed or (film and len(text) <= _LONG):
            dropped.append(place)
            listing = listing or head
            film = head and _FILMS.search(text) is not None
        elif _WORD.search(text) and not (text[0] == "|" and _ENTRY.search(text)):
            kept[place] = line
            listing = film = False
    return kept, dropped


def _bare(line: Line) -> Line:
    """A line without what it offers to the reader, empty when it is an offer as a whole."""
    if line.code or not is_selling(line.text):
        return line
    return line._replace(text=without_offer(line.text))


def _is_step(lines: list[Line], place: int) -> bool:
    """Whether a list item that reads like a call is one of several steps that somebody explains."""
    line = lines[place]
    if line.text[:2] != "- " or line.linked * 2 > len(line.text):
        return False
    return any(
        0 <= near < len(lines) and lines[near].text[:2] == "- " and lines[near].linked * 2 <= len(lines[near].text)
        for near in (place - 1, place + 1)
    ) and is_step(line.text[2:])


def _slogans(kept: dict[int, Line], ads: list[int]) -> set[int]:
    """The places of slogans: short lines between two lines of advertising, or a couplet above the first."""
    found: set[int] = set()
    for before, after in pairwise(ads):
        between = range(before + 1, after)
        if 0 < len(between) <= _SLOGANS and all(place not in kept or _is_slogan(kept[place].text) for place in between):
            found.update(between)
    if ads and ads[0] - 1 in kept and _is_couplet(kept[ads[0] - 1].text):
        found.add(ads[0] - 1)
    return found


def _is_frame(line: Line, papers: bool) -> bool:
    text = line.text
    if line.code or not text:
        return not line.code
    return is_interface(text) or is_advertising(text) or (papers and is_for_papers(text)) or shifts_risk(text)


def _last_long(lines: list[Line], frames: list[bool]) -> int:
    """The place of the last line that is long enough to be text, the middle one where none is."""
    for place in range(len(lines) - 1, -1, -1):
        text, linked, code = lines[place]
        long = len(text) >= _LONG or (len(text) * 2 >= _LONG and text.endswith("。"))
        if code or (long and linked * 2 < len(text) and not frames[place]):
            return place
    return len(lines) // 2


def _is_list_head(text: str) -> bool:
    if len(text) <= 24 and _LISTS.match(text.replace(" ", "").replace("·", "")):
        return True
    return len(text) <= 100 and text.endswith(("：", ":", "文章")) and _OWN_LIST.search(text) is not None


def _is_listed(line: Line, closing: bool) -> bool:
    """Whether a line under the heading of a reading list is one of its entries."""
    if line.linked * 5 >= len(line.text) * 3 or len(line.text) <= 3 or _ENTRY.search(line.text):
        return True
    return closing and len(line.text) <= 60 and not _SENTENCE.search(line.text)


def _is_slogan(text: str) -> bool:
    short = len(text) <= 30 and text[-1] not in _OFFICE
    return short and not _SENTENCE.search(text) and not is_protected(text)


def _is_couplet(text: str) -> bool:
    """Whether a line is two phrases of one length, as slogans are; a signature of two offices is none."""
    halves = text.split(" ")
    return (
        len(halves) == 2
        and 4 < len(halves[0]) == len(halves[1])
        and halves[0][-1] not in _OFFICE
        and halves[1][-1] not in _OFFICE
    )
