"""What a list reader and the spider that drives it say to each other: asks, and what was found in their answers.

A reader is pure: it names the requests it needs and reads their answers. The spider fetches, waits, pauses and counts.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Protocol

from config.sources import Source
from notices.page import Page


class LayoutChanged(ValueError):
    """A list answered with something that holds no rows: the site changed, refused, or the request is wrong."""


class Walled(LayoutChanged):
    """A list answered with a wall (a script, a verification) under status 200: its host wants to be left alone."""


@dataclass(frozen=True, slots=True)
class Ask:
    """A request that a reader wants answered; `step` and `note` are its own words, handed back with the answer.

    `number` counts the pages of a list from 1; `form` makes it a POST.
    """

    url: str
    step: str = "list"
    number: int = 1
    form: Mapping[str, str] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    note: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Row:
    """A line of a list; `ends_on` is the last day for comments that the list itself names.

    `published_at` is aware, midnight in Asia/Shanghai where only the day is known; `content` is the whole text as HTML
    where a feed delivers it, and then the row is a page by itself.
    """

    url: str
    title: str
    published_at: datetime | None = None
    ends_on: date | None = None
    account: str = ""
    content: str = ""


@dataclass(frozen=True, slots=True)
class Listing:
    """What an answer held: rows, requests that must follow (`asks`), and the list's next page if it may have one.

    `found` says, selector by selector or step by step, how much each found, for `sources check`.
    """

    rows: tuple[Row, ...] = ()
    asks: tuple[Ask, ...] = ()
    next_page: Ask | None = None
    found: Mapping[str, int] = field(default_factory=dict)


class ListReader(Protocol):
    """One kind of list: MIIT's columns, a feed, a search address, a page of links."""

    def first(self, source: Source) -> tuple[Ask, ...]:
        """The requests that a crawl of the source begins with."""

    def read(self, source: Source, ask: Ask, answer: Page) -> Listing:
        """What an answer holds; raises LayoutChanged when there should be rows and are none."""
