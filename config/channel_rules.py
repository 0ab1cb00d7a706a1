"""What an entry of channels.yaml may say, kind by kind, and how a mistake in it is told."""

import re
from collections.abc import Collection, Iterator, Mapping
from email.utils import parseaddr
from typing import Any
from urllib.parse import urlsplit

TIMEOUT = 20.0  # seconds
LONGEST = 60.0  # seconds; a lease on a message outlasts it
SECURITIES = ("starttls", "ssl", "none")
# Apprise's own plugins for these report success for an error inside a 200, or cut by characters where bytes count.
OWN = {"wecombot": "wecom", "feishu": "feishu", "lark": "feishu", "dingtalk": "dingtalk", "schan": "serverchan"}
OWN |= {"mailto": "mail", "mailtos": "mail", "json": "webhook", "jsons": "webhook"}
# Schemes whose platform says an error in the HTTP status, or in an answer that Apprise reads: tests/alerts hold it.
CHECKED = frozenset(
    {"tgram", "ntfy", "ntfys", "slack", "workflow", "workflows", "discord", "gotify", "gotifys", "bark", "barks"}
    | {"pover", "pushplus", "wxpusher", "wechat", "mmost", "mmosts", "matrix", "matrixs", "gchat", "wxteams", "pbul"}
)
# These end on the screen or in the log of the machine that runs the service.
LOCAL = {"dbus", "qt", "kde", "glib", "gnome", "macosx", "windows", "syslog"}

_COMMON = ("name", "kind", "timeout")
_ADDRESS = ("url", "url_env", "url_file", "private")
_SECRET = ("secret_env", "secret_file")
KEYS: Mapping[str, tuple[str, ...]] = {
    "webhook": (*_COMMON, *_ADDRESS, *_SECRET),
    "mail": (*_COMMON, "url", "security", "user", *_SECRET, "from", "to", "private"),
    "wecom": (*_COMMON, *_ADDRESS, "per_minute"),
    "feishu": (*_COMMON, *_ADDRESS, *_SECRET, "per_minute"),
    "dingtalk": (*_COMMON, *_ADDRESS, *_SECRET, "per_minute"),
    "serverchan": (*_COMMON, *_ADDRESS, "per_minute"),
    "apprise": (*_COMMON, *_ADDRESS, "per_minute"),
}
KINDS = tuple(KEYS)
EVERY = tuple(dict.fromkeys(key for keys in KEYS.values() for key in keys))

_NAME = re.compile(r"[\w][\w.-]{0,62}")
_PLAIN_TEXT = re.compile(r"[^\x00-\x1f\x7f]+")  # nothing that could begin another header or command

Entry = Mapping[str, tuple[int, Any]]  # key: the line it stands in, and its value


def mistakes(start: int, entry: Entry, known: Collection[str]) -> Iterator[tuple[int, str]]:
    """Every mistake of an entry that begins in line `start`, with its line."""
    kind = entry["kind"][1] if "kind" in entry and entry["kind"][1] in KINDS else ""
    yield from ((start, complaint) for complaint in _missing(entry, kind))
    for key, (line, value) in entry.items():
        if key not in (KEYS[kind] if kind else EVERY):
            place = f" for {kind}" if kind and key in EVERY else ""
            yield line, f"{key!r} is not known{place}: use {', '.join(KEYS[kind] if kind else EVERY)}"
        elif complaint := _complaint(key, value, kind):
            told = "not one" if key == "url" else repr(value)  # an address may hold a secret
            yield line, f"{key} is {told}: {complaint}"
        elif key == "name" and value in known:
            yield line, f"name {value!r} is used twice: names are unique"


def is_address(value: object) -> bool:
    """Whether a value is an address that can receive a webhook."""
    return _scheme(value) in ("http", "https")


def is_checked(url: str) -> bool:
    """Whether an Apprise address is of a platform whose error answers were seen to fail."""
    return url.partition("://")[0].lower() in CHECKED


def _missing(entry: Entry, kind: str) -> Iterator[str]:
    yield from (f"a channel needs {key!r}" for key in ("name", "kind") if key not in entry)
    if kind == "mail":
        yield from (f"mail needs {key!r}" for key in ("url", "from", "to") if key not in entry)
        said = {key: value for key, (_, value) in entry.items()}
        if said.get("security") == "none" and "user" in said and not said.get("private"):
            yield "security none sends the password in clear: use starttls or ssl, or private: true in your own network"
    elif "kind" in entry or "name" in entry:
        given = [key for key in ("url", "url_env", "url_file") if key in entry]
        if len(given) != 1:
            yield f"a channel needs one of 'url', 'url_env' and 'url_file', and has {', '.join(given) or 'none'}"


def _complaint(key: str, value: Any, kind: str) -> str:
    checks = {
        "name": (isinstance(value, str) and bool(_NAME.fullmatch(value)), "letters, digits, - . and _"),
        "kind": (value in KINDS, f"one of {', '.join(KINDS)}"),
        "timeout": (_number(value) and 0 < value <= LONGEST, f"seconds, at most {LONGEST:.0f}"),
        "per_minute": (type(value) is int and 0 < value <= 10_000, "messages a minute, at least 1"),
        "private": (type(value) is bool, "true or false"),
        "security": (value in SECURITIES, f"one of {', '.join(SECURITIES)}"),
        "from": (_mailbox(value), "a mailbox such as alerts@example.org"),
        "to": (_mailboxes(value), "a mailbox such as team@example.org, or a list of them"),
        "user": (isinstance(value, str) and bool(_PLAIN_TEXT.fullmatch(value)), "text on one line"),
    }
    if key == "url":
        return _url_complaint(value, kind)
    right, good = checks.get(key, (isinstance(value, str) and bool(value), "text"))
    return "" if right else f"expected {good}"


def _url_complaint(value: Any, kind: str) -> str:
    scheme = value.partition("://")[0].lower() if isinstance(value, str) and kind == "apprise" else _scheme(value)
    if kind == "mail":
        return "" if scheme == "smtp" else "expected a server such as smtp://mail.example.org:587"
    if kind == "apprise":
        if scheme in OWN:
            return f"use kind {OWN[scheme]}, which reads the platform's own answer"
        if scheme in LOCAL:
            return f"{scheme} tells nobody but this machine: name a service on the network"
        return "" if isinstance(value, str) and "://" in value else "expected an Apprise address such as ntfys://topic"
    if not is_address(value):
        return "expected an address such as https://hooks.example.org/policywatch"
    return ""


def _scheme(value: object) -> str:
    """The scheme of an address with a host, empty for anything else."""
    try:
        parts = urlsplit(value) if isinstance(value, str) and value.isprintable() and " " not in value else None
        whole = parts is not None and parts.hostname and parts.port != 0
        return parts.scheme if parts is not None and whole else ""
    except ValueError:
        return ""


def _number(value: object) -> bool:
    return type(value) in (int, float)


def _mailboxes(value: object) -> bool:
    some = value if isinstance(value, list) else [value]
    return bool(some) and all(_mailbox(one) for one in some)


def _mailbox(value: object) -> bool:
    if not isinstance(value, str) or not _PLAIN_TEXT.fullmatch(value):
        return False
    address = parseaddr(value)[1]
    local, mark, domain = address.rpartition("@")
    return bool(mark and local and domain) and " " not in address and address.isascii()
