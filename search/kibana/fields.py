"""The fields of our indices as Kibana sees them: which there are, and which can be bucketed and sorted by."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

_BUCKETS = {"keyword", "long", "integer", "float", "double", "date", "boolean"}


@dataclass(frozen=True, slots=True)
class Fields:
    """The fields of an index with their types; those inside `nested` ones are left out, for Lens cannot use them."""

    names: Mapping[str, str]

    @property
    def aggregatable(self) -> frozenset[str]:
        """The fields that can be bucketed, measured and sorted by."""
        return frozenset(name for name, kind in self.names.items() if kind in _BUCKETS)

    def with_runtime(self, more: Mapping[str, str]) -> "Fields":
        """The same fields and those that a view works out by itself."""
        return Fields({**self.names, **more})


def fields_of(mappings: Mapping[str, Any]) -> Fields:
    """The fields of an index's mappings."""
    properties: Mapping[str, Any] = mappings["properties"]
    return Fields(dict(_fields(properties, "", properties)))


def _fields(properties: Mapping[str, Any], before: str, root: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for name, field in properties.items():
        kind = field.get("type", "object")
        if kind == "alias":
            kind = root[field["path"]]["type"]
        if kind == "nested":
            continue
        yield f"{before}{name}", kind
        for inner in ("fields", "properties"):
            yield from _fields(field.get(inner, {}), f"{before}{name}.", root)
