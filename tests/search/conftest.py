"""Notices and indexes for the tests of search."""

from collections.abc import Callable, Iterator
from datetime import date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from notices.fields import Fields
from notices.kinds import NoticeType, Precision
from notices.notice import Carrier, Notice
from pipelines.terms import find_terms
from search.index import Index

SHANGHAI = ZoneInfo("Asia/Shanghai")
MakeNotice = Callable[..., Notice]


def make(
    notice_id: int,
    *titles: str,
    body: str = "",
    attachments: tuple[str, ...] = (),
    kind: NoticeType = NoticeType.OTHER,
    issuers: tuple[str, ...] = (),
    accounts: tuple[str, ...] = ("样本账号",),
    documents: tuple[str, ...] = (),
    number: str = "",
    published: datetime | None = datetime(2026, 3, 2, 9, 30, tzinfo=SHANGHAI),
    end: date | None = None,
    official: bool = False,
    changed: bool = False,
) -> Notice:
    url = f"https://example.org/{notice_id}"
    carriers = tuple(
        Carrier(
            number,
            f"a/{notice_id}-{number}.md",
            f"{url}/{number}",
            account,
            titles[0],
            published,
            Precision.DAY,
            official,
        )
        for number, account in enumerate(accounts)
    )
    fields = Fields(notice_type=kind, comment_end=end, issuers=issuers, documents=documents, doc_number=number)
    return Notice(
        notice_id=notice_id,
        matter_id=notice_id,
        version=1,
        titles=titles,
        body=body,
        attachments=attachments,
        url=url,
        fields=fields,
        terms=find_terms(f"{titles[0]}\n{body}"),
        words=(),
        published_at=published,
        precision=Precision.DAY,
        official=official,
        changed=changed,
        carriers=carriers,
    )


@pytest.fixture(scope="session")
def make_notice() -> MakeNotice:
    return make


@pytest.fixture
def index(tmp_path: Path) -> Iterator[Index]:
    with Index(tmp_path) as opened:
        opened.clear("the store")
        yield opened


@pytest.fixture
def now() -> datetime:
    return datetime(2026, 11, 23, 12, 0, tzinfo=SHANGHAI)
