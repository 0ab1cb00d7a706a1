"""The channels that alerts go to, read from channels.yaml; a mistake is named with its line."""

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import yaml

from config import operator
from config.settings import SettingsError
from config.settings import folder as own_folder

FILE = "channels.yaml"
KINDS = ("webhook",)
TIMEOUT = 20.0  # seconds
LONGEST = 60.0  # seconds; a lease on a message outlasts it

_NAME = re.compile(r"[\w][\w.-]{0,62}")
_KEYS = ("name", "kind", "url", "secret_env", "secret_file", "timeout")


@dataclass(frozen=True, slots=True)
class Channel:
    """Where messages go and how; `timeout` in seconds, `secret` the signature's key, empty for none, never printed."""

    name: str
    kind: str
    url: str = field(repr=False)
    secret_env: str = ""
    secret_file: str = ""
    timeout: float = TIMEOUT
    secret: str = field(default="", repr=False)

    @property
    def problem(self) -> str:
        """Why the channel cannot be used now, empty when it can."""
        if self.secret:
            return ""
        if self.secret_env:
            return f"the environment has no {self.secret_env}: set it to the channel's secret"
        return f"no secret can be read from {self.secret_file}: check the file" if self.secret_file else ""


def load_channels() -> dict[str, Channel]:
    """The channels of the operator's channels.yaml by name, with their secrets; raises SettingsError."""
    return read_channels(operator.text(FILE), folder=own_folder())


def read_channels(text: str, folder: Path | None = None, file: str = FILE) -> dict[str, Channel]:
    """The channels written in YAML; raises SettingsError that names every mistake together, each with its line."""
    channels: dict[str, Channel] = {}
    mistakes: list[str] = []
    for line, entry in _entries(text, file):
        found = list(_mistakes(line, entry, channels))
        mistakes += [f"{file} line {number}: {mistake}" for number, mistake in found]
        if not found:
            values = {key: value for key, (_, value) in entry.items()}
            channel = Channel(**{**values, "timeout": float(values.get("timeout", TIMEOUT))})
            channels[channel.name] = replace(channel, secret=_secret(channel, folder))
    if mistakes:
        raise SettingsError("; ".join(mistakes))
    return channels


def is_address(value: object) -> bool:
    """Whether a value is an address that can receive a webhook."""
    try:
        parts = urlsplit(value) if isinstance(value, str) else None
        return parts is not None and parts.scheme in ("http", "https") and bool(parts.hostname)
    except ValueError:
        return False


def shown(channel: str) -> str:
    """A channel as it may be printed: a name as it is, of an address only its host."""
    if not is_address(channel):
        return channel
    parts = urlsplit(channel)
    port = f":{parts.port}" if parts.port else ""
    return f"{parts.scheme}://{parts.hostname}{port}/***"


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
    loader = yaml.SafeLoader("")
    for node in root.value:
        pairs = node.value if isinstance(node, yaml.MappingNode) else []
        entry = {
            str(key.value): (key.start_mark.line + 1, loader.construct_object(value, deep=True)) for key, value in pairs
        }
        yield node.start_mark.line + 1, entry


def _mistakes(start: int, entry: dict[str, tuple[int, Any]], known: dict[str, Channel]) -> Iterator[tuple[int, str]]:
    for key in ("name", "kind", "url"):
        if key not in entry:
            yield start, f"a channel needs {key!r}"
    for key, (line, value) in entry.items():
        if key not in _KEYS:
            yield line, f"{key!r} is not known: use {', '.join(_KEYS)}"
        elif complaint := _complaint(key, value):
            told = "not one" if key == "url" else repr(value)  # an address may hold a secret
            yield line, f"{key} is {told}: {complaint}"
        elif key == "name" and value in known:
            yield line, f"name {value!r} is used twice: names are unique"


def _complaint(key: str, value: Any) -> str:
    checks = {
        "name": (isinstance(value, str) and bool(_NAME.fullmatch(value)), "letters, digits, - . and _"),
        "kind": (value in KINDS, f"one of {', '.join(KINDS)}"),
        "url": (is_address(value), "an address such as https://hooks.example.org/policywatch"),
        "timeout": (type(value) in (int, float) and 0 < value <= LONGEST, f"seconds, at most {LONGEST:.0f}"),
    }
    right, good = checks.get(key, (isinstance(value, str), "text"))
    return "" if right else f"expected {good}"


def _secret(channel: Channel, folder: Path | None) -> str:
    if channel.secret_env:
        return os.environ.get(channel.secret_env, "")
    if not channel.secret_file:
        return ""
    try:
        return ((folder or Path()) / channel.secret_file).read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError):
        return ""
