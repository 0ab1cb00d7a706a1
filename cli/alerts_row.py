"""A subscription as the command line shows it."""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from alerts.subscriptions import Subscription
    from config.settings import Settings


def row(one: "Subscription", settings: "Settings") -> dict[str, Any]:
    """A subscription as JSON shows it; of channels that are addresses only the hosts."""
    from alerts.feeds.addresses import addresses
    from config.channels import shown

    names = ("name", "query", "channels", "pace", "at", "weekday", "working_days", "quiet", "zone", "remind", "events")
    more = ("language", "empty", "paused", "created_at", "origin")
    found = {name: getattr(one, name) for name in (*names, *more)}
    hidden = [shown(channel) for channel in one.channels]
    return found | {"channels": hidden, "feeds": addresses(settings.feeds_url, one)}
