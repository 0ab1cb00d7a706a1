"""The closed vocabularies that the rooms share."""

from enum import StrEnum


class PageState(StrEnum):
    """What a fetched page is, decided before anything is extracted from it."""

    ARTICLE = "article"
    BLOCKED = "blocked"
    DELETED = "deleted"
    VIOLATION = "violation"
    GONE = "gone"
    MOVED = "moved"
    SHARE = "share"
    IMAGE = "image"
    LISTED = "listed"
    EMPTY = "empty"
    ERROR = "error"


class NoticeType(StrEnum):
    """What a text is to an analyst."""

    CONSULTATION = "consultation"
    ISSUANCE = "issuance"
    BULLETIN = "bulletin"
    INTERPRETATION = "interpretation"
    CALL = "call"
    ROUNDUP = "roundup"
    NEWS = "news"
    OTHER = "other"


class Mode(StrEnum):
    """Whether a page was met as it appeared or gathered afterwards; backfill alerts nobody."""

    LIVE = "live"
    BACKFILL = "backfill"


class Precision(StrEnum):
    """How exactly a publication time is known."""

    DAY = "day"
    SECOND = "second"


class Markup(StrEnum):
    """How a body was written down by the reader that made it."""

    TEXT = "text"
    MARKDOWN = "markdown"
