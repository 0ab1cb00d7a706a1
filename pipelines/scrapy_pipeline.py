"""From a crawl into the store: each page goes through the pure stages and is kept with all that follows from it."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, select

from notices.article import Reading
from notices.fetched import Fetched, Settled
from notices.fields import Fields
from notices.identity import WECHAT_HOST, host_of
from notices.isolate import Failed, isolate
from notices.kinds import Mode, NoticeType, PageState
from notices.page import Page
from notices.pagefile import PageFile
from notices.schema import articles
from notices.store import Store
from notices.understood import Understood
from pipelines.keep import KeepReport, keep
from pipelines.plausible import plausible
from pipelines.understand import understand

SHANGHAI = ZoneInfo("Asia/Shanghai")
OPEN_WITHOUT_DEADLINE = timedelta(days=30)

Settle = Callable[[Connection, Settled], None]
Clock = Callable[[], datetime]


def _now() -> datetime:
    return datetime.now(SHANGHAI)


class Keeper:
    """Keeps fetched pages; `settle` writes down what became of a target in the transaction that keeps its page."""

    def __init__(self, store: Store, pages: PageFile, settle: Settle, clock: Clock = _now) -> None:
        self.store = store
        self.pages = pages
        self.settle = settle
        self.clock = clock

    def take_bytes(self, page: Page) -> None:
        """Keeps a page's bytes before anybody parses them: a parser that takes the process down loses nothing."""
        self.pages.put(page.body, "wechat" if host_of(page.url) == WECHAT_HOST else "")

    def keep(self, fetched: Fetched) -> None:
        """Keeps a page and its article; the target is settled with them, or nothing is."""
        fetched, found = self._understood(fetched)

        def settle(connection: Connection, report: KeepReport) -> None:
            (outcome,) = report.outcomes
            self.settle(connection, _settled(fetched, outcome, report))

        keep(self.store, self.pages, [(fetched.page, fetched.reading, found)], now=self.clock(), also=settle)

    def _understood(self, fetched: Fetched) -> tuple[Fetched, Understood | None]:
        """What the stages made of a page; a stage that raises leaves the page kept as an error."""
        article = fetched.reading.article
        if article is None:
            return fetched, None
        found = isolate(lambda: understand(article), f"understand {fetched.page.url}")
        if isinstance(found, Failed):
            return _broken(fetched, f"a stage failed: {found.error}", found.error), None
        if fetched.target.article_id is not None and not self._is_plausible(fetched.target.article_id, found):
            return _broken(fetched, "nearly all of the text is gone: the layout has changed, the text stays", ""), None
        if fetched.target.first and is_open(found.fields, found.article.published_at, self._today()):
            fetched = replace(fetched, page=replace(fetched.page, mode=Mode.LIVE))
        return fetched, found

    def _today(self) -> date:
        return self.clock().astimezone(SHANGHAI).date()

    def _is_plausible(self, article_id: int, found: Understood) -> bool:
        """Whether a page that is looked at again still holds the text it held, changed or not."""
        with self.store.reading() as connection:
            columns = articles.c.body, articles.c.state
            row = connection.execute(select(*columns).where(articles.c.id == article_id)).first()
        return row is None or row.state == PageState.LISTED or plausible(row.body, found.article.body)


def is_open(fields: Fields, published: datetime | None, today: date) -> bool:
    """Whether a text asks for comments that can still be given; without a deadline, for 30 days."""
    if fields.notice_type is not NoticeType.CONSULTATION:
        return False
    if fields.comment_end is not None:
        return fields.comment_end >= today
    return published is not None and today - published.astimezone(SHANGHAI).date() <= OPEN_WITHOUT_DEADLINE


def _broken(fetched: Fetched, reason: str, error: str) -> Fetched:
    return replace(fetched, reading=Reading(PageState.ERROR, reason=reason), failed=error)


def _settled(fetched: Fetched, outcome: str, report: KeepReport) -> Settled:
    if outcome == "unchanged" and fetched.reading.article is None:
        outcome = str(fetched.reading.state)  # the same wall or tombstone again is one again
    return Settled(
        target=fetched.target,
        at=fetched.page.fetched_at,
        outcome="failed" if fetched.failed and outcome == PageState.ERROR else outcome,
        state=fetched.reading.state,
        etag=fetched.etag,
        last_modified=fetched.last_modified,
        article_id=report.article_ids[0],
        new_notices=report.new_notices,
        status=fetched.page.status,
        reason=fetched.reading.reason,
        moved_to=fetched.reading.moved_to,
    )
