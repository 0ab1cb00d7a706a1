"""The channels that alerts go to, read from channels.yaml; a mistake is named with its line."""

import os
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import yaml

from config import operator
from config.channel_rules import LONGEST, TIMEOUT, Entry, is_address, mistakes
from config.masking import remember, remember_address
from config.settings import SettingsError
from config.settings import folder as own_folder

__all__ = ["LONGEST", "TIMEOUT", "Channel", "is_address", "load_channels", "read_channels", "shown"]

FILE = "channels.yaml"


@dataclass(frozen=True, slots=True)
class Channel:
    """Where messages go and how.

    `url` and `secret` (the signature's key, or the mailbox's password) are never printed; `timeout` is in seconds;
    `private` allows an address inside a private network; `per_minute` 0 means the kind's own limit.
    """

    name: str
    kind: str
    url: str = field(default="", repr=False)
    secret_env: str = ""
    secret_file: str = ""
    timeout: float = TIMEOUT
    secret: str = field(default="", repr=False)
    url_env: str = ""
    url_file: str = ""
    private: bool = False
    per_minute: int = 0
    security: str = "starttls"
    user: str = ""
    sender: str = ""
    to: tuple[str, ...] = ()

    @property
    def problem(self) -> str:
        """Why the channel cannot be used now, empty when it can."""
        for what, value, variable, file in (
            ("address", self.url, self.url_env, self.url_file),
            ("secret", self.secret, self.secret_env, self.secret_file),
        ):
            if not value and variable:
                return f"the environment has no {variable}: set it to the channel's {what}"
            if not value and file:
                return f"no {what} can be read from {file}: check the file"
        if self.url_env or self.url_file:
            entry: Entry = {"name": (0, self.name), "kind": (0, self.kind), "url": (0, self.url)}
            for _, mistake in mistakes(0, entry, ()):
                if mistake.startswith("url "):
                    return f"the address in {self.url_env or self.url_file} is of no use: {mistake.partition(': ')[2]}"
        return ""


def load_channels() -> dict[str, Channel]:
    """The channels of the operator's channels.yaml by name, with their secrets; raises SettingsError."""
    return read_channels(operator.text(FILE), folder=own_folder())


def read_channels(text: str, folder: Path | None = None, file: str = FILE) -> dict[str, Channel]:
    """The channels written in YAML; raises SettingsError that names every mistake together, each with its line."""
    channels: dict[str, Channel] = {}
    told: list[str] = []
    for line, entry in _entries(text, file):
        found = list(mistakes(line, entry, channels))
        told += [f"{file} line {number}: {mistake}" for number, mistake in found]
        if not found:
            channel = _channel({key: value for key, (_, value) in entry.items()}, folder)
            channels[channel.name] = channel
    if told:
        raise SettingsError("; ".join(told))
    return channels


def shown(channel: str) -> str:
    """A channel as it may be printed: a name as it is, of a web address only its host, of another only its kind."""
    if not is_address(channel):
        scheme, mark, _ = channel.partition("://")
        return f"{scheme}{mark}***" if mark else channel
    parts = urlsplit(channel)
    port = f":{parts.port}" if parts.port else ""
    return f"{parts.scheme}://{parts.hostname}{port}/***"


def _channel(values: dict[str, Any], folder: Path | None) -> Channel:
    to = values.pop("to", ())
    values |= {"to": tuple(to) if isinstance(to, list) else (to,)} if to else {}
    values |= {"sender": values.pop("from")} if "from" in values else {}
    read = Channel(**{**values, "timeout": float(values.get("timeout", TIMEOUT))})
    secret = _hidden(read.secret_env, read.secret_file, folder)
    url = read.url or _hidden(read.url_env, read.url_file, folder)
    remember(secret)
    remember_address(url, every_piece=read.kind == "apprise")
    return replace(read, secret=secret, url=url)


def _hidden(variable: str, file: str, folder: Path | None) -> str:
    if variable:
        return os.environ.get(variable, "").strip()
    if not file:
        return ""
    try:
        return ((folder or Path()) / file).read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError):
        return ""


def _entries(text: str, file: str) -> Iterator[tuple[int, dict[str, tuple[int, Any]]]]:
    try:
        root = yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise SettingsError(f"{file} line {line}: not valid YAML ({error.problem}): mend the line") from None
    except yaml.YAMLError as error:
        raise SettingsError(f"{file}: not valid YAML ({str(error).splitlines()[0]}): mend or remove it") from None
    if root is None:
        return
    if not isinstance(root, yaml.SequenceNode):
        raise SettingsError(f"{file} line {root.start_mark.line + 1}: expected a list, each entry beginning '- name:'")
    for node in root.value:
        yield node.start_mark.line + 1, _entry(node, file)


def _entry(node: yaml.Node, file: str) -> dict[str, tuple[int, Any]]:
    loader = yaml.SafeLoader("")
    entry: dict[str, tuple[int, Any]] = {}
    for key, value in node.value if isinstance(node, yaml.MappingNode) else []:
        line = key.start_mark.line + 1
        if str(key.value) in entry:
            raise SettingsError(f"{file} line {line}: {key.value!r} is given twice: remove one")
        try:
            entry[str(key.value)] = (line, loader.construct_object(value, deep=True))
        except yaml.YAMLError:
            raise SettingsError(f"{file} line {line}: {key.value!r} is of no use: write text or a number") from None
    return entry
