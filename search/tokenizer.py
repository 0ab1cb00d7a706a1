"""The one tokenizer: what a text is to every reader of the index.

A text is normalised first. A run of Han (kana count as Han) is its overlapping pairs and, last, its last character: so
a run of one is itself, and what separates two runs keeps their pairs apart: 工信，信部 is not 工信部. A run of Latin
letters and digits is one token, cut at 255; a run of Han that follows one gives its first character, marked, before
its pairs, so that 2024年 is found in 2024年发布. Everything else separates, and leaves nothing: 5G网络 is 5G 网络.

A phrase of a query is tokenized alike, without the last character that closes its last run, because in a text the run
may go on. So a phrase stands in a text exactly where its runs do: from the characters and Latin words of both, in
their order, with a boundary between two runs of Han. A character that no Latin run precedes, at the end of a phrase or
alone, stands for every token that begins with it.
"""

import re
from dataclasses import dataclass

from notices.normal import normalise

VERSION = "4"
LONGEST = 255
MARK = "\u01c0"  # a letter to FTS5 and Elasticsearch that is in none of our runs: behind the first Han after Latin
BETWEEN = MARK  # alone: between the values of a field

# First and last code points of what is Han (with 々〆〇 and kana) and of what is a letter or digit of a Latin run.
# The middle dots among kana separate as the dots of Chinese do: 清朗・２０２５年 is 清朗·2025年.
HAN = (
    *((0x3005, 0x3007), (0x3041, 0x309F), (0x30A1, 0x30FA), (0x30FC, 0x30FF)),
    *((0x3400, 0x4DBF), (0x4E00, 0x9FFF), (0xF900, 0xFAFF), (0x20000, 0x3FFFF)),
)
LATIN = ((0x30, 0x39), (0x61, 0x7A), (0xDF, 0xF6), (0xF8, 0x1BF), (0x1C4, 0x24F), (0x1E00, 0x1EFF))

JOINING = frozenset("-._/+&@#:'%~")  # inside CVE-2024-1, GB/T, 3.5, not the end of a word

_HAN = "".join(f"{chr(first)}-{chr(last)}" for first, last in HAN)
_LATIN = "".join(f"{chr(first)}-{chr(last)}" for first, last in LATIN)
_RUN = re.compile(f"([{_HAN}]+)|([{_LATIN}]+)")
_LETTERS = re.compile(f"[{_HAN}{_LATIN}]+")


@dataclass(frozen=True, slots=True)
class Terms:
    """Tokens that follow each other; with `open_end` the last one stands for all that begin with it."""

    tokens: tuple[str, ...]
    open_end: bool = False


def tokens(text: str) -> list[str]:
    """The tokens of a text, in order."""
    found: list[str] = []
    latin = False
    for match in _RUN.finditer(normalise(text)):
        run = match.group()
        if match.lastindex == 1:
            if latin:
                found.append(run[0] + MARK)
            found.extend(map(str.__add__, run, run[1:]))
            found.append(run[-1])
        else:
            found.append(run[:LONGEST])
        latin = match.lastindex == 2
    return found


def key(text: str) -> str:
    """A value of a keyword field as it is compared: its runs without what separates them, or itself if it has none."""
    return "".join(_LETTERS.findall(normalise(text))) or normalise(text).strip()


def terms(text: str) -> Terms:
    """What a phrase of a query looks for; no tokens when nothing in it can be looked for."""
    found = tokens(text)
    if not found or not _is_han(found[-1]):
        return Terms(tuple(found))
    if (
        len(found) > 1 and _is_han(found[-2]) and len(found[-2]) == 2
    ):  # the last run's own, or it would be one character
        return Terms(tuple(found[:-1]))
    return Terms(tuple(found), open_end=True)


def words(text: str) -> list[str]:
    """The parts of a text without spaces that are words of their own: punctuation between Han divides them."""
    runs = list(_RUN.finditer(normalised := normalise(text)))
    parts: list[list[int]] = []
    for before, match in zip([None, *runs], runs, strict=False):
        divided = before is None or _divides(normalised[before.end() : match.start()], before, match)
        if divided:
            parts.append([match.start(), match.end()])
        else:
            parts[-1][1] = match.end()
    return [normalised[start:end] for start, end in parts]


def _divides(gap: str, before: re.Match[str], after: re.Match[str]) -> bool:
    return bool(gap) and (before.lastindex == after.lastindex == 1 or not JOINING.issuperset(gap))


def _is_han(token: str) -> bool:
    match = _RUN.match(token)
    return match is not None and match.lastindex == 1
