"""The synonym file: names that mean the same, and where they do not."""

from dataclasses import dataclass
from functools import cache
from typing import Any

from config import operator
from config.settings import SettingsError

FILE = "synonyms.yaml"


@dataclass(frozen=True, slots=True)
class Synonym:
    """An entry: its full name, all its names (the full one first) and the strings in which they do not mean it."""

    name: str
    names: tuple[str, ...]
    not_in: tuple[str, ...] = ()


@cache
def synonyms() -> tuple[Synonym, ...]:
    """The entries of the operator's file or the default one; raises SettingsError that names the bad entry."""
    import yaml

    try:
        rows = yaml.load(operator.text(FILE), getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    except yaml.YAMLError as error:
        raise SettingsError(f"{FILE} is not valid YAML: {' '.join(str(error).split())}") from None
    if not isinstance(rows, list):
        raise SettingsError(f"{FILE} must be a list of entries such as - {{name: 工业和信息化部, names: [工信部]}}")
    return tuple(_entry(row) for row in rows)


def _entry(row: Any) -> Synonym:
    example = "a good one is {name: 工业和信息化部, names: [工信部, MIIT]}"
    if not isinstance(row, dict) or not isinstance(row.get("name"), str):
        raise SettingsError(f"{FILE}: an entry without a name: {row!r}; {example}")
    if strange := set(row) - {"name", "names", "not_in"}:
        raise SettingsError(f"{FILE}: {row['name']} has the unknown key {sorted(map(str, strange))[0]}; {example}")
    names, contexts = row.get("names") or [], row.get("not_in") or []
    if not isinstance(names, list) or not isinstance(contexts, list):
        raise SettingsError(f"{FILE}: names and not_in of {row['name']} must be lists; {example}")
    every = dict.fromkeys([row["name"], *map(str, names)])
    if bad := [name for name in every if not name.isalnum()]:
        raise SettingsError(f"{FILE}: the name {bad[0]!r} holds something besides letters, digits and Han")
    return Synonym(row["name"], tuple(every), tuple(map(str, contexts)))
