"""Every other platform, through Apprise; `docs/channels.md` lists those whose error answers were seen to fail."""

import logging
import threading
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

import apprise

from alerts import lines
from alerts.channels.guard import Refused, public_addresses
from alerts.channels.markdown import unmarked
from alerts.lines import Layout, plain
from alerts.sending import Answer, Message
from alerts.view import subject
from config.channel_rules import is_checked
from config.channels import Channel

SPARE = 200  # bytes that a platform's own framing may take
# In what Apprise says of a request that broke, before or after it was read: it does not tell which.
BROKEN = ("timed out", "connection error")
TIMEOUTS = ("socket_connect_timeout", "socket_read_timeout")


def send(channel: Channel, message: Message, now: datetime) -> Answer:
    """Sends a message; what Apprise logs of a failure is the answer, because it keeps the platform's own to itself."""
    plugin = _plugin(channel)
    if plugin is None:
        return Answer(False, "Apprise does not know such an address: see its list of services", down=True)
    if not channel.private and (refused := _private(channel.url)):
        return Answer(False, refused, down=True)
    title, body = _told(plugin, message)
    with _Listening() as heard:
        done = plugin.notify(title=title, body=body, body_format=apprise.NotifyFormat.TEXT)
    said = "; ".join(heard) or ("accepted" if done else "not accepted, and Apprise says no more")
    checked = "" if is_checked(channel.url) else " (unchecked: Apprise may not see this platform's errors)"
    # every refusal is one of the channel: which of them concern a message alone cannot be told apart
    unsure = not done and any(words in said.lower() for words in BROKEN)
    return Answer(bool(done), said[:300] + checked, down=not done, unsure=unsure)


def roomy(channel: Channel, message: Message) -> bool:
    """Whether every item finds room."""
    plugin = _plugin(channel)
    return plugin is None or lines.roomy(message, lambda told: _fits(plugin, message, told))


def _plugin(channel: Channel) -> Any:
    asset = apprise.AppriseAsset(app_id="policywatch", app_desc="policywatch", http_redirects=False)
    with _Listening():
        plugin = apprise.Apprise.instantiate(channel.url, asset=asset, suppress_exceptions=True)
    for name in TIMEOUTS:
        if hasattr(plugin, name):
            setattr(plugin, name, channel.timeout)
    return plugin


def _told(plugin: Any, message: Message) -> tuple[str, str]:
    layout = lines.fit(message, lambda told: _fits(plugin, message, told)).layout
    return unmarked(subject(message))[: plugin.title_maxlen or 80], plain(layout, unmarked)


def _fits(plugin: Any, message: Message, layout: Layout) -> bool:
    room = plugin.body_maxlen - SPARE - (0 if plugin.title_maxlen else len(subject(message).encode()))
    return bool(len(plain(layout, unmarked).encode()) <= room)


def _private(url: str) -> str:
    """Why an address with a host of its own is refused, empty where there is nothing against it."""
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port or 443
    except ValueError:
        return ""  # a service with a fixed host: what stands there is no host
    if "." not in host and ":" not in host and host != "localhost":
        return ""
    try:
        public_addresses(host, port)
    except Refused as refused:
        return str(refused)
    except OSError:
        return ""  # such a name is a key or a topic; a host that is not there fails by itself
    return ""


class _Listening(logging.Handler):
    """Hears what Apprise warns of on this thread."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self._thread = threading.get_ident()
        self._heard: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        """Keeps a line of this thread's."""
        if record.thread == self._thread:
            self._heard.append(" ".join(record.getMessage().split()))

    def __enter__(self) -> list[str]:
        logging.getLogger("apprise").addHandler(self)
        return self._heard

    def __exit__(self, *error: object) -> None:
        logging.getLogger("apprise").removeHandler(self)
