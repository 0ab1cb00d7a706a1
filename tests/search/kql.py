"""Queries in KQL beside the same in our language, for the server's own `kql` query, which stands in for Kibana's.

The forms: one unquoted run of two characters or more, alone and in a text field; a phrase, alone and in a field; a
keyword by any name; a date compared, in Shanghai's zone; and, or, not and brackets around these. A Chinese field name
stands for its English one.
"""

import random
import re
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from notices.kinds import NoticeType
from notices.normal import normalise
from notices.notice import Notice
from pipelines.terms import names
from search.tokenizer import terms

ZONE = "Asia/Shanghai"
_RUN = re.compile("[\u3400-\u4dbf\u4e00-\u9fff0-9A-Za-z]+")
_RESERVED = ("and", "or", "not")
_SYNTAX = re.compile(r'[\\():<>"*{}“”„‟＂「」『』]')


@dataclass(frozen=True)
class Pair:
    """One query in both languages."""

    kql: str
    ours: str


class Forms:
    """Writes pairs about some notices."""

    def __init__(self, notices: list[Notice], seed: int) -> None:
        self.notices = notices
        self.chance = random.Random(seed)

    def pair(self, depth: int = 2) -> Pair:
        if depth and self.chance.random() < 0.4:
            a, b = self.pair(depth - 1), self.pair(depth - 1)
            joint = self.chance.choice(["and", "or", "not"])
            if joint == "not":
                return Pair(f"not ({a.kql})", f"not ({a.ours})")
            return Pair(f"({a.kql}) {joint} ({b.kql})", f"({a.ours}) {joint} ({b.ours})")
        return self.chance.choice([self._run, self._run, self._phrase, self._keyword, self._range])()

    def _piece(self, longest: int) -> str:
        notice = self.chance.choice(self.notices)
        value = self.chance.choice([*notice.titles, notice.body]) or notice.titles[0]
        start = self.chance.randrange(len(value))
        return value[start : start + self.chance.randint(2, longest)]

    def _run(self) -> Pair:
        for _ in range(50):
            found = _RUN.search(self._piece(8))
            if found and self._plain(found[0]):
                return self._in_field(found[0], found[0])
        return Pair("无此词", "无此词")

    def _plain(self, run: str) -> bool:
        """Whether a run is neither a word of the language, nor holds a synonym, nor is one character alone."""
        held = any(name in normalise(run) for name in names())
        return not held and not terms(run).open_end and run.lower() not in _RESERVED

    def _phrase(self) -> Pair:
        piece = _SYNTAX.sub(" ", self._piece(12))
        whole = _RUN.search(piece) and not terms(piece).open_end  # a lone character at the end begins no word in KQL
        piece = f'"{piece}"' if whole else '"无此词"'
        return self._in_field(piece, piece)

    def _in_field(self, kql: str, ours: str) -> Pair:
        name, chinese = self.chance.choice([("", ""), ("title", "标题"), ("body", "正文"), ("attachments", "附件")])
        field = self.chance.choice([name, chinese])
        return Pair(f"{field}: {kql}", f"{name}:{ours}") if name else Pair(kql, ours)

    def _keyword(self) -> Pair:
        notice = self.chance.choice(self.notices)
        kind = self.chance.choice(list(NoticeType)).value
        name = self.chance.choice(["工信部", "MIIT", "工业和信息化部"])
        account = f'account:"{_SYNTAX.sub(" ", notice.carriers[0].account)}"'
        number = f'number:"{notice.fields.doc_number or "无号〔2026〕1号"}"'
        term = f"terms:{self.chance.choice([name for name in names() if name.isalnum()])}"
        same = [f"type:{kind}", f"issuer:{name}", account, number, term, "is:official", "is:changed"]
        pairs = [Pair(one, one) for one in same] + [Pair("类型: 征求意见", "type:consultation")]
        return self.chance.choice(pairs)

    def _range(self) -> Pair:
        there = [day for one in self.notices for day in (one.published_at, one.fields.comment_end) if day]
        some = self.chance.choice(there)
        day = date(some.year, some.month, some.day) + timedelta(days=self.chance.randint(-2, 2))
        name = self.chance.choice(["published", "deadline"])
        sign = self.chance.choice(["<", "<=", ">", ">="])
        return Pair(f'{name} {sign} "{day}"', f"{name} {sign} {day}")


def query(pair: Pair, zone: str = ZONE) -> dict[str, Any]:
    """The server's query of a pair's KQL."""
    return {"kql": {"query": pair.kql, "time_zone": zone}}
