"""What an outlet put around a text about itself: its slogan above, its description and its other articles below."""

import re
from collections.abc import Iterable

from pipelines.advertising import is_protected
from pipelines.bodies import named_bodies
from pipelines.markdown import Line
from pipelines.outlet import (
    continues,
    greets,
    heads_about,
    is_about,
    is_channel,
    is_name,
    is_own_address,
    is_part_of_name,
    is_site,
    is_slogan,
    may_be_own,
    squeezed,
    stems,
)

_ZONE = 30  # lines at the end that are looked at
_FIRST = 3  # lines at the beginning
_OWN = re.compile(
    r"来源|转载|转自|作者|编译|译者|参考|附件|链接[:：]|链接$|文献|\d月|\d日|电话|邮箱|http|联系|原文|@|\d{7}|抄送"
    r"|印发|公章"
    r"|盖章"
    r"|[答问][:：]|^[（(\[]?\d|^-\s?\d|\||[：:；;，,]$"
)
_OFFICE = frozenset("部委局办院会署厅司室心处组")
_FILES = re.compile(
    r"参考(?!阅读)|引用|转自|转载|作者|编译|备注|附件|文献|来源|出处|目录|原文|链接|http|征求|编制说明|反馈|名单|申报|报名"
    r"|(表|通知|公告|办法|条例|规定|全文|标准|文本)[》」]?$"
    r"|\.(pdf|docx?|wps|zip|rar|xlsx?|ofd|pptx?)\b|^\W*\d+[.、)]"
)
_OTHERS = re.compile(r"回顾|动态|推荐|阅读|相关|往期|更多|还想看|热门|精选|看看|历史|近期|系列|[文好]章")
_ASKS = re.compile(r"^\W*(你|您|大家|各位)[^，。]{2,40}[？?]\W*$|还没有?关注|评论区|留言区|留言告诉")
_QUESTIONS = re.compile(r"(一问|互动话题|今日话题|话题讨论|互动时间)\W*$")  # above a question to the reader
_HEADING = re.compile(r"^\W*关\s?于\s?[“\"]?(我们|[^\s，。、：《]{2,10})\W*$")  # above what only a picture shows
_HEADS = re.compile(
    r"加入|福利|介绍|简介|服务$|^关于|推荐|招聘|投稿|互动|一问|话题|社群"
    r"|^[A-Z][A-Z ]{3,}$|^\W*([Ee][Nn][Dd]|\d{1,2})\W*$"
)
_ENOUGH = 20  # weight from which an ending is the outlet's
_MOST = 120  # weight of one line of it
_DROPPED = 20  # weight of a line that was taken out already
_SLOGAN = 8
_SHORT = 30  # characters up to which a line may be part of it without saying so
_TEXTS = 3  # lines of text above a list of other articles, at least


def beginning(kept: dict[int, Line], account: str) -> set[int]:
    """The places of the outlet's name, slogan or greeting among the first lines."""
    found: set[int] = set()
    for place, line in list(kept.items())[:_FIRST]:
        text = line.text
        if line.code or "|" in text or not (_is_named(text, account) or greets(text) or is_slogan(text)):
            break
        found.add(place)
    return found if len(found) < len(kept) else set()


def other_articles(kept: dict[int, Line]) -> set[int]:
    """The places of a list at the end that is nothing but links to other articles, with its heading."""
    found: list[int] = []
    rest = list(kept)
    while rest and _is_link(kept[rest[-1]]):
        found.append(rest.pop())
    if not found or sum(not _is_link(kept[place]) for place in rest) < _TEXTS:
        return set()
    head = kept[rest[-1]].text
    if (len(head) <= _SHORT and _FILES.search(head)) or (head[:2] == "- " and kept[found[-1]].text[:2] == "- "):
        return set()
    if len(head) <= 12 and _OTHERS.search(head):
        found.append(rest[-1])
    return set(found)


def _is_link(line: Line) -> bool:
    return not line.code and line.linked * 5 >= len(line.text) * 3 and not _FILES.search(line.text)


