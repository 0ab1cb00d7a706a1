"""A notice: the articles that carry one text, as an analyst sees and searches it."""

from dataclasses import dataclass
from datetime import datetime

from notices.fields import Fields
from notices.kinds import Precision


@dataclass(frozen=True, slots=True)
class Carrier:
    """An article of a notice on its timeline; `path` is where it lies in its archive, empty when it was crawled.

    `removed_at` is when its page was first found taken down, None while it is there.
    """

    article_id: int
    path: str
    url: str
    account: str
    title: str
    published_at: datetime | None
    precision: Precision
    official: bool
    removed_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Notice:
    """One text with everything a reader of the store needs to show, index or match it.

    `version` is the number of the event that wrote this row; `titles` are the canonical title and then the distinct
    titles of the other carriers; `body` and `attachments` (names and texts) are the canonical article's; `published_at`
    is the official date, else the earliest carrier's; `changed` says that the canonical text has more than one version;
    with `end_of_matter` the end of the comment period among its fields is its matter's, for it names none itself.
    """

    notice_id: int
    matter_id: int
    version: int
    titles: tuple[str, ...]
    body: str
    attachments: tuple[str, ...]
    url: str
    fields: Fields
    terms: tuple[str, ...]
    words: tuple[str, ...]
    published_at: datetime | None
    precision: Precision
    official: bool
    changed: bool
    carriers: tuple[Carrier, ...]
    end_of_matter: bool = False

    @property
    def removed(self) -> dict[str, datetime]:
        """The addresses of the carriers whose pages were taken down, each with when that was found."""
        return {one.url: one.removed_at for one in self.carriers if one.removed_at is not None}
