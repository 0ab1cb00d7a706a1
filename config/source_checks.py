"""What an entry of sources.yaml may say, and the complaint about what it may not."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import yaml

KINDS = ("unit", "json", "page", "feed", "opml", "album")
ROBOTS = ("obey", "ignore")
EVERY = re.compile(r"(\d{1,4})([mhd])")
SELECTORS = {
    "page": ("row", "link", "title", "date", "deadline", "account", "next", "link_pattern", "link_format"),
    "json": ("rows", "link", "title", "date", "deadline", "account", "total", "page", "size"),
}

_NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,62}")
_HOST = re.compile(r"[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?(:\d{1,5})?")
_SOURCE_KEYS = (
    *("name", "kind", "url", "urls", "file", "every", "robots", "robots_reason", "delay", "contact", "first"),
    *("account", "fallback", "may_be_empty", "selectors", "checks", "bases"),
)
_HOST_KEYS = ("host", "robots", "robots_reason", "delay", "contact")
_NEEDED = {"page": ("row",), "json": ("link", "title")}


@dataclass(frozen=True, slots=True)
class Entry:
    """An entry of the file: its first line, and each key with its line and value."""

    line: int
    values: dict[str, tuple[int, Any]]

    @classmethod
    def of(cls, node: yaml.Node) -> "Entry":
        """The entry that a node of the YAML file holds."""
        line = node.start_mark.line + 1
        if not isinstance(node, yaml.MappingNode):
            return cls(line, {})
        loader = yaml.SafeLoader("")
        pairs = (
            (key.value, key.start_mark.line + 1, loader.construct_object(value, deep=True)) for key, value in node.value
        )
        return cls(line, {str(key): (place, value) for key, place, value in pairs})

    @property
    def is_host(self) -> bool:
        """Whether the entry is about a host instead of a source."""
        return "host" in self.values and "name" not in self.values

    def plain(self) -> dict[str, Any]:
        """The values without their lines."""
        return {key: value for key, (_, value) in self.values.items()}


def mistakes_of(entry: Entry) -> Iterator[tuple[int, str]]:
    """Everything wrong with an entry, each mistake with its line."""
    keys = _HOST_KEYS if entry.is_host else _SOURCE_KEYS
    if not entry.is_host:
        yield from _missing(entry)
    for key, (line, value) in entry.values.items():
        if key not in keys:
            yield line, f"{key!r} is not known: use {', '.join(keys)}"
        elif complaint := _complaint(key, value):
            yield line, f"{key} is {value!r}: {complaint}"
    values = entry.plain()
    if values.get("robots") == "ignore" and not str(values.get("robots_reason") or "").strip():
        yield entry.values["robots"][0], "robots: ignore needs robots_reason, a line that says who decided it and why"
    if not entry.is_host:
        yield from _selectors(entry)


def duplicates(entries: Sequence[Entry]) -> Iterator[tuple[int, str]]:
    """The names and hosts that a second entry uses again."""
    seen: set[tuple[str, str]] = set()
    for entry in entries:
        key = "host" if entry.is_host else "name"
        line, value = entry.values.get(key, (entry.line, None))
        if isinstance(value, str) and (key, value) in seen:
            yield line, f"{key} {value!r} is used twice: {key}s are unique"
        seen.add((key, value if isinstance(value, str) else ""))


def _missing(entry: Entry) -> Iterator[tuple[int, str]]:
    for key in ("name", "kind"):
        if key not in entry.values:
            yield entry.line, f"a source needs {key!r}"
    kind = entry.values.get("kind", (0, ""))[1]
    if "file" in entry.values and kind != "opml":
        yield entry.values["file"][0], "file is read by kind opml only: use url"
    elif not {"url", "urls", "file"} & set(entry.values):
        yield entry.line, "a source needs 'url'"


def _selectors(entry: Entry) -> Iterator[tuple[int, str]]:
    kind = entry.values.get("kind", (0, ""))[1]
    line, given = entry.values.get("selectors", (entry.line, {}))
    known = SELECTORS.get(kind, ()) if isinstance(kind, str) else ()
    if not isinstance(given, dict) or (given and not known):
        if "selectors" in entry.values and isinstance(given, dict):
            yield line, f"selectors are for the kinds {' and '.join(SELECTORS)}, not for {kind}"
        return
    for name in _NEEDED.get(kind, ()):
        if name not in given:
            yield line, f"kind {kind} needs selectors with {name!r}"
    for name, value in given.items():
        if name not in known:
            yield line, f"selector {name!r} is not known: use {', '.join(known)}"
        elif complaint := _broken(kind, name, value):
            yield line, f"selector {name} is {value!r}: {complaint}"


def _broken(kind: str, name: str, value: Any) -> str:
    """What keeps a selector from being used; empty when nothing does."""
    if not isinstance(value, str) or not value:
        return "expected text"
    if name == "link_pattern":
        return _broken_pattern(value)
    if kind != "page" or name == "link_format" or "{page}" in value:
        return ""
    from lxml import etree  # only a file with selectors pays for the import
    from parsel import css2xpath

    try:
        etree.XPath(value if value.startswith(("/", "./", "(")) else css2xpath(value))
    except (etree.XPathError, SyntaxError, ValueError) as error:  # cssselect's errors are SyntaxErrors
        return f"expected a CSS selector or an XPath ({error})"
    return ""


def _broken_pattern(value: str) -> str:
    try:
        return "" if re.compile(value).groups == 1 else "expected a regular expression with one group"
    except re.error as error:
        return f"expected a regular expression with one group ({error})"


def _complaint(key: str, value: Any) -> str:
    checks = {
        "name": (isinstance(value, str) and bool(_NAME.fullmatch(value)), "lower-case letters, digits, - and _"),
        "host": (isinstance(value, str) and bool(_HOST.fullmatch(value)), "a host such as mp.weixin.qq.com"),
        "kind": (value in KINDS, f"one of {', '.join(KINDS)}"),
        "url": (_is_address(value), "an address such as https://www.miit.gov.cn/gzcy/yjzj/index.html"),
        "urls": (_are_addresses(value), "a list of addresses such as [https://www.miit.gov.cn/gzcy/yjzj/index.html]"),
        "fallback": (_is_address(value), "an address"),
        "file": (isinstance(value, str) and bool(value.strip()), "the name of a file beside sources.yaml"),
        "every": (isinstance(value, str) and bool(EVERY.fullmatch(value)), "a number with m, h or d, such as 30m"),
        "robots": (value in ROBOTS, f"one of {', '.join(ROBOTS)}"),
        "robots_reason": (isinstance(value, str), "a line of text"),
        "contact": (isinstance(value, str), "an address or a mail address"),
        "account": (isinstance(value, str), "a name"),
        "delay": (_is_number(value, 0, 3600), "seconds from 0 to 3600"),
        "first": (_is_number(value, 1, 1000) and isinstance(value, int), "a whole number of pages from 1"),
        "may_be_empty": (isinstance(value, bool), "true or false"),
        "selectors": (isinstance(value, dict), "names and selectors, such as {row: ul.list li, link: a}"),
        "checks": (_are_names(value), "a list of sources' names"),
        "bases": (_is_bases(value), 'hosts and addresses, such as {www.miit.gov.cn: "http://127.0.0.1:8000"}'),
    }
    fits, expected = checks[key]
    return "" if fits else f"expected {expected}"


def _is_address(value: Any) -> bool:
    try:
        parts = urlsplit(value) if isinstance(value, str) else urlsplit("")
        return parts.scheme in {"http", "https"} and bool(parts.hostname)
    except ValueError:
        return False


def _are_addresses(value: Any) -> bool:
    return isinstance(value, list) and bool(value) and all(map(_is_address, value))


def _are_names(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(name, str) for name in value)


def _is_number(value: Any, low: float, high: float) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and low <= value <= high


def _is_bases(value: Any) -> bool:
    return isinstance(value, dict) and all(isinstance(host, str) and _is_address(base) for host, base in value.items())
