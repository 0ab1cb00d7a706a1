"""The lines of a text without the outlet's own, judged by what each says and where it stands."""

import re
from itertools import pairwise

from pipelines.advertising import is_advertising, is_for_papers, is_interface, is_protected
from pipelines.markdown import Line

_CALL_FOR_PAPERS = re.compile(r"征文|征稿|投稿|征集|约稿|论文")
_LISTS = re.compile(
    r"^\W*((推荐|相关|更多|延伸|扩展|拓展|热门|精彩|往期|历史|近期|为您|猜你|你可能|点击下方)"
    r"(推荐|阅读|回顾|精彩|文章|精选|链接|视频|喜欢|热文|好文|资讯|感兴趣|看过){1,3}"
    r"|(活动|课程|好文|精选|热点|年度|文章|阅读)(推荐|精选|视频|阅读|好文)|猜你喜欢|MORE|RECOMMEND)\W*$",
    re.IGNORECASE,
)
_ENTRY = re.compile(r"点击(阅读|查看|观看|进入)\W*$")
_WORD = re.compile(r"[^\W_]")
_SENTENCE = re.compile(r"[。；：:;]|来源|转载|转自|作者|编译|参考|附件|\d月|\d日|电话|邮箱|http|联系|原文|@|\d{7}")
_OFFICE = frozenset("部委局办院会署厅司室心")
_LONG = 60  # characters from which a line is text and not a closing one; half of them when it is a sentence
_SLOGANS = 3  # short lines in a row between two lines of advertising


def without_advertising(lines: list[Line], title: str = "") -> list[Line]:
    """The lines of the text alone; short ones between two dropped lines below the text go with them.

    Where to send papers is an outlet's own address, unless the title says that papers are called for.
    """
    papers = _CALL_FOR_PAPERS.search(title) is None
    frames = [not line.code and _is_frame(line.text, papers) for line in lines]
    last_long = _last_long(lines, frames)
    kept: list[tuple[int, Line]] = []
    dropped: list[int] = []
    listing = False
    for place, line in enumerate(lines):
        if line.code:
            kept.append((place, line))
            continue
        text = line.text
        head = _is_list_head(text)
        if head or frames[place] or (listing and _is_listed(line, place > last_long)):
            dropped.append(place)
            listing = listing or head
        elif _WORD.search(text) and not (text[0] == "|" and _ENTRY.search(text)):
            kept.append((place, line))
            listing = False
    closing = _slogans(dict(kept), [place for place in dropped if place > last_long])
    return [line for place, line in kept if place not in closing]


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


def _is_frame(text: str, papers: bool) -> bool:
    return is_interface(text) or is_advertising(text) or (papers and is_for_papers(text))


def _last_long(lines: list[Line], frames: list[bool]) -> int:
    """The place of the last line that is long enough to be text, the middle one where none is."""
    for place in range(len(lines) - 1, -1, -1):
        text, linked, code = lines[place]
        long = len(text) >= _LONG or (len(text) * 2 >= _LONG and text.endswith("。"))
        if code or (long and linked * 2 < len(text) and not frames[place]):
            return place
    return len(lines) // 2


def _is_list_head(text: str) -> bool:
    return len(text) <= 24 and _LISTS.match(text) is not None


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
