"""A store whose log the tests write by hand, a reader of a tiny query language, and a webhook on loopback."""

import json
import threading
from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, delete, insert, select, update

from config.channels import Channel
from notices.article import Article
from notices.fields import Fields
from notices.kinds import Mode, NoticeType, Precision
from notices.schema import SHANGHAI, articles, events, matter_moves, notice_aliases, notices, pages
from notices.store import Store
from notices.store.article_rows import article_values
from notices.understood import Fingerprint, Understood
from tests.polling import until

START = datetime(2026, 11, 1, 9, tzinfo=SHANGHAI)
OPEN_UNTIL = date(2026, 12, 31)


class World:
    """A store and its clock; every change of a notice appends its events as the pipelines do."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.now = START

    def later(self, **time: float) -> datetime:
        self.now += timedelta(**time)
        return self.now

    def notice(
        self,
        title: str,
        end: date | None = OPEN_UNTIL,
        mode: Mode = Mode.LIVE,
        kind: str = "consultation",
        copies: int = 1,
    ) -> int:
        """A new notice with so many carriers; returns its id."""
        with self.store.writing() as connection:
            members = [self._article(connection, title, end, kind) for _ in range(copies)]
            return self._group(connection, members, mode)

    def notices(self, titles: Iterable[str]) -> list[int]:
        """New notices, all in one transaction."""
        with self.store.writing() as connection:
            members = [self._article(connection, title, OPEN_UNTIL, "consultation") for title in titles]
            return [self._group(connection, [member], Mode.LIVE) for member in members]

    def copy(self, notice: int, mode: Mode = Mode.LIVE) -> int:
        """A repost joins; returns the article's id."""
        with self.store.writing() as connection:
            one = self._article(connection, "转载", None, "news")
            connection.execute(update(articles).where(articles.c.id == one).values(notice_id=notice))
            self._event(connection, notice, ["joined"], mode, joined=[one])
            return one

    def becomes(self, notice: int, kind: str, mode: Mode = Mode.LIVE) -> None:
        """The notice gets another type, as when its official page joins."""
        self._say(notice, ["official", "joined"], mode, lambda fields: {**fields, "notice_type": kind})

    def deadline(self, notice: int, end: date, mode: Mode = Mode.LIVE, kinds: tuple[str, ...] = ("deadline",)) -> None:
        """The comment period gets another end."""
        self._say(notice, list(kinds), mode, lambda fields: {**fields, "comment_end": end.isoformat()}, end)

    def merge(self, old: int, into: int, mode: Mode = Mode.LIVE) -> None:
        """One notice swallows another."""
        with self.store.writing() as connection:
            matter = _matter(connection, old)
            connection.execute(update(articles).where(articles.c.notice_id == old).values(notice_id=into))
            connection.execute(delete(notices).where(notices.c.id == old))
            connection.execute(insert(notice_aliases).values(alias=old, notice_id=into))
            connection.execute(insert(matter_moves).values(matter_id=matter, notice_id=into))
            self._event(connection, old, ["merged"], mode, into=into)
            self._event(connection, into, ["joined", "merged"], mode, swallowed=[old])

    def split(self, notice: int, mode: Mode = Mode.LIVE) -> int:
        """The last carrier becomes a notice of its own; returns the new id."""
        with self.store.writing() as connection:
            member = connection.execute(
                select(articles.c.id).where(articles.c.notice_id == notice).order_by(articles.c.id.desc())
            ).scalars()
            left = member.first()
            assert left
            self._event(connection, notice, ["split"], mode, left=[left])
            made = self._group(connection, [left], mode)
            connection.execute(insert(matter_moves).values(matter_id=_matter(connection, notice), notice_id=made))
            return made

    def link(self, notice: int, to: int, mode: Mode = Mode.LIVE) -> None:
        """A notice is found to belong to another one's matter."""
        with self.store.writing() as connection:
            matter, old = _matter(connection, to), _matter(connection, notice)
            connection.execute(update(notices).where(notices.c.id == notice).values(matter_id=matter))
            connection.execute(insert(matter_moves).values(matter_id=old, notice_id=notice))
            self._event(connection, notice, ["linked"], mode, matter=[old, matter])

    def unlink(self, notice: int, mode: Mode = Mode.LIVE) -> None:
        """A notice turns out to be a matter of its own."""
        with self.store.writing() as connection:
            old = _matter(connection, notice)
            connection.execute(update(notices).where(notices.c.id == notice).values(matter_id=notice))
            connection.execute(insert(matter_moves).values(matter_id=old, notice_id=notice))
            self._event(connection, notice, ["linked"], mode, matter=[old, notice])

    def happens(self, notice: int, *kinds: str, mode: Mode = Mode.LIVE, **detail: Any) -> None:
        """An event of the log that changes nothing else."""
        with self.store.writing() as connection:
            self._event(connection, notice, list(kinds), mode, **detail)

    def events(self) -> int:
        return self.store.last_event()

    def _say(
        self, notice: int, kinds: list[str], mode: Mode, change: Callable[[dict[str, Any]], dict[str, Any]],
        end: date | None = None,
    ) -> None:  # fmt: skip
        with self.store.writing() as connection:
            before = connection.execute(select(notices.c.fields).where(notices.c.id == notice)).scalar_one()
            shown = {"ends_on": end.isoformat()} if end else {}
            connection.execute(update(notices).where(notices.c.id == notice).values(fields=change(before), **shown))
            detail = {"deadline": [before.get("comment_end"), end.isoformat()]} if end else {}
            self._event(connection, notice, kinds, mode, **detail)

    def _article(self, connection: Connection, title: str, end: date | None, kind: str) -> int:
        number = 1 + (connection.execute(select(articles.c.id).order_by(articles.c.id.desc())).scalars().first() or 0)
        url = f"https://example.org/{number}.html"
        page = {"url": url, "key": url, "mode": "live", "fetched_at": self.now, "status": 200, "body_hash": b""}
        page_id = connection.execute(
            insert(pages).values(**page, state="article", outcome="new", rules=1).returning(pages.c.id)
        ).scalar_one()
        fields = Fields(NoticeType(kind), None, end, "请于2026年12月31日前反馈。" if end else "")
        article = Article(url, title, f"账号{number}", self.now, body=f"{title}的正文")
        one = Understood(url, article, fields, (), (), Fingerprint(number, b"", (number,)))
        row = {"state": "article", "version": 1, "page_id": page_id, "fetched_at": self.now, "mode": "live"}
        statement = insert(articles).values({**article_values(one), **row, "stored_at": self.now})
        return connection.execute(statement.returning(articles.c.id)).scalar_one()

    def _group(self, connection: Connection, members: list[int], mode: Mode) -> int:
        fields = connection.execute(select(articles.c.fields).where(articles.c.id == members[0])).scalar_one()
        row = {"version": 0, "canonical_id": members[0], "fields": fields, "reasons": {}, "published_at": self.now}
        row["ends_on"] = fields.get("comment_end")
        more = {"precision": Precision.DAY.value, "official": False, "created_at": self.now, "matter_id": 0}
        made = connection.execute(insert(notices).values(**row, **more).returning(notices.c.id)).scalar_one()
        connection.execute(update(notices).where(notices.c.id == made).values(matter_id=made))
        connection.execute(update(articles).where(articles.c.id.in_(members)).values(notice_id=made))
        self._event(connection, made, ["new"], mode, articles=members)
        return made

    def _event(self, connection: Connection, notice: int, kinds: list[str], mode: Mode, **detail: Any) -> None:
        row = {"kind": kinds[0], "notice_id": notice, "article_id": None, "mode": mode.value, "at": self.now}
        connection.execute(insert(events).values(**row, detail={"kinds": kinds, **detail}))


