"""What WeChat's page puts around an article, as archives write it down: its head, its tail and the origin block."""

import re
from difflib import SequenceMatcher
from typing import NamedTuple


class Frame(NamedTuple):
    """An archived WeChat page taken apart; `framed` says that the page had the shape of an article or picture post."""

    body: str
    account: str
    origin: str
    framed: bool
    picture: bool
    complete: bool


_TAIL = re.compile(
    r"^(?:预览时标签不可点|微信扫一扫\s+关注该公众号|：\s*\n，\s*\n"
    r"|轻触(?:阅读|查看)原文\s+(?:!\[[^\n]*\s+)?[^\n]{1,60}\s+向上滑动看下一个)",
    re.MULTILINE,
)
_NAME_BELOW = re.compile(r"\n([^\n]{1,60})\n+向上滑动看下一个")
_PICTURE_MARKS = re.compile(
    r"^[ \t]*(?:,[ ,\t]*|素材来源(?:于|官方媒体)[^\n]{0,12}"
    r"|(?:内容)?剧情演绎，仅供娱乐|内容由AI生成|[^\n]{2,6}，仅供参考)$",
    re.MULTILINE,
)
_LINE = re.compile(r"[^\n]*\n?")
IMAGE = re.compile(r"!\[[^\[\]\n]{0,300}\]\([^()\n]{0,2000}\)")
_ORIGIN = re.compile(
    r"^[#*> ]{0,8}以下文章来源于[ \t]*(?P<name>[^\n，,]{1,40}?)[ \t]*(?:\n?[ \t]*[，,][ \t]*作者[^\n]*)?$"
    r"(?:\n+!\[[^\n]*)?(?:\n+\*\*(?P=name)[ \t]*\*\*\n+\.\n+[^\n]{1,200}$)?",
    re.MULTILINE,
)
_HEAD_LINES = 14
_ORIGIN_WITHIN = 4000  # characters: some outlets put an editor's word before the block


def take_apart(markdown: str, title: str, source: str) -> Frame:
    """The body of an archived WeChat page without its frame, and what the frame says; `source` is the feed's name.

    `account` is empty when the page does not name it; `complete` is False when the frame's tail was cut off.
    """
    tail = _TAIL.search(markdown)
    below = _NAME_BELOW.search(markdown, tail.start()) if tail else None
    named = _plain(below[1]) if below else ""
    content = markdown[: tail.start()] if tail else markdown
    rest, names, covered = _after_head(content, title)
    account, skipped = _account(names, named, source) if covered or below else ("", 0)
    body = rest[skipped:]
    picture = not covered and bool(below)
    if picture:
        body = _PICTURE_MARKS.sub("", body)
    origin = _ORIGIN.search(body, 0, _ORIGIN_WITHIN)
    if origin:
        body = body[: origin.start()] + body[origin.end() :]
    return Frame(
        body=body.strip("\n"),
        account=account,
        origin=_plain(origin["name"]) if origin else "",
        framed=covered or bool(below),
        picture=picture,
        complete=tail is not None,
    )


def squeezed(text: str) -> str:
    """A text without its spaces and backslashes, to compare titles with."""
    return "".join(text.replace("\\", "").split())


def _after_head(content: str, title: str) -> tuple[str, list[tuple[str, int]], bool]:
    """What follows the title's last repetition above the text, its first lines with their ends, if it has a cover."""
    wanted = squeezed(title)
    start, seen, covered = 0, 0, False
    for line in _LINE.finditer(content):
        text = line.group().strip()
        if text.startswith("![cover_image]"):
            covered = True
        elif text.startswith("# ") and squeezed(text[2:]) == wanted:
            start = line.end()
        seen += bool(text)
        if seen > _HEAD_LINES or line.end() >= len(content):
            break
    rest = content[start:]
    names: list[tuple[str, int]] = []
    for line in _LINE.finditer(rest):
        if text := line.group().strip():
            names.append((text, line.end()))
        if len(names) > 4 or line.end() >= len(rest):
            break
    return rest, names, covered


def _account(names: list[tuple[str, int]], named: str, source: str) -> tuple[str, int]:
    """The account, and where the lines that name it end: an optional 原创, an optional author, the account."""
    original = bool(names) and names[0][0] == "原创"
    first = 1 if original else 0
    lines = [(_plain(text), end) for text, end in names[first : first + 3]]
    before = names[0][1] if original else 0
    if not lines:
        return named, before
    place = _place([text for text, _ in lines], named, source, original)
    if place is None:
        return named, before
    return lines[place][0], lines[place][1]


def _place(lines: list[str], named: str, source: str, original: bool) -> int | None:
    """Which line is the account: the one named below, else the one after an author, else the one like the feed."""
    if named:
        places = [place for place, text in enumerate(lines[:2]) if text == named]
        return places[-1] if places else None
    if original:
        return 1 if len(lines) > 1 else None
    likeness = [_likeness(text, source) for text in lines[:2]]
    best = max(likeness)
    if best >= 0.4:
        return 1 if len(likeness) > 1 and likeness[1] == best else 0
    return 0 if len(lines[0]) <= 30 and not lines[0].startswith(("!", "[", "*", "|")) else None


def _likeness(text: str, source: str) -> float:
    if text == source:
        return 1.0
    if not source or len(text) > 40:
        return 0.0
    return SequenceMatcher(None, text, source, autojunk=False).ratio()


def _plain(text: str) -> str:
    return text.replace("\\", "").strip().strip("*").strip()
