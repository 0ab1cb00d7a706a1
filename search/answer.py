"""What a search answers, whichever engine answers it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any


@dataclass(frozen=True, slots=True)
class Hit:
    """A notice that was found; `exact` is false for a looser match, `score` is comparable within one search only.

    `comment_end_of` is "matter" where the notice names no end itself and its matter's is shown. `removed` are the
    carriers whose pages were taken down: `url` and `removed_at`.
    """

    notice_id: int
    matter_id: int
    title: str
    exact: bool
    score: float
    notice_type: str
    issuers: tuple[str, ...]
    published_at: datetime | None
    comment_end: str | None
    url: str
    carriers: tuple[dict[str, Any], ...]
    highlights: tuple[dict[str, str], ...]
    comment_end_of: str = ""
    removed: tuple[dict[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Result:
    """The answer of a search; `total` counts exact matches, `facets` is None unless asked for."""

    query: str
    warnings: tuple[str, ...]
    total: int
    engine: str
    hits: tuple[Hit, ...]
    facets: dict[str, dict[str, int]] | None = None