def _matter(connection: Connection, notice: int) -> int:
    return int(connection.execute(select(notices.c.matter_id).where(notices.c.id == notice)).scalar_one())


class WordReader:
    """A reader that knows `word` (in a title) and `is:open`, for what matches when a subscription is made."""

    def __init__(self, world: World) -> None:
        self.world = world

    def position(self) -> int:
        return self.world.events()

    def matches(self, query: str, notice_ids: Collection[int] | None, now: datetime) -> set[int]:
        ids = self.world.store.notice_ids() if notice_ids is None else notice_ids
        return {
            one.notice_id for one in self.world.store.notices(ids) if all(_fits(one, w, now) for w in query.split())
        }


def _fits(one: Any, word: str, now: datetime) -> bool:
    if word == "is:open":
        consultation = one.fields.notice_type is NoticeType.CONSULTATION
        return bool(consultation and one.fields.comment_end and one.fields.comment_end >= now.date())
    return any(word in title for title in one.titles)


@dataclass
class Hook:
    """A webhook on loopback: what it got, and how it answers the next requests."""

    url: str = ""
    bodies: list[bytes] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)
    status: int = 200
    hang: threading.Event | None = None
    before_answer: Callable[[], None] | None = None

    @property
    def channels(self) -> dict[str, Channel]:
        """The address as a channel that may lie inside a private network, as loopback does."""
        return {self.url: Channel(self.url, "webhook", self.url, private=True, timeout=5.0)}

    @property
    def messages(self) -> list[dict[str, Any]]:
        return [json.loads(body) for body in self.bodies]

    @property
    def keys(self) -> list[str]:
        return [one["Idempotency-Key"] for one in self.headers]

    def titles(self) -> list[str]:
        return [item["title"] for message in self.messages for item in message["items"]]


@contextmanager
def receiving() -> Iterator[Hook]:
    """A running webhook."""
    hook = Hook()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            hook.bodies.append(body)
            hook.headers.append(dict(self.headers))
            if hook.before_answer:
                hook.before_answer()
            if hook.hang:
                hook.hang.wait(20)
            try:
                self.send_response(hook.status)
                self.end_headers()
                self.wfile.write(b"said so")
            except OSError:
                self.close_connection = True  # the sender is gone

        def log_message(self, format: str, *args: Any) -> None: ...

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    hook.url = f"http://127.0.0.1:{server.server_address[1]}/hook"
    try:
        yield hook
    finally:
        if hook.hang:
            hook.hang.set()
        server.shutdown()
        server.server_close()
        thread.join()


@pytest.fixture
def world(tmp_path: Path, store_address: Callable[[Path], str]) -> Iterator[World]:
    with Store.open(store_address(tmp_path), tmp_path) as store:
        yield World(store)


@pytest.fixture
def reader(world: World) -> WordReader:
    return WordReader(world)


@pytest.fixture
def hook() -> Iterator[Hook]:
    with receiving() as running:
        yield running


@pytest.fixture
def other_hook() -> Iterator[Hook]:
    with receiving() as running:
        yield running


@pytest.fixture
def wait_until() -> Callable[..., None]:
    return until
