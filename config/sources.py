"""The sources that are crawled and the policies of hosts, read from sources.yaml; a mistake is named with its line."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import yaml

from config import operator
from config.opml import feeds_of
from config.settings import SettingsError
from config.source_checks import EVERY, Entry, duplicates, mistakes_of

FILE = "sources.yaml"
_MINUTES = {"m": 1, "h": 60, "d": 1440}


@dataclass(frozen=True, slots=True)
class Source:
    """One thing crawled on a schedule; `every` in minutes, `delay` in seconds, `first` in pages of a list.

    `urls` are all addresses of its lists, `url` the first of them; `file` names the OPML file they came from.
    `contact` stands in the user agent in place of the settings' one. `account` names the outlet where a feed does not.
    `fallback` is a list's address for the day its column page no longer names it. `selectors` are a list's parts.
    `checks` names sources whose lists hold the same rows. `bases` maps hosts to the addresses that are asked in their
    place: pages keep the addresses of the site itself.
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
    urls: tuple[str, ...] = ()
    file: str = ""
    contact: str = ""
    account: str = ""
    fallback: str = ""
    may_be_empty: bool = False
    selectors: Mapping[str, str] = field(default_factory=dict)
    checks: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        """Makes tuples of lists, so that a source is equal to itself after a way through JSON."""
        object.__setattr__(self, "urls", tuple(self.urls))
        object.__setattr__(self, "checks", tuple(self.checks))

    @property
    def addresses(self) -> tuple[str, ...]:
        """Every list's address, each once."""
        return tuple(dict.fromkeys((*((self.url,) if self.url else ()), *self.urls)))


@dataclass(frozen=True, slots=True)
class HostPolicy:
    """What the operator decided for a host, whatever source leads there; `delay` in seconds, None where not said."""

    host: str
    robots: str = "obey"
    robots_reason: str = ""
    delay: float | None = None
    contact: str = ""


@dataclass(frozen=True, slots=True)
class SourceFile:
    """What sources.yaml says."""

    sources: tuple[Source, ...] = ()
    hosts: tuple[HostPolicy, ...] = ()

    def policy(self, host: str, source: Source | None = None) -> HostPolicy:
        """The policy that holds for a host: its own entry's, else the one of the source that leads there."""
        for entry in self.hosts:
            if entry.host == host:
                return entry
        if source is None:
            return HostPolicy(host)
        return HostPolicy(host, source.robots, source.robots_reason, source.delay, source.contact)


def load_sources() -> tuple[Source, ...]:
    """The sources of the operator's sources.yaml, else of the one that is shipped; raises SettingsError."""
    return load().sources


def load() -> SourceFile:
    """All that the operator's sources.yaml says, else the one that is shipped; raises SettingsError."""
    return read_file(operator.text(FILE))


def read_sources(text: str, file: str = FILE) -> tuple[Source, ...]:
    """The sources written in YAML; raises SettingsError that names every mistake together, each with its line."""
    return read_file(text, file).sources


def read_file(text: str, file: str = FILE) -> SourceFile:
    """The sources and hosts written in YAML; raises SettingsError with every mistake and the line of each."""
    entries = [Entry.of(node) for node in _nodes(text, file)]
    sources: list[Source] = []
    mistakes: list[tuple[int, str]] = list(duplicates(entries))
    for entry in entries:
        found = list(mistakes_of(entry))
        mistakes += found
        if not found and not entry.is_host:
            source, trouble = _source(entry)
            mistakes += trouble
            sources.append(source)
    mistakes += _unknown_checks(entries, {source.name for source in sources})
    if mistakes:
        raise SettingsError("; ".join(f"{file} line {line}: {mistake}" for line, mistake in sorted(mistakes)))
    return SourceFile(tuple(sources), tuple(HostPolicy(**entry.plain()) for entry in entries if entry.is_host))


def _nodes(text: str, file: str) -> list[yaml.Node]:
    try:
        root = yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise SettingsError(f"{file} line {line}: not valid YAML ({error.problem}): mend the line") from None
    except yaml.YAMLError as error:
        raise SettingsError(f"{file}: not valid YAML ({error}): mend or remove it") from None
    if root is None:
        return []
    if not isinstance(root, yaml.SequenceNode):
        raise SettingsError(
            f"{file} line {root.start_mark.line + 1}: expected a list of sources, each beginning with '- name:'"
        )
    return list(root.value)


def _source(entry: Entry) -> tuple[Source, list[tuple[int, str]]]:
    """The source an entry describes; an OPML file beside sources.yaml is read here, and what is wrong with it said."""
    values: dict[str, Any] = entry.plain()
    number, unit = EVERY.fullmatch(values.pop("every", "1h")).groups()  # type: ignore[union-attr]
    urls = tuple(values.pop("urls", ()))
    trouble: list[tuple[int, str]] = []
    if "file" in values:
        line = entry.values["file"][0]
        try:
            urls += tuple(feed.url for feed in feeds_of(operator.content(values["file"])))
        except (OSError, ValueError) as error:
            trouble.append((line, f"file {values['file']}: {error}"))
    url = values.pop("url", "") or (urls[0] if urls else "")
    checks = tuple(values.pop("checks", ()))
    return Source(url=url, urls=urls, checks=checks, every=int(number) * _MINUTES[unit], **values), trouble


def _unknown_checks(entries: list[Entry], names: set[str]) -> list[tuple[int, str]]:
    found = [(entry.values["checks"], entry) for entry in entries if "checks" in entry.values]
    return [
        (line, f"checks names {name!r}, which is no source: use names of this file")
        for (line, value), _ in found
        if isinstance(value, list)
        for name in value
        if name not in names
    ]
