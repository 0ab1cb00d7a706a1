"""Reads subscriptions.yaml, every value as the text that it was written as: 22:00 is a time and no number."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import yaml

from config.subscriptions import Wanted, complaints, tidy

FILE = "subscriptions.yaml"
LARGEST = 1_000_000  # characters of a file

TEXTS = ("name", "query", "pace", "at", "weekday", "language", "quiet", "zone")
LISTS = ("channels", "events", "remind")
FLAGS = ("working_days", "empty", "paused")
KEYS = (*TEXTS, *LISTS, *FLAGS)
_TRUE, _FALSE = ("true", "yes", "on"), ("false", "no", "off")


@dataclass(frozen=True, slots=True)
class Mistake:
    """Something wrong in a file, with its line, counted from 1."""

    line: int
    said: str


@dataclass(frozen=True, slots=True)
class Entry:
    """A subscription of the file; `paused` is None where the file does not say; `lines` are those of its keys."""

    wanted: Wanted
    paused: bool | None
    line: int
    lines: dict[str, int] = field(default_factory=dict)

    def line_of(self, key: str) -> int:
        """The line of a key, or of the entry where it has no such key."""
        return self.lines.get(key, self.line)


class _Wrong(Exception):
    """A value of another kind than its key takes."""


def read(text: str) -> tuple[list[Entry], list[Mistake]]:
    """The subscriptions that a file says, right or not, and everything that is wrong in them."""
    entries: list[Entry] = []
    mistakes: list[Mistake] = []
    names: dict[str, int] = {}
    for node in _nodes(text, mistakes):
        entry = _entry(node, mistakes)
        if entry is None:
            continue
        mistakes += [Mistake(entry.line_of(key), what) for key, what in complaints(entry.wanted)]
        name = entry.wanted.name
        if name in names:
            where = f"it stands in line {names[name]} already"
            mistakes.append(Mistake(entry.line_of("name"), f"name {name!r} is used twice: {where}"))
        names.setdefault(name, entry.line)
        entries.append(entry)
    return entries, mistakes


def _nodes(text: str, mistakes: list[Mistake]) -> list[yaml.Node]:
    if len(text) > LARGEST:
        mistakes.append(Mistake(1, f"the file has {len(text)} characters, at most {LARGEST} are read: split it"))
        return []
    try:
        root = yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        advice = "mend the line; a query that begins with a quote or a bracket goes between single quotes"
        mistakes.append(Mistake(line, f"not valid YAML ({error.problem}): {advice}"))
        return []
    except yaml.YAMLError as error:
        mistakes.append(Mistake(1, f"not valid YAML ({str(error).splitlines()[0]}): mend or remove it"))
        return []
    except RecursionError:
        mistakes.append(Mistake(1, "lists within lists too deep to read: write one list of subscriptions"))
        return []
    if root is None:
        return []
    if not isinstance(root, yaml.SequenceNode):
        mistakes.append(Mistake(root.start_mark.line + 1, "expected a list, each entry beginning '- name:'"))
        return []
    return list(root.value)


def _entry(node: yaml.Node, mistakes: list[Mistake]) -> Entry | None:
    """What an entry says; what it says in another shape is added as mistakes, and None stands for it."""
    line = node.start_mark.line + 1
    if not isinstance(node, yaml.MappingNode):
        mistakes.append(Mistake(line, "expected an entry that begins '- name:'"))
        return None
    values: dict[str, Any] = {}
    lines: dict[str, int] = {}
    found = [Mistake(at, said) for at, said in _read_pairs(node, values, lines)]
    found += [Mistake(line, f"a subscription needs {key!r}") for key in ("name", "query") if not values.get(key)]
    mistakes += found
    if found:
        return None
    paused = values.pop("paused", None)
    return Entry(tidy(Wanted(**values)), paused, line, lines)


def _read_pairs(node: yaml.MappingNode, values: dict[str, Any], lines: dict[str, int]) -> Iterator[tuple[int, str]]:
    for key_node, value in node.value:
        line = key_node.start_mark.line + 1
        key = key_node.value if isinstance(key_node, yaml.ScalarNode) else ""
        if key not in KEYS:
            yield line, f"{key!r} is not known: use {', '.join(KEYS)}"
        elif key in lines:
            yield line, f"{key!r} stands twice in one entry: keep one"
        else:
            lines[key] = line
            try:
                read = _value(key, value)
            except _Wrong as wrong:
                yield line, f"{key}: expected {wrong}"
            else:
                if read is not None:
                    values[key] = read


def _value(key: str, node: yaml.Node) -> Any:
    """The value of a key as its kind; None where nothing is written. Raises _Wrong with what was expected."""
    if isinstance(node, yaml.ScalarNode) and node.tag == "tag:yaml.org,2002:null":
        return None
    if key in LISTS:
        return _list(node, key)
    if not isinstance(node, yaml.ScalarNode):
        raise _Wrong("true or false" if key in FLAGS else "text")
    if key in TEXTS:
        return node.value.strip()
    if node.value.lower() not in (*_TRUE, *_FALSE):
        raise _Wrong("true or false")
    return node.value.lower() in _TRUE


def _list(node: yaml.Node, key: str) -> tuple[str, ...]:
    if isinstance(node, yaml.ScalarNode):
        parts = [part.strip() for part in node.value.split(",")]
        return () if key == "remind" and parts == ["none"] else tuple(part for part in parts if part)
    if not isinstance(node, yaml.SequenceNode) or not all(isinstance(one, yaml.ScalarNode) for one in node.value):
        raise _Wrong("a list such as [one, two]")
    return tuple(one.value.strip() for one in node.value)