def ending(kept: dict[int, Line], dropped: Iterable[int], account: str, end: int) -> set[int]:
    """The places from which on a text says nothing more but what its outlet is and offers.

    Lines are weighed from the end: the outlet's own for it, others against it, and what looks like a source, a date
    or an address ends it. Below `end`, where the text says that it is over, all but those are the outlet's.
    """
    last, first = _last(kept)
    ours = _own_places({place: kept[place] for place in last}, account)
    out = {place for place in dropped if place > first}
    weight = best = 0
    cut = -1
    for place in sorted({*last, *out}, reverse=True):
        value = _DROPPED if place in out else ours.get(place) or _against(kept[place])
        if value is None:
            break
        own = place in out or place in ours or place > end
        weight += abs(value) if own else value
        if own and weight > best:
            best, cut = weight, place
    if best < _ENOUGH:
        cut = max(kept, default=0) + 1 if out else -1
    found = {place for place in last if place >= cut >= 0}
    if not found and last and _HEADING.match(kept[last[-1]].text):
        found = {last[-1]}
    found |= _headings(kept, [place for place in last if 0 <= place < cut][-2:], found)
    return found if len(found) < len(kept) else set()


def _headings(kept: dict[int, Line], places: list[int], found: set[int]) -> set[int]:
    """The places of the headings that stand directly above what is the outlet's."""
    below = squeezed(kept[min(found)].text[:60]) if found else ""
    heads: set[int] = set()
    for place in reversed(places):
        text = kept[place].text
        heading = (below and squeezed(text) in below) or (len(text) <= 20 and _HEADS.search(text))
        if len(text) > 28 or not heading or _OWN.search(text[2:]) or (not found and text[0].isdigit()):
            break
        heads.add(place)
    return heads


def _last(kept: dict[int, Line]) -> tuple[list[int], int]:
    """The places at the end, down from the first line that is the text's for certain, and the place of that line."""
    found: list[int] = []
    for place in reversed(kept):
        if len(found) == _ZONE or kept[place].code or not may_be_own(kept[place].text):
            return found[::-1], place
        found.append(place)
    return found[::-1], -1


def _against(line: Line) -> int | None:
    """What a line that may be text weighs against an ending; None when nothing outweighs it."""
    text = line.text
    if line.code or is_protected(text) or _OWN.search(text) or text[-1] in _OFFICE:
        return None
    if is_site(text):
        return 0
    if text[-1] in "。？?" or len(text) > _SHORT * 2:
        return None
    return -len(text) // 2 if len(text) <= _SHORT else -2 * len(text)


def _own_places(lines: dict[int, Line], account: str) -> dict[int, int]:
    """The weights of the lines in which the outlet speaks of itself."""
    found: dict[int, int] = {}
    names = stems(account)
    places = list(lines)
    about = above = ""  # of whom the paragraph above speaks, and that paragraph
    for place, after in zip(places, [*places[1:], -1], strict=False):
        text = lines[place].text
        below = lines[after].text if after >= 0 else ""
        named = heads_about(text, account)
        if named is not None and _describes(text, named, below, names):
            found[place] = max(len(text), _SLOGAN)
            about = named or "us"
        elif is_about(text, (about, *names)) or (about and continues(text)):
            found[place] = max(_ENOUGH, min(len(text), _MOST))
            about = about or "us"
        elif _is_named(text, account):
            found[place] = _DROPPED
            about = about or "us"
        elif _is_weak(text) or _asks(text, above) or ((about or place - 1 in found) and _goes_on(text, names)):
            found[place] = _SLOGAN
        elif is_part_of_name(text, account) and text[-1] not in _OFFICE:
            found[place] = _SLOGAN // 2
        else:
            about = ""
        above = text
    return found


def _asks(text: str, above: str) -> bool:
    """Whether a question is what the outlet asks its readers."""
    return text[-1] in "？?" and len(text) <= 60 and len(above) <= 12 and _QUESTIONS.search(above) is not None


def _is_named(text: str, account: str) -> bool:
    """Whether a line is the outlet's name, not that of a regulator that signs, or the title of another article."""
    if is_name(text, account):
        return text[-1] not in _OFFICE or next(named_bodies(text), None) is None
    return text[0] == "【" and text.startswith(f"【{account}】")


def _is_weak(text: str) -> bool:
    """Whether a line is a slogan, a channel or a question to the reader, any of which a text may hold too."""
    return is_slogan(text) or is_channel(text) or (len(text) <= 50 and _ASKS.search(text) is not None)


def _goes_on(text: str, names: tuple[str, ...]) -> bool:
    """Whether a line below the outlet's own says how to reach it or begins with its name."""
    return is_own_address(text) or any(squeezed(text[:40]).startswith(name) for name in names)


def _describes(head: str, named: str, below: str, names: tuple[str, ...]) -> bool:
    """Whether the paragraph below a heading describes whom the heading names."""
    if named == "":
        return is_about(below, names) or continues(below)
    own = named in names or "于" in head or "介" in head
    return is_about(below, (named,), anybody=not own) or (own and is_about(below, names))
