"""The synonym file: names for the same thing, and the texts in which they stand for something else."""

from dataclasses import dataclass
from functools import cache

import yaml

from config import operator
from config.settings import SettingsError

FILE = "synonyms.yaml"


@dataclass(frozen=True, slots=True)
class Entry:
    """Names of one thing, the entry's own first; `not_in` are texts in which a name does not mean it."""

    names: tuple[str, ...]
    not_in: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """The entry's own name, as the field `terms` holds it."""
        return self.names[0]


@cache
def load_synonyms() -> tuple[Entry, ...]:
    """The entries of the operator's file, else of the one that is shipped; raises SettingsError."""
    return read_synonyms(operator.text(FILE))


def read_synonyms(text: str) -> tuple[Entry, ...]:
    """The entries written in YAML; raises SettingsError that says what is wrong."""
    try:
        rows = yaml.load(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader)) or []
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        raise SettingsError(f"{FILE} line {mark.line + 1 if mark else 1}: not valid YAML; mend the line") from None
    entries = []
    for number, row in enumerate(rows if isinstance(rows, list) else [rows], 1):
        names = row.get("names") if isinstance(row, dict) else None
        others = row.get("not_in", []) if isinstance(row, dict) else []
        if not isinstance(names, list) or len(names) < 2 or not isinstance(others, list):
            raise SettingsError(f"{FILE} entry {number}: write `- names: [one, another]`, and lists only")
        entries.append(Entry(tuple(map(str, names)), tuple(map(str, others))))
    return tuple(entries)
