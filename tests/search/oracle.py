"""A second opinion on the query language: queries that carry their own meaning, answered by looking at every notice.

It shares only the normalisation table with the product. A text is a row of units: Han characters, Latin words, and a
boundary between two runs of Han. A phrase stands in a text where its units do, in a row.
"""

import random
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import cache, lru_cache
from zoneinfo import ZoneInfo

from notices.kinds import NoticeType
from notices.normal import normalise, table
from notices.notice import Notice
from pipelines.terms import find_terms, names

SHANGHAI = ZoneInfo("Asia/Shanghai")
Meaning = Callable[[Notice], bool]
_UNIT = re.compile(
    "[\u3005-\u3007\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]|[0-9a-zß-öø-ƿǄ-ɏḀ-ỿ]+"
)


def units(text: str) -> list[str]:
    found: list[str] = []
    plain = normalise(text)
    end = 0
    for match in _UNIT.finditer(plain):
        unit = match.group()[:255]
        if found and match.start() > end and _is_han(found[-1]) and _is_han(unit):
            found.append("|")
        found.append(unit)
        end = match.end()
    return found


def stands(phrase: str, values: tuple[str, ...]) -> bool:
    wanted = _spelled(phrase)
    return any(wanted in _spelled(value) for value in values)


@lru_cache(maxsize=100_000)
def _spelled(text: str) -> str:
    return f" {' '.join(units(text))} "


def _is_han(unit: str) -> bool:
    return len(unit) == 1 and unit >= "\u3005"


@dataclass(frozen=True)
class Asked:
    """A query's text and what it means."""

    text: str
    meaning: Meaning


