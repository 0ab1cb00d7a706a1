"""The thin Scrapy class: pages of a crawl go through the pure stages into the store, in small batches."""

from collections import Counter
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any, Self
from zoneinfo import ZoneInfo

from sqlalchemy import select

from notices.fetched import Fetched
from notices.fields import Fields
from notices.identity import WECHAT_HOST, host_of, identity
from notices.isolate import Failed, isolate
from notices.kinds import Mode, NoticeType, PageState
from notices.page import Page
from notices.pagefile import PageFile
from notices.schema import visits
from notices.store import Store
from notices.store.engine import upsert
from notices.understood import Understood
from pipelines.keep import keep
from pipelines.understand import understand

SHANGHAI = ZoneInfo("Asia/Shanghai")
BATCH = 8  # pages a kill can cost: they are fetched again, for they are remembered only once they are kept
OPEN_WITHOUT_DEADLINE = timedelta(days=30)

_RETRIED = {PageState.BLOCKED, PageState.ERROR, PageState.EMPTY}


class Keeper:
    """Keeps fetched pages and what was understood of them; `outcomes` counts every page exactly once."""

    def __init__(self, store: Store, pages: PageFile) -> None:
        self.store = store
        self.pages = pages
        self.batch: list[Fetched] = []
        self.outcomes: Counter[str] = Counter()
        self.new_articles = 0
        self.new_notices = 0
        self.unsettled = 0
        self.error = ""

    def take_bytes(self, page: Page) -> None:
        """Keeps a page's bytes before anybody parses them: a parser that takes the process down loses nothing."""
        self.pages.put(page.body, "wechat" if host_of(page.url) == WECHAT_HOST else "")

    def add(self, fetched: Fetched) -> None:
        """Takes a page; writes when a batch is full."""
        self.batch.append(fetched)
        self.unsettled += fetched.reading.state in _RETRIED
        if len(self.batch) >= BATCH:
            self.flush()

    def flush(self) -> None:
        """Writes what was taken; pages that cannot be written are counted as failed and fetched again next time."""
        batch, self.batch = self.batch, []
        done = isolate(lambda: self._write(batch), f"keep {len(batch)} pages") if batch else None
        if isinstance(done, Failed):
            self.error = f"{len(batch)} pages could not be kept ({done.error}): the next crawl fetches them again"
            self.outcomes["failed"] += len(batch)
            self.unsettled += len(batch)

    def _write(self, batch: list[Fetched]) -> None:
        understood = [_understood(fetched) for fetched in batch]
        report = keep(self.store, self.pages, [(one.page, one.reading, found) for one, found in understood])
        self._remember(batch)
        self.outcomes.update(report.outcomes)
        broken = min(sum(bool(one.failed) for one, _ in understood), report.outcomes[PageState.ERROR])
        self.outcomes.update({"failed": broken, "error": -broken})
        self.new_articles += report.new_articles
        self.new_notices += report.new_notices

    def _remember(self, batch: list[Fetched]) -> None:
        urls = [fetched.page.url for fetched in batch]
        with self.store.writing() as connection:
            query = select(visits.c.url, visits.c.attempts).where(visits.c.url.in_(urls))
            attempts = {row.url: row.attempts for row in connection.execute(query)}
            rows = {fetched.page.url: _visit(fetched, attempts.get(fetched.page.url, 0) + 1) for fetched in batch}
            upsert(
                connection, visits, list(rows.values()), ("etag", "last_modified", "fetched_at", "state", "attempts")
            )


class KeepPages:
    """Scrapy's item pipeline: hands every page to the keeper that the spider brought along."""

    def __init__(self, keeper: Keeper) -> None:
        self.keeper = keeper

    @classmethod
    def from_crawler(cls, crawler: Any) -> Self:
        """The pipeline of a crawl; its spider carries the keeper."""
        return cls(crawler.spider.keeper)

    def process_item(self, item: Fetched) -> Fetched:
        """Keeps a page."""
        self.keeper.add(item)
        return item

    def close_spider(self) -> None:
        """Keeps what is left."""
        self.keeper.flush()


def _understood(fetched: Fetched) -> tuple[Fetched, Understood | None]:
    """What the stages made of a page; a stage that raises leaves the page kept as an error."""
    article = fetched.reading.article
    if article is None:
        return fetched, None
    found = isolate(lambda: understand(article), f"understand {fetched.page.url}")
    if isinstance(found, Failed):
        reading = replace(fetched.reading, state=PageState.ERROR, article=None, reason=f"a stage failed: {found.error}")
        return replace(fetched, reading=reading, failed=found.error), None
    if fetched.first and is_open(found.fields, found.article.published_at, datetime.now(SHANGHAI).date()):
        fetched = replace(fetched, page=replace(fetched.page, mode=Mode.LIVE))
    return fetched, found


def is_open(fields: Fields, published: datetime | None, today: date) -> bool:
    """Whether a text asks for comments that can still be given; without a deadline, for 30 days."""
    if fields.notice_type is not NoticeType.CONSULTATION:
        return False
    if fields.comment_end is not None:
        return fields.comment_end >= today
    return published is not None and today - published.astimezone(SHANGHAI).date() <= OPEN_WITHOUT_DEADLINE


def _visit(fetched: Fetched, attempts: int) -> dict[str, Any]:
    return {
        "url": fetched.page.url,
        "key": identity(fetched.page.url),
        "etag": fetched.etag,
        "last_modified": fetched.last_modified,
        "fetched_at": fetched.page.fetched_at,
        "state": fetched.reading.state,
        "attempts": attempts,
    }
