"""Where a subscription's feeds are read: its number, its secret and the name of the format."""

from collections.abc import Callable, Mapping
from urllib.parse import urlsplit

from sqlalchemy import select

from alerts.subscriptions import Subscription, subscription
from notices.schema import subscriptions
from notices.store import Store

ROOM = "feeds"  # the first part of the path, and the folder beside the store
FORMATS: Mapping[str, tuple[str, str]] = {
    "rss": ("feed.rss", "application/rss+xml; charset=utf-8"),
    "atom": ("feed.atom", "application/atom+xml; charset=utf-8"),
    "json": ("feed.json", "application/feed+json; charset=utf-8"),
    "ics": ("deadlines.ics", "text/calendar; charset=utf-8"),
}  # file and media type


def addresses(base: str, one: Subscription) -> dict[str, str]:
    """The address of each format; whoever knows it can read the feed."""
    return {name: f"{base.rstrip('/')}/{ROOM}/{one.id}/{one.secret}/{file}" for name, (file, _) in FORMATS.items()}


def links(store: Store, base: str) -> Callable[[int], str]:
    """Where a message says that all of its subscription can be read, by the subscription's id.

    Empty while feeds are served on this machine only: such an address leads nobody else anywhere.
    """
    here = (urlsplit(base).hostname or "") in ("127.0.0.1", "localhost", "::1")

    def link(subscription_id: int) -> str:
        if here:
            return ""
        with store.reading() as connection:
            row = connection.execute(select(subscriptions).where(subscriptions.c.id == subscription_id)).first()
        return addresses(base, subscription(row))["rss"] if row else ""

    return link
