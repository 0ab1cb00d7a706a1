"""The saved objects of the description, as Kibana 8.19 and later import them: one JSON object a line."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from search.kibana.description import Board, Description, Panel, Search, View
from search.kibana.lens import lens

CORE = "8.8.0"
VERSIONS = {"index-pattern": "8.0.0", "search": "10.2.0", "dashboard": "10.2.0"}  # newer stamps are refused
PREFIX = "policywatch"


def ndjson(found: Description, aliases: Mapping[str, str]) -> str:
    """Everything as NDJSON; `aliases` name the indices that the views read, by `notices` and `sources`."""
    return "".join(f"{json.dumps(one, ensure_ascii=False)}\n" for one in objects(found, aliases))


def objects(found: Description, aliases: Mapping[str, str]) -> Iterator[dict[str, Any]]:
    """The saved objects, what is referred to before what refers to it."""
    for view in found.views:
        yield _view(view, aliases[view.index])
    for search in found.all_searches():
        yield _search(search)
    yield _dashboard(found.board)


def object_id(name: str) -> str:
    """The id of an object of ours: the same in every export, so that an import replaces what an earlier one made."""
    return f"{PREFIX}-{name}"


def _object(kind: str, name: str, attributes: dict[str, Any], references: list[dict[str, str]]) -> dict[str, Any]:
    return {
        "type": kind,
        "id": object_id(name),
        "attributes": attributes,
        "references": references,
        "managed": False,
        "coreMigrationVersion": CORE,
        "typeMigrationVersion": VERSIONS[kind],
    }


def _view(view: View, alias: str) -> dict[str, Any]:
    labels = {field: {"customLabel": label} for field, label in view.labels.items()}
    runtime = {name: {"type": field.type, "script": {"source": field.script}} for name, field in view.runtime.items()}
    attributes = {
        "title": alias,
        "name": view.name,
        "timeFieldName": view.time,
        "fieldAttrs": _text(labels),
        "fieldFormatMap": _text({}),
        "runtimeFieldMap": _text(runtime),
        "fields": _text([]),
    }
    return _object("index-pattern", view.id, attributes, [])


def _search(search: Search) -> dict[str, Any]:
    named = "kibanaSavedObjectMeta.searchSourceJSON.index"
    source = {"query": {"query": search.query, "language": "kuery"}, "filter": [], "indexRefName": named}
    attributes = {
        "title": search.title,
        "description": search.about,
        "columns": list(search.columns),
        "sort": [list(search.sort)],
        "grid": {},
        "hideChart": True,
        "isTextBasedQuery": False,
        "timeRestore": True,
        "timeRange": {"from": search.span, "to": "now"},
        "kibanaSavedObjectMeta": {"searchSourceJSON": _text(source)},
    }
    return _object("search", search.id, attributes, [_reference(named, search.view)])


def _dashboard(board: Board) -> dict[str, Any]:
    query = {"query": {"query": "", "language": "kuery"}, "filter": []}
    attributes = {
        "title": board.title,
        "description": board.about,
        "timeRestore": True,
        "timeFrom": board.start,
        "timeTo": board.end,
        "refreshInterval": {"pause": not board.refresh_minutes, "value": board.refresh_minutes * 60_000},
        "panelsJSON": _text([_panel(panel) for panel in board.panels]),
        "optionsJSON": _text({"useMargins": True, "syncColors": True, "syncCursor": True, "hidePanelTitles": False}),
        "kibanaSavedObjectMeta": {"searchSourceJSON": _text(query)},
    }
    references = [
        _reference(f"{panel.id}:{one['name']}", panel.view)
        for panel in board.panels
        for one in lens(panel, object_id(panel.view))["references"]
    ]
    return _object("dashboard", board.id, attributes, references)


def _panel(panel: Panel) -> dict[str, Any]:
    x, y, width, height = panel.grid
    return {
        "type": "lens",
        "panelIndex": panel.id,
        "gridData": {"x": x, "y": y, "w": width, "h": height, "i": panel.id},
        "embeddableConfig": {"attributes": lens(panel, object_id(panel.view))},
    }


def _reference(name: str, view: str) -> dict[str, str]:
    return {"name": name, "type": "index-pattern", "id": object_id(view)}


def _text(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