class Generator:
    """Writes queries about some notices, most of them with an answer."""

    def __init__(self, notices: list[Notice], now: datetime, seed: int) -> None:
        self.notices = notices
        self.now = now
        self.chance = random.Random(seed)

    def query(self, depth: int = 3) -> Asked:
        kind = self.chance.choice(["word", "word", "phrase", "field", "keyword", "range", "flag", "and", "or", "not"])
        if depth == 0 or kind not in ("and", "or", "not"):
            return getattr(self, f"_{kind if kind not in ('and', 'or', 'not') else 'word'}")()
        a, b = self.query(depth - 1), self.query(depth - 1)
        if kind == "not":
            mark = "not " if self.chance.random() < 0.5 else "-" if a.text[0].isalpha() else "not "
            return Asked(
                f"{mark}({a.text})" if " " in a.text or mark == "not " else f"-{a.text}", lambda n: not a.meaning(n)
            )
        if kind == "or":
            return Asked(f"({a.text} or {b.text})", lambda n: a.meaning(n) or b.meaning(n))
        joint = self.chance.choice([" ", " and ", "\u3000"])
        return Asked(f"({a.text}){joint}({b.text})", lambda n: a.meaning(n) and b.meaning(n))

    def _piece(self, longest: int) -> str:
        notice = self.chance.choice(self.notices)
        value = self.chance.choice([*notice.titles, notice.body, *notice.attachments]) or notice.titles[0]
        start = self.chance.randrange(len(value))
        return value[start : start + self.chance.randint(1, longest)]

    def _run(self) -> str:
        """A word without anything that separates, and without an entry of the synonym file."""
        for _ in range(50):
            found = _RUN.search(self._piece(6))
            if found and not any(name in normalise(found.group()) for name in names()) and found.group() not in _TAKEN:
                return found.group()
        return "无此词"

    def _dressed(self, text: str) -> str:
        """The same text in traditional characters, full width or capitals, sometimes."""
        if self.chance.random() < 0.7:
            return text
        return "".join(self.chance.choice(_dresses().get(char, (char,))) for char in text)

    def _word(self) -> Asked:
        if self.chance.random() < 0.15:
            name = self.chance.choice([name for name in names() if name.isalnum()])
            entry = names()[name].name
            return Asked(name, lambda n: entry in n.terms or any(entry in _entries(title) for title in n.titles))
        word = self._dressed(self._run())
        return Asked(word, lambda n: stands(word, _texts(n)))

    def _phrase(self) -> Asked:
        piece = re.sub(r'["“”„‟＂「」『』]', " ", self._piece(9))
        if not units(piece):
            piece = "无此词"
        piece = self._dressed(piece)
        left, right = self.chance.choice(['""', "“”", '"”'])
        return Asked(f"{left}{piece}{right}", lambda n: stands(piece, _texts(n)))

    def _field(self) -> Asked:
        name, alias = self.chance.choice([("title", "标题"), ("body", "正文"), ("attachments", "附件")])
        word = self._dressed(self._run())
        shown = f"{name}:{word}" if self.chance.random() < 0.5 else f"{alias}：{word}"
        return Asked(
            shown,
            lambda n: stands(word, n.titles if name == "title" else (n.body,) if name == "body" else n.attachments),
        )

    def _keyword(self) -> Asked:
        kind = self.chance.choice(list(NoticeType))
        account = self.chance.choice(self.notices).carriers[0].account
        number = self.chance.choice(self.notices).fields.doc_number or "无号〔2026〕1号"
        typed = number.replace("〔", "[").replace("〕", "]")
        return self.chance.choice(
            [
                Asked(f"type:{kind.value}", lambda n: n.fields.notice_type is kind),
                Asked(f'账号:"{account}"', lambda n: any(one.account == account for one in n.carriers)),
                Asked(f"number:{typed}", lambda n: n.fields.doc_number == number),
                Asked("issuer:工信部", lambda n: any(name.startswith("工业和信息化部") for name in n.fields.issuers)),
            ]
        )

    def _range(self) -> Asked:
        day = date(2026, 11, 23) + timedelta(days=self.chance.randint(-200, 60))
        sign = self.chance.choice(["<", "<=", ">", ">=", ":"])
        if self.chance.random() < 0.5:
            return Asked(
                f"deadline {sign if sign != ':' else '='} {day}", lambda n: _compare(n.fields.comment_end, sign, day)
            )
        shown = {"<": "＜", "<=": "≤", ">": "＞", ">=": "≥", ":": "："}[sign]
        return Asked(f"发布{shown}{day}", lambda n: _compare(n.published_at and n.published_at.date(), sign, day))

    def _flag(self) -> Asked:
        name = self.chance.choice(["open", "official", "changed", "recent", "soon"])
        if name == "recent":
            since = self.now - timedelta(days=90)
            return Asked("published >= now-90d", lambda n: n.published_at is not None and n.published_at >= since)
        if name == "soon":
            return Asked("截止 < now+3w", lambda n: _end(n) is not None and _end(n) < self.now + timedelta(weeks=3))
        if name == "open":
            return Asked("is:open", self._is_open)
        return Asked(f"is:{name}", lambda n: n.official if name == "official" else n.changed)

    def _is_open(self, notice: Notice) -> bool:
        if notice.fields.notice_type is not NoticeType.CONSULTATION:
            return False
        if notice.fields.comment_end:
            return notice.fields.comment_end >= self.now.date()
        return notice.published_at is not None and notice.published_at >= self.now - timedelta(days=30)


_RUN = re.compile("[\u3400-\u4dbf\u4e00-\u9fff0-9A-Za-zＡ-Ｚａ-ｚ０-９]+")
_TAKEN = frozenset(["and", "or", "not", "AND", "OR", "NOT"])


@lru_cache(maxsize=100_000)
def _entries(title: str) -> tuple[str, ...]:
    return find_terms(title)


@cache
def _dresses() -> dict[str, tuple[str, ...]]:
    """For letters, digits and Han the other characters that mean the same."""
    found: dict[str, list[str]] = {}
    for code, form in table().items():
        if len(form) == 1 and _RUN.fullmatch(form) and chr(code).isalnum():
            found.setdefault(form, [form]).append(chr(code))
    return {char: tuple(others) for char, others in found.items()}


def _end(notice: Notice) -> datetime | None:
    end = notice.fields.comment_end
    return None if end is None else datetime.combine(end, time.max, SHANGHAI)


def _texts(notice: Notice) -> tuple[str, ...]:
    return (*notice.titles, notice.body, *notice.attachments)


def _compare(there: date | None, sign: str, day: date) -> bool:
    if there is None:
        return False
    return {"<": there < day, "<=": there <= day, ">": there > day, ">=": there >= day, ":": there == day}[sign]
