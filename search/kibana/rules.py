"""What a file of saved objects must satisfy to be imported, checked without a Kibana."""

import json
from collections.abc import Iterator, Mapping
from itertools import combinations
from typing import Any

from search.kibana.fields import Fields
from search.kibana.objects import CORE, VERSIONS

ROOT = {"type", "id", "attributes", "references", "managed", "coreMigrationVersion", "typeMigrationVersion"}
ATTRIBUTES = {
    "index-pattern": {
        *("title", "name", "timeFieldName", "fieldAttrs", "fieldFormatMap", "runtimeFieldMap", "fields"),
    },
    "search": {
        *("title", "description", "columns", "sort", "grid", "hideChart", "isTextBasedQuery"),
        *("timeRestore", "timeRange", "kibanaSavedObjectMeta"),
    },
    "dashboard": {
        *("title", "description", "timeRestore", "timeFrom", "timeTo", "refreshInterval", "panelsJSON"),
        *("optionsJSON", "kibanaSavedObjectMeta", "controlGroupInput"),
    },
}
LENS = {"lnsXY", "lnsPie", "lnsDatatable", "lnsMetric", "lnsTagcloud"}
TEXTS = {"fieldAttrs", "fieldFormatMap", "runtimeFieldMap", "fields", "panelsJSON", "optionsJSON"}
WIDTH = 48
RECORDS = "___records___"

Object = Mapping[str, Any]


def complaints(text: str, fields: Mapping[str, Fields]) -> list[str]:
    """What is wrong with an NDJSON file, a line each; `fields` are those of the aliases, by alias."""
    rows: list[Object] = []
    found: list[str] = []
    for number, line in enumerate(text.splitlines(), 1):
        try:
            rows.append(json.loads(line))
        except ValueError:
            found.append(f"line {number}: not a JSON object")
    marks = [(one.get("type"), one.get("id")) for one in rows]
    found += [f"{mark} stands twice" for mark in sorted({mark for mark in marks if marks.count(mark) > 1})]
    views = {one["id"]: one for one in rows if one.get("type") == "index-pattern"}
    known = {name: _with_runtime(fields.get(view["attributes"]["title"]), view) for name, view in views.items()}
    for one in rows:
        found += [f"{one.get('type')} {one.get('id')}: {said}" for said in _object(one, set(marks), known)]
    return found


def _with_runtime(found: Fields | None, view: Object) -> Fields:
    if found is None:
        return Fields({})
    given = json.loads(view["attributes"].get("runtimeFieldMap") or "{}")
    return found.with_runtime({name: field["type"] for name, field in given.items()})


def _object(one: Object, marks: set[tuple[Any, Any]], views: Mapping[str, Fields]) -> Iterator[str]:
    kind, attributes = one.get("type", ""), one.get("attributes", {})
    if kind not in VERSIONS:
        yield f"the type is not one of {', '.join(VERSIONS)} (an export summary is none)"
        return
    yield from (f"key {key} is refused" for key in sorted(set(one) - ROOT))
    yield from (f"key {key} is missing" for key in sorted(ROOT - set(one)))
    if one.get("coreMigrationVersion") != CORE or one.get("typeMigrationVersion") != VERSIONS[kind]:
        yield f"the stamps must be {CORE} and {VERSIONS[kind]}: newer ones are refused"
    yield from (f"attribute {key} is refused" for key in sorted(set(attributes) - ATTRIBUTES[kind]))
    yield from (
        f"{key} is not JSON in a string" for key in sorted(TEXTS & set(attributes)) if not _is_json(attributes[key])
    )
    for reference in one.get("references", ()):
        if (reference["type"], reference["id"]) not in marks:
            yield f"reference {reference['name']} leads to nothing in the file"
    yield from {"index-pattern": _view, "search": _search, "dashboard": _dashboard}[kind](one, views)


def _view(one: Object, views: Mapping[str, Fields]) -> Iterator[str]:
    fields, attributes = views[one["id"]], one["attributes"]
    if not fields.names:
        yield f"no index of ours is called {attributes['title']}"
        return
    named = [attributes["timeFieldName"], *json.loads(attributes["fieldAttrs"])]
    yield from (f"field {name} is not in the mapping" for name in named if name not in fields.names)


