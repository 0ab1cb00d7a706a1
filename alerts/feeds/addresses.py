"""Where a subscription's feeds are read: its number, its secret and the name of the format."""

from collections.abc import Mapping

from alerts.subscriptions import Subscription

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
