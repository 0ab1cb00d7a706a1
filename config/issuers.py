"""Regulators by every name they go by: the table behind `issuers.yaml`."""

from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from types import MappingProxyType

import yaml

FILE = "issuers.yaml"


@dataclass(frozen=True, slots=True)
class IssuerTable:
    """`names` maps every name of a national body to the one shown; `local` short forms behind a place to full ones.

    `outlets` maps a body's own website or account to the body.
    """

    names: MappingProxyType[str, str]
    local: MappingProxyType[str, str]
    outlets: MappingProxyType[str, str]


@lru_cache(maxsize=1)
def issuer_table() -> IssuerTable:
    """The table of the package's own file, read once."""
    return read_table(files("config").joinpath(FILE).read_text(encoding="utf-8"))


def read_table(text: str) -> IssuerTable:
    """The table of a file's text; ValueError names an alias that two bodies claim."""
    data = yaml.safe_load(text)
    names: dict[str, str] = {}
    for body, aliases in data["bodies"].items():
        for name in (body, *aliases):
            if names.setdefault(name, body) != body:
                raise ValueError(f"{FILE}: {name} stands for both {names[name]} and {body}: keep one")
    return IssuerTable(
        MappingProxyType(names), MappingProxyType(dict(data["local"])), MappingProxyType(dict(data["outlets"]))
    )
