"""An item in the words of a language, ready for any layout."""

from collections.abc import Sequence
from dataclasses import dataclass
from shlex import quote

from alerts.clean import line
from alerts.sending import Item, Link, Message
from alerts.words import WORDS, Words
from notices.schema import SHANGHAI

EVENTS = {
    "deadline-set": "deadline_set",
    "deadline-moved": "deadline",
}  # keys of the ledger that are not the word's own
ISSUERS = 3  # that a row of a list names
OVER = ":over"  # ends the key of an alarm that is over


@dataclass(frozen=True, slots=True)
class Named:
    """Links under a label; `more` says how many there are besides, empty for none."""

    label: str
    links: tuple[Link, ...]
    more: str


@dataclass(frozen=True, slots=True)
class View:
    """What is said of an item; every text is one line, empty where there is nothing to say."""

    event: str
    title: str
    facts: tuple[tuple[str, str], ...]
    deadline: str
    lent: Link
    ended: str
    evidence: str
    note: str
    link: Link
    named: tuple[Named, ...]


def view(one: Item, words: Words, names: int) -> View:
    """An item at length, with at most so many carriers and attachments named."""
    carriers = [link for link in one.carriers if link.url != one.url]
    return View(
        event=_event(one, words),
        title=one.title,
        facts=_facts(one, words) if one.notice_type else (),
        deadline=deadline(one, words),
        lent=_lent(one, words),
        ended=words["ended"] if one.period_ended else "",
        evidence=words["evidence"].format(evidence=one.evidence) if one.evidence else "",
        note=one.note,
        link=Link(words["official_link" if one.official else "link"], one.url),
        named=tuple(
            _named(words[label], links, words, names)
            for label, links in (("carriers", carriers), ("attachments", one.attachments))
            if links and names
        ),
    )


def says(one: Item, words: Words) -> str:
    """What happened to what, on one line."""
    return words["says"].format(event=_event(one, words), title=one.title)


def deadline(one: Item, words: Words) -> str:
    """The deadline and the days left, empty where there is none."""
    if one.deadline is None:
        return ""
    days = one.days_left or 0
    left = words["over"] if days < 0 else words["today"] if days == 0 else words["left"].format(days=days)
    lent = words["lent_mark"] if one.deadline_from else ""
    return words["deadline_line"].format(date=one.deadline, left=left + lent)


def brief(one: Item, words: Words) -> str:
    """Who, what type where the event does not say it, and until when, on one line."""
    kind = "" if "{kind}" in _word(one, words) else words.get(one.notice_type, one.notice_type)
    more = words["more"].format(number=len(one.issuers) - ISSUERS) if len(one.issuers) > ISSUERS else ""
    who = f"{words['and'].join(one.issuers[:ISSUERS])} {more}".strip()
    return " · ".join(part for part in (who, kind, deadline(one, words)) if part)


def head(message: Message) -> str:
    """What a message is, on one line."""
    words = WORDS[message.language]
    kind = words.get(f"head_{message.pace}", words["head"])
    told = kind.format(subscription=line(message.subscription), number=len(message.items))
    return told + (words["part"].format(part=message.part, parts=message.parts) if message.parts > 1 else "")


def subject(message: Message) -> str:
    """The message in one line for a person who looks at a list of them."""
    words = WORDS[message.language]
    if len(message.items) != 1:
        told = head(message)
    else:
        one = message.items[0]
        until = deadline(one, words)
        told = says(one, words) + (f" · {until}" if until else "")
    return f"[{words['test_mark']}] {told}" if message.test else told


def foot(message: Message) -> tuple[str, ...]:
    """Why the message came, how to stop it, and the reference by which a repeat of it is known."""
    words = WORDS[message.language]
    name, query = line(message.subscription), line(message.query)
    return (
        words["why"].format(subscription=name, query=query),
        words["stop"].format(subscription=quote(name)),
        words["key"].format(key=reference(message)),
    )


def reference(message: Message) -> str:
    """The short form of a message's key that people are shown."""
    return f"{message.key[:8]}·{message.part}/{message.parts}"


def _event(one: Item, words: Words) -> str:
    rest = one.event.partition(":")[2]
    word = _word(one, words)
    kind = words.get(one.notice_type if one.notice_type != "other" else "notice", words["notice"])
    return word.replace("{kind}", kind).replace("{date}", rest.rpartition(":")[2])


def _word(one: Item, words: Words) -> str:
    """What happened, in words that may stand for a type and a date still to be put in."""
    name, _, rest = one.event.partition(":")
    known = "alarm_over" if name == "alarm" and rest.endswith(OVER) else EVENTS.get(name, name)
    return words.get(known, name)


def _lent(one: Item, words: Words) -> Link:
    """Whose deadline it is where it is another notice's; empty where it is its own."""
    if one.deadline is None or one.deadline_from is None:
        return Link("", "")
    return Link(words["lent"].format(name=one.deadline_from.name or words["lent_by"]), one.deadline_from.url)


def _facts(one: Item, words: Words) -> tuple[tuple[str, str], ...]:
    day = one.published_at.astimezone(SHANGHAI).date().isoformat() if one.published_at else words["unknown"]
    return (
        (words["type"], words.get(one.notice_type, one.notice_type)),
        (words["issuers"], words["and"].join(one.issuers) or words["unknown"]),
        (words["published"], day),
    )


def _named(label: str, links: Sequence[Link], words: Words, names: int) -> Named:
    more = words["more"].format(number=len(links) - names) if len(links) > names else ""
    return Named(label, tuple(links[:names]), more)
