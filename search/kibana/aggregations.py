"""What a panel asks Elasticsearch: the buckets and measures that Lens asks for, so that a server can answer them."""

from collections.abc import Mapping
from typing import Any

from search.kibana.description import Board, Panel, Row, Runtime, Value, View

MISSING = "__missing__"  # Lens's own name for what has no value
CHOSEN = "chosen"  # of the documents that a measure's own query matches
NAMES = {"average": "avg"}
UNITS = {"d": "calendar_interval", "w": "calendar_interval", "M": "calendar_interval"}


def request(panel: Panel, board: Board, view: View, zone: str) -> dict[str, Any]:
    """The body of a search that answers a panel; `zone` is the browser's, which Kibana sends along."""
    span = {"range": {view.time: {"gte": board.start, "lte": board.end, "time_zone": zone}}}
    wanted = [kql(panel.query, zone)] if panel.query else []
    body: dict[str, Any] = {"size": 0, "track_total_hits": True, "query": {"bool": {"filter": [span, *wanted]}}}
    if view.runtime:
        body["runtime_mappings"] = runtime(view.runtime)
    if found := _nested(panel, list(panel.rows), zone):
        body["aggs"] = found
    return body


def kql(query: str, zone: str) -> dict[str, Any]:
    """A KQL query as the server's own parser reads it."""
    return {"kql": {"query": query, "time_zone": zone}}


def runtime(fields: Mapping[str, Runtime]) -> dict[str, Any]:
    """The fields that a view works out, as a search takes them along."""
    return {name: {"type": field.type, "script": {"source": field.script}} for name, field in fields.items()}


def _nested(panel: Panel, rows: list[Row], zone: str) -> dict[str, Any]:
    measures = {
        f"value{number}": _measure(value, zone) for number, value in enumerate(panel.values) if value.by != "count"
    }
    if not rows:
        return measures
    row, inner = rows[0], _nested(panel, rows[1:], zone)
    level = len(panel.rows) - len(rows)
    return {f"row{level}": {**_bucket(row, panel.values, zone), "aggs": inner | measures if inner else measures}}


def _measure(value: Value, zone: str) -> dict[str, Any]:
    if value.by != "last":
        measured = {NAMES.get(value.by, value.by): {"field": value.of}}
        return {"filter": kql(value.where, zone), "aggs": {CHOSEN: measured}} if value.where else measured
    newest = {"size": 1, "sort": [{value.at: {"order": "desc"}}], "docvalue_fields": [value.of], "_source": False}
    return {"filter": kql(has(value.of), zone), "aggs": {"last": {"top_hits": newest}}}


def has(field: str) -> str:
    """The KQL by which Lens leaves out what has no value of a field."""
    return f"{field}: *"


def _bucket(row: Row, values: tuple[Value, ...], zone: str) -> dict[str, Any]:
    if row.every:
        kind = UNITS.get(row.every[-1], "fixed_interval")
        return {"date_histogram": {"field": row.field, kind: row.every, "time_zone": zone, "min_doc_count": 0}}
    number = min(row.order.by, len(values) - 1)
    key = "_count" if values[number].by == "count" else f"value{number}{f'>{CHOSEN}' if values[number].where else ''}"
    terms: dict[str, Any] = {"field": row.field, "size": row.size, "order": {key: row.order.direction}}
    return {"terms": terms | {"missing": MISSING} if row.missing else terms}
