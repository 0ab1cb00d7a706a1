"""The sources that are crawled, read from sources.yaml; a mistake is named with its line."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

import yaml

from config import operator
from config.settings import SettingsError

FILE = "sources.yaml"
KINDS = ("unit", "feed")
ROBOTS = ("obey", "ignore")

_NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,62}")
_EVERY = re.compile(r"(\d{1,4})([mhd])")
_MINUTES = {"m": 1, "h": 60, "d": 1440}
_KEYS = ("name", "kind", "url", "every", "robots", "robots_reason", "delay", "first", "bases")


@dataclass(frozen=True, slots=True)
class Source:
    """One thing crawled on a schedule; `every` in minutes, `delay` in seconds, `first` in pages of a list.

    `bases` maps hosts to the addresses that are asked in their place: pages keep the addresses of the site itself.
    """

    name: str
    kind: str
    url: str
    every: int = 60
    robots: str = "obey"
    robots_reason: str = ""
    delay: float = 3.0
    first: int = 2
    bases: Mapping[str, str] = field(default_factory=dict)


def load_sources() -> tuple[Source, ...]:
    """The sources of the operator's sources.yaml, else of the one that is shipped; raises SettingsError."""
    return read_sources(operator.text(FILE))


def read_sources(text: str, file: str = FILE) -> tuple[Source, ...]:
    """The sources written in YAML; raises SettingsError that names every mistake together, each with its line."""
    try:
        root = yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise SettingsError(f"{file} line {line}: not valid YAML ({error.problem}): mend the line") from None
    except yaml.YAMLError as error:
        raise SettingsError(f"{file}: not valid YAML ({error}): mend or remove it") from None
    if root is None:
        return ()
    if not isinstance(root, yaml.SequenceNode):
        raise SettingsError(
            f"{file} line {root.start_mark.line + 1}: expected a list of sources, each beginning with '- name:'"
        )
    sources: list[Source] = []
    mistakes: list[str] = []
    for node in root.value:
        entry = _entry(node)
        found = list(_mistakes(node, entry, {source.name for source in sources}))
        mistakes += [f"{file} line {line}: {mistake}" for line, mistake in found]
        if not found:
            sources.append(_source(entry))
    if mistakes:
        raise SettingsError("; ".join(mistakes))
    return tuple(sources)


def _entry(node: yaml.Node) -> dict[str, tuple[int, Any]]:
    """A source's keys with the line and the value of each."""
    if not isinstance(node, yaml.MappingNode):
        return {}
    loader = yaml.SafeLoader("")
    values = (
        (key.value, key.start_mark.line + 1, loader.construct_object(value, deep=True)) for key, value in node.value
    )
    return {str(key): (line, value) for key, line, value in values}


def _mistakes(node: yaml.Node, entry: dict[str, tuple[int, Any]], names: set[str]) -> Iterator[tuple[int, str]]:
    start = node.start_mark.line + 1
    for key in ("name", "kind", "url"):
        if key not in entry:
            yield start, f"a source needs {key!r}"
    for key, (line, value) in entry.items():
        if key not in _KEYS:
            yield line, f"{key!r} is not known: use {', '.join(_KEYS)}"
        elif complaint := _complaint(key, value):
            yield line, f"{key} is {value!r}: {complaint}"
        elif key == "name" and value in names:
            yield line, f"name {value!r} is used twice: names are unique"
    robots, reason = entry.get("robots", (start, "obey")), entry.get("robots_reason", (start, ""))
    if robots[1] == "ignore" and not str(reason[1] or "").strip():
        yield robots[0], "robots: ignore needs robots_reason, a line that says who decided it and why"


def _complaint(key: str, value: Any) -> str:
    checks = {
        "name": (isinstance(value, str) and bool(_NAME.fullmatch(value)), "lower-case letters, digits, - and _"),
        "kind": (value in KINDS, f"one of {', '.join(KINDS)}"),
        "url": (_is_address(value), "an address such as https://www.miit.gov.cn/gzcy/yjzj/index.html"),
        "every": (isinstance(value, str) and bool(_EVERY.fullmatch(value)), "a number with m, h or d, such as 30m"),
        "robots": (value in ROBOTS, f"one of {', '.join(ROBOTS)}"),
        "robots_reason": (isinstance(value, str), "a line of text"),
        "delay": (_is_number(value, 0, 3600), "seconds from 0 to 3600"),
        "first": (_is_number(value, 1, 1000) and isinstance(value, int), "a whole number of pages from 1"),
        "bases": (_is_bases(value), 'hosts and addresses, such as {www.miit.gov.cn: "http://127.0.0.1:8000"}'),
    }
    fits, expected = checks[key]
    return "" if fits else f"expected {expected}"


def _source(entry: dict[str, tuple[int, Any]]) -> Source:
    values = {key: value for key, (_, value) in entry.items()}
    number, unit = _EVERY.fullmatch(values.pop("every", "1h")).groups()  # type: ignore[union-attr]
    return Source(**values, every=int(number) * _MINUTES[unit])


def _is_address(value: Any) -> bool:
    try:
        parts = urlsplit(value) if isinstance(value, str) else urlsplit("")
        return parts.scheme in {"http", "https"} and bool(parts.hostname)
    except ValueError:
        return False


def _is_number(value: Any, low: float, high: float) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and low <= value <= high


def _is_bases(value: Any) -> bool:
    return isinstance(value, dict) and all(isinstance(host, str) and _is_address(base) for host, base in value.items())
