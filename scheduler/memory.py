"""What a crawl remembers in the store: pages already read, their validators, hosts that want to be left alone."""

from collections.abc import Iterable
from datetime import datetime, timezone

from sqlalchemy import delete, insert, select

from notices.identity import identity
from notices.kinds import PageState
from notices.schema import articles, hosts, visits
from notices.store import Store

ATTEMPTS = 3  # an empty page or an unknown layout is tried this often, then left alone until its rule changes
_SETTLED = {
    *(PageState.ARTICLE, PageState.IMAGE, PageState.DELETED, PageState.VIOLATION, PageState.GONE, PageState.MOVED),
    *(PageState.SHARE, PageState.LISTED),
}
_CHUNK = 500


class StoreMemory:
    """The crawl's memory on the tables `visits` and `hosts`."""

    def __init__(self, store: Store) -> None:
        self.store = store

    def known(self, urls: Iterable[str]) -> set[str]:
        """Those of the addresses whose page was read and needs no second visit."""
        keys = {url: identity(url) for url in urls}
        wanted = sorted(set(keys.values()))
        settled: set[str] = set()
        with self.store.reading() as connection:
            for start in range(0, len(wanted), _CHUNK):
                some = wanted[start : start + _CHUNK]
                query = select(visits.c.key, visits.c.state, visits.c.attempts).where(visits.c.key.in_(some))
                rows = connection.execute(query)
                settled |= {key for key, state, attempts in rows if state in _SETTLED or _given_up(state, attempts)}
                whole = select(articles.c.key).where(articles.c.key.in_(some), articles.c.truncated.is_(False))
                settled |= set(connection.execute(whole).scalars())  # ingested from an archive, never visited
        return {url for url, key in keys.items() if key in settled}

    def validators(self, url: str) -> tuple[str, str]:
        """The ETag and Last-Modified of an address's last answer."""
        query = select(visits.c.etag, visits.c.last_modified).where(visits.c.url == url)
        with self.store.reading() as connection:
            row = connection.execute(query).first()
        return (row[0], row[1]) if row else ("", "")

    def paused(self, host: str) -> datetime | None:
        """Until when a host is left alone, None when it may be asked."""
        with self.store.reading() as connection:
            until = connection.execute(select(hosts.c.paused_until).where(hosts.c.host == host)).scalar()
        return until if until is not None and until > datetime.now(timezone.utc) else None

    def pause(self, host: str, until: datetime, reason: str) -> None:
        """Leaves a host alone until then."""
        with self.store.writing() as connection:
            connection.execute(delete(hosts).where(hosts.c.host == host))
            connection.execute(insert(hosts).values(host=host, paused_until=until, reason=reason))

    def listed(self, url: str, etag: str, last_modified: str) -> None:
        """Remembers the validators of a list."""
        with self.store.writing() as connection:
            connection.execute(delete(visits).where(visits.c.url == url))
            connection.execute(
                insert(visits).values(
                    url=url,
                    key=identity(url),
                    etag=etag,
                    last_modified=last_modified,
                    fetched_at=datetime.now(timezone.utc),
                    state="list",
                    attempts=1,
                )
            )


def _given_up(state: str, attempts: int) -> bool:
    return state in {PageState.EMPTY, PageState.ERROR} and attempts >= ATTEMPTS