def _search(one: Object, views: Mapping[str, Fields]) -> Iterator[str]:
    attributes, references = one["attributes"], {ref["name"]: ref["id"] for ref in one["references"]}
    source = json.loads(attributes["kibanaSavedObjectMeta"]["searchSourceJSON"])
    if source.get("indexRefName") not in references:
        yield "its index is no reference"
        return
    if source["query"]["language"] != "kuery":
        yield "its language is not kuery"
    fields = views[references[source["indexRefName"]]]
    named = [*attributes["columns"], *(field for field, _ in attributes["sort"])]
    yield from (f"field {name} is not in the mapping" for name in named if name not in fields.names)
    yield from (
        f"field {name} cannot be sorted by" for name, _ in attributes["sort"] if name not in fields.aggregatable
    )


def _dashboard(one: Object, views: Mapping[str, Fields]) -> Iterator[str]:
    panels = json.loads(one["attributes"]["panelsJSON"])
    references = {ref["name"]: ref["id"] for ref in one["references"]}
    used: set[str] = set()
    for panel in panels:
        index = panel["panelIndex"]
        given = panel["embeddableConfig"]["attributes"]
        if panel["gridData"]["i"] != index:
            yield f"panel {index}: its grid names another panel"
        if given["visualizationType"] not in LENS:
            yield f"panel {index}: {given['visualizationType']} is no kind of Lens"
        for reference in given["references"]:
            name = f"{index}:{reference['name']}"
            used.add(name)
            if references.get(name) != reference["id"]:
                yield f"panel {index}: the dashboard has no reference {name}"
        yield from (f"panel {index}: {said}" for said in _layers(given, views))
    yield from (f"reference {name} is used by no panel" for name in sorted(set(references) - used))
    yield from _grid(panels)


def _layers(given: Object, views: Mapping[str, Fields]) -> Iterator[str]:
    references = {ref["name"]: ref["id"] for ref in given["references"]}
    for name, layer in given["state"]["datasourceStates"]["formBased"]["layers"].items():
        view = references.get(f"indexpattern-datasource-layer-{name}", "")
        if view not in views:
            yield f"layer {name} has no data view"
            continue
        columns = layer["columns"]
        if sorted(layer["columnOrder"]) != sorted(columns):
            yield f"layer {name}: columnOrder does not name every column once"
        for column in columns.values():
            yield from _column(column, columns, views[view])
    yield from (f"{column} is drawn and is no column" for column in sorted(_drawn(given) - _columns(given)))


def _column(column: Object, columns: Mapping[str, Any], fields: Fields) -> Iterator[str]:
    field = column["sourceField"]
    if field == RECORDS:
        return
    if field not in fields.names:
        yield f"field {field} is not in the mapping"
    elif field not in fields.aggregatable:
        yield f"field {field} has no buckets and no measures"
    if column["operationType"] == "last_value":
        newest = column["params"].get("sortField")
        if fields.names.get(newest) != "date":
            yield f"the last value of {field} is told by {newest}, which is no time"
    ordered = column["params"].get("orderBy", {}).get("columnId")
    if ordered is not None and ordered not in columns:
        yield f"rows are ordered by {ordered}, which is no column"


def _columns(given: Object) -> set[str]:
    layers = given["state"]["datasourceStates"]["formBased"]["layers"].values()
    return {name for layer in layers for name in layer["columns"]}


def _drawn(given: Object) -> set[str]:
    """Every column that the drawing names."""
    drawn = given["state"]["visualization"]
    named: set[str] = set()
    for part in [drawn, *drawn.get("layers", ())]:
        for key in ("metricAccessor", "tagAccessor", "valueAccessor", "xAccessor", "splitAccessor"):
            named |= {part[key]} if key in part else set()
        named |= set(part.get("accessors", ()))
        named |= {one["columnId"] for one in part.get("columns", ())}
    return named


def _grid(panels: list[Any]) -> Iterator[str]:
    boxes = {panel["panelIndex"]: panel["gridData"] for panel in panels}
    yield from (f"panel {name} is wider than {WIDTH}" for name, box in boxes.items() if box["x"] + box["w"] > WIDTH)
    for (one, a), (two, b) in combinations(boxes.items(), 2):
        beside = a["x"] + a["w"] <= b["x"] or b["x"] + b["w"] <= a["x"]
        below = a["y"] + a["h"] <= b["y"] or b["y"] + b["h"] <= a["y"]
        if not beside and not below:
            yield f"panels {one} and {two} overlap"


def _is_json(text: Any) -> bool:
    try:
        json.loads(text)
    except (TypeError, ValueError):
        return False
    return isinstance(text, str)
