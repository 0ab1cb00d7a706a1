"""A message as blocks of lines of spans, from which every channel makes its own markup, fitted to its size."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from shlex import quote

from alerts.clean import line
from alerts.sending import Item, Link, Message
from alerts.view import View, brief, foot, head, says, view
from alerts.words import WORDS, Words

WHOLE = 5  # items that are told at length; more of them become a list of lines
NAMES = (5, 2, 0)  # carriers and attachments that are named, from roomy to tight
TIGHT = 60  # characters of a title or a sentence where room is short


@dataclass(frozen=True, slots=True)
class Span:
    """A piece of a line: text, and where it leads, empty for nowhere."""

    text: str
    url: str = ""
    strong: bool = False


Line = tuple[Span, ...]
Block = tuple[Line, ...]
Layout = tuple[Block, ...]


@dataclass(frozen=True, slots=True)
class Fitted:
    """A layout that fits; `complete` when no item was left out of it."""

    layout: Layout
    complete: bool


def fit(message: Message, fits: Callable[[Layout], bool]) -> Fitted:
    """The fullest layout of a message that fits: details go first, then length, then items from the end of the list."""
    if len(message.items) <= WHOLE:
        for names in NAMES:
            if fits(told := at_length(message, names)):
                return Fitted(told, True)
        tight = replace(message, items=tuple(_shortened(one) for one in message.items))
        if fits(told := at_length(tight, 0)):
            return Fitted(told, True)
    if fits(told := listed(message)):
        return Fitted(told, True)
    least, most = 0, len(message.items) - 1  # the most lines that fit, looked for by halves
    while least < most:
        middle = (least + most + 1) // 2
        if fits(listed(message, middle)):
            least = middle
        else:
            most = middle - 1
    if least or len(message.items) > 1:
        return Fitted(listed(message, least), False)
    bare = replace(message.items[0], title=message.items[0].title[:TIGHT], url="", issuers=())
    return Fitted(listed(replace(message, items=(bare,), link="")), True)


def roomy(message: Message, fits: Callable[[Layout], bool]) -> bool:
    """Whether a message can be told without leaving an item out."""
    return fit(message, fits).complete


def at_length(message: Message, names: int) -> Layout:
    """Every item at length."""
    words = WORDS[message.language]
    blocks = [_whole(view(one, words, names)) for one in message.items]
    return (_head(message, words), *blocks, _foot(message, words))


def listed(message: Message, shown: int | None = None) -> Layout:
    """A line or two for each item, or for the first so many of them, and then where the others are."""
    words = WORDS[message.language]
    some = message.items[:shown]
    lines = [told for number, one in enumerate(some, 1) for told in _short(number, one, words)]
    if len(some) < len(message.items):
        name = quote(line(message.subscription))
        lines.append((Span(words["rest"].format(number=len(message.items) - len(some), subscription=name)),))
    return tuple(block for block in (_head(message, words), tuple(lines), _foot(message, words)) if block)


def text(message: Message) -> str:
    """A message as text for people: a few items at length, many as a list with a line each."""
    return plain(at_length(message, NAMES[0]) if len(message.items) <= WHOLE else listed(message))


def plain(layout: Layout, safe: Callable[[str], str] = str) -> str:
    """A layout as plain text, links written out after their names; `safe` is applied to everything but addresses."""
    return "\n\n".join("\n".join(_plain(line, safe) for line in block) for block in layout)


def _plain(line: Line, safe: Callable[[str], str]) -> str:
    return "".join(f"{safe(span.text)} {span.url}".strip() if span.url else safe(span.text) for span in line)


def _head(message: Message, words: Words) -> Block:
    mark = ((Span(words["test"], strong=True),),) if message.test else ()
    link = ((Span(words["all"], message.link),),) if message.link and len(message.items) > WHOLE else ()
    return (*mark, (Span(head(message), strong=True),), *link)


def _foot(message: Message, words: Words) -> Block:
    return tuple((Span(told),) for told in foot(message))


def _whole(one: View) -> Block:
    lines: list[Line] = [(Span(f"{one.event}{_colon(one)}"), Span(one.title, strong=True))]
    if one.note:
        lines.append((Span(one.note),))
    if one.facts:
        lines.append((Span(" · ".join(f"{name}: {fact}" for name, fact in one.facts)),))
    lines += [(Span(one.deadline),)] if one.deadline else []
    lines += [(Span(one.lent.name, one.lent.url),)] if one.lent.name else []
    lines += [(Span(told),) for told in (one.ended, one.evidence) if told]
    if one.link.url:
        lines.append((Span(one.link.name, one.link.url),))
    for named in one.named:
        spans = [Span(f"{named.label}: ")]
        for link in named.links:
            spans += [Span(link.name, link.url), Span("; ")]
        lines.append((*spans[:-1], *((Span(f" {named.more}"),) if named.more else ())))
    return tuple(lines)


def _colon(one: View) -> str:
    return ": " if one.event.isascii() else "："


def _short(number: int, one: Item, words: Words) -> Sequence[Line]:
    facts = brief(one, words)
    told = f"{number}. " + says(one, words) + (f" · {facts}" if facts else "")
    if not one.url:
        return [(Span(told),)]
    return [(Span(told),), (Span("   "), Span(words["official_link" if one.official else "link"], one.url))]


def _shortened(one: Item) -> Item:
    lender = Link(_cut(one.deadline_from.name), one.deadline_from.url) if one.deadline_from else None
    made = replace(one, title=_cut(one.title), evidence=_cut(one.evidence), note=_cut(one.note))
    return replace(made, deadline_from=lender)


def _cut(value: str) -> str:
    return value if len(value) <= TIGHT else value[: TIGHT - 1] + "…"
