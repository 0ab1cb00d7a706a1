"""Chinese dates and date ranges, as they stand in sentences."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

FAR = 180  # days; a month and day without a year that lies further back belongs to the next year
AHEAD = 300  # days; one that lies further ahead belongs to the year before

_FLAT = str.maketrans("０１２３４５６７８９．／：（）Ｏ○零", "0123456789./:()〇〇〇")
_HAN = {digit: number for number, digit in enumerate("〇一二三四五六七八九")}
_GAP = r"[ \t\u3000\xa0*]{0,4}"
_NUMBER = r"(?:\d{1,2}|[一二三四五六七八九十]{1,3})"
_CLOCK = (
    rf"(?:{_GAP}\(?(?:上午|下午|晚上?|中午|凌晨)?{_GAP}\d{{1,2}}(?:[:点时]{_GAP}\d{{0,2}}){{1,2}}分?\)?"
    rf"|{_GAP}\([^()\n]{{1,8}}\))?"
)

_DASH = rf"{_GAP}(?:起|开始|始)?{_GAP}(?:[-－‐‑–—―─~～]{{1,3}}|[至到])(?:{_GAP}(?=\d|[一二三四五六七八九十〇]))"


def _day(tag: str) -> str:
    """One date; a month and day may do without a year, a day alone is only taken after a range's dash."""
    return (
        rf"(?:(?P<y{tag}>(?<!\d)\d{{4}}|[一二〇九][〇一二三四五六七八九]{{3}}){_GAP}年{_GAP}"
        rf"|(?P<r{tag}>[今去明本当同次]年){_GAP})?"
        rf"(?P<m{tag}>(?<!\d){_NUMBER}){_GAP}月(?:份)?{_GAP}(?P<d{tag}>{_NUMBER}(?!\d))(?:{_GAP}[日号])?"
    )


def _iso(tag: str) -> str:
    return (
        rf"(?P<iy{tag}>20\d\d){_GAP}[-./]{_GAP}(?P<im{tag}>\d{{1,2}})"
        rf"{_GAP}[-./]{_GAP}(?P<id{tag}>\d{{1,2}})(?![\d/]|\.\d|-(?!20\d\d)\d)"
    )


_DATE = re.compile(
    rf"(?:{_day('1')}|(?<![\d.\-/]){_iso('1')}){_CLOCK}"
    rf"(?:{_DASH}(?:{_day('2')}|{_iso('2')}|(?P<only>{_NUMBER}){_GAP}[日号]))?"
)
_RELATIVE_YEAR = {"去": -1, "明": 1, "次": 1}


@dataclass(frozen=True, slots=True)
class Dated:
    """A date or a range in a text: offsets of its words, first and last day (equal for a single date)."""

    begin: int
    end: int
    first: date
    last: date
    with_year: bool

    @property
    def ranged(self) -> bool:
        """Whether the words name two days."""
        return self.first != self.last


def flat(text: str) -> str:
    """The same text, character for character, with full-width digits and punctuation made plain."""
    return text.translate(_FLAT)


def read_dates(text: str, near: date | None) -> Iterator[Dated]:
    """The dates of a text in their order; without a year it is that of the date before in this text, else of `near`.

    Dates no calendar has (2 月 30 日, 2023-13-45) are left out, as are those without a year when `near` is None.
    """
    anchor: date | None = None
    for match in _DATE.finditer(flat(text)):
        first, with_year = _first(match, near, anchor)
        if first is None:
            continue
        last = _last(match, first)
        if last is None:
            continue
        if last < first and not with_year:
            first = _on(first.year - 1, first.month, first.day) or first
        yield Dated(match.start(), match.end(), first, last, with_year)
        if with_year:
            anchor = last


def _first(match: re.Match[str], near: date | None, anchor: date | None) -> tuple[date | None, bool]:
    if match["iy1"]:
        return _on(int(match["iy1"]), int(match["im1"]), int(match["id1"])), True
    month, day = _value(match["m1"]), _value(match["d1"])
    if match["y1"]:
        return _on(_year(match["y1"]), month, day), True
    if match["r1"] and near:
        return _on(near.year + _RELATIVE_YEAR.get(match["r1"][0], 0), month, day), True
    if anchor:
        return _following(anchor, month, day), False
    return _nearest(near, month, day), False


def _last(match: re.Match[str], first: date) -> date | None:
    """The last day of the range, the first when the words name one day only."""
    if match["iy2"]:
        return _on(int(match["iy2"]), int(match["im2"]), int(match["id2"]))
    if match["only"]:
        later = _on(first.year, first.month, _value(match["only"]))
        return later if later and later >= first else first
    if match["m2"] is None:
        return first
    month, day = _value(match["m2"]), _value(match["d2"])
    if match["y2"]:
        return _on(_year(match["y2"]), month, day)
    return _following(first, month, day)


def _following(anchor: date, month: int, day: int) -> date | None:
    """That day in the anchor's year, or in the next when it would lie far before the anchor."""
    same = _on(anchor.year, month, day)
    if same and (anchor - same).days > (0 if month < anchor.month else FAR):
        return _on(anchor.year + 1, month, day)
    return same


def _nearest(near: date | None, month: int, day: int) -> date | None:
    if near is None:
        return None
    same = _on(near.year, month, day)
    if same and (near - same).days > FAR:
        return _on(near.year + 1, month, day)
    if same and (same - near).days > AHEAD:
        return _on(near.year - 1, month, day)
    return same


def _value(text: str) -> int:
    """A number of one or two digits, or of Chinese ones up to 九十九."""
    if text.isdecimal():
        return int(text)
    tens, mark, ones = text.rpartition("十")
    if not mark:
        return _HAN.get(text, 0) if len(text) == 1 else 0
    return (_HAN.get(tens, 0) if tens else 1) * 10 + (_HAN.get(ones, 0) if ones else 0)


def _year(text: str) -> int:
    return int(text) if text.isdecimal() else int("".join(str(_HAN[digit]) for digit in text))


def _on(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None
