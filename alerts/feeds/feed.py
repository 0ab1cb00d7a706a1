"""A feed as every format writes it."""

from dataclasses import dataclass
from datetime import date, datetime

LANGUAGES = {"zh": "zh-CN", "en": "en"}  # as feeds name them


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing that was told; `id` stays the same for ever, `link` is empty where there is no address to open."""

    id: str
    title: str
    link: str
    told_at: datetime
    published_at: datetime | None
    tags: tuple[str, ...]
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Feed:
    """What a subscription told, newest first; `updated` is when that last changed."""

    id: str
    title: str
    about: str
    home: str
    language: str
    updated: datetime
    entries: tuple[Entry, ...]


@dataclass(frozen=True, slots=True)
class Deadline:
    """A day in a calendar; `sequence` grows whenever the day moves, and on a cancelled one."""

    uid: str
    title: str
    link: str
    detail: str
    day: date
    sequence: int
    changed_at: datetime
    cancelled: bool


@dataclass(frozen=True, slots=True)
class Calendar:
    """The deadlines of a subscription's matters; `alarms` are the days before one on which to remind, at an hour."""

    title: str
    language: str
    deadlines: tuple[Deadline, ...]
    alarms: tuple[int, ...]
    hour: int
    minute: int
