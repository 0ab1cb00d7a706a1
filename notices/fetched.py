"""A fetched page on its way from a spider to the store, and what became of it there."""

from dataclasses import dataclass
from datetime import datetime

from notices.article import Reading
from notices.kinds import PageState
from notices.page import Page
from notices.target import Target


@dataclass(frozen=True, slots=True)
class Fetched:
    """A page of a target and what its parser made of it; `etag` and `last_modified` are asked with the next time.

    `failed` holds the error of a parser that raised; the page is kept all the same.
    """

    page: Page
    reading: Reading
    target: Target
    failed: str = ""
    etag: str = ""
    last_modified: str = ""


@dataclass(frozen=True, slots=True)
class Settled:
    """What became of a target: its page's state (None for one without a page) and the outcome it counts as.

    `article_id` is the article that the page stands for, if it was read as one; `status` is the answer's, `reason` says
    why the page is in its state, `moved_to` where it leads.
    """

    target: Target
    at: datetime
    outcome: str
    state: PageState | None = None
    etag: str = ""
    last_modified: str = ""
    article_id: int | None = None
    new_notices: int = 0
    status: int = 200
    reason: str = ""
    moved_to: str = ""
