"""A fetched page on its way from a spider to the store."""

from dataclasses import dataclass

from notices.article import Reading
from notices.page import Page


@dataclass(frozen=True, slots=True)
class Fetched:
    """A page and what its parser made of it; `etag` and `last_modified` are asked with the next time.

    `first` says that its source was never crawled before: then only what is still open is live news.
    `failed` holds the error of a parser that raised; the page is kept all the same.
    """

    page: Page
    reading: Reading
    first: bool = False
    failed: str = ""
    etag: str = ""
    last_modified: str = ""
