"""A panel as Kibana's Lens keeps it: columns of one layer, and how they are drawn."""

from typing import Any

from search.kibana.aggregations import has
from search.kibana.description import Panel, Row, Value

LAYER = "layer1"
RECORDS = "___records___"
KINDS = {
    "metric": "lnsMetric",
    "table": "lnsDatatable",
    "bars": "lnsXY",
    "rows": "lnsXY",
    "cloud": "lnsTagcloud",
}
DATES = frozenset({"published", "deadline", "open_until", "started"})


def lens(panel: Panel, view_id: str) -> dict[str, Any]:
    """The attributes of a panel by value, with its reference to the data view."""
    columns = {_row_id(n): _bucket(row, panel) for n, row in enumerate(panel.rows)}
    columns |= {_value_id(n): _measure(value) for n, value in enumerate(panel.values)}
    layer = {"columns": columns, "columnOrder": list(columns), "incompleteColumns": {}}
    return {
        "title": panel.title,
        "visualizationType": KINDS[panel.kind],
        "state": {
            "visualization": _drawn(panel),
            "query": {"query": panel.query, "language": "kuery"},
            "filters": [],
            "datasourceStates": {"formBased": {"layers": {LAYER: layer}}},
        },
        "references": [{"type": "index-pattern", "id": view_id, "name": f"indexpattern-datasource-layer-{LAYER}"}],
    }


def _row_id(number: int) -> str:
    return f"row{number}"


def _value_id(number: int) -> str:
    return f"value{number}"


def _bucket(row: Row, panel: Panel) -> dict[str, Any]:
    named = {"label": row.label or row.field, "customLabel": True, "isBucketed": True, "sourceField": row.field}
    if row.every:
        params = {"interval": row.every, "includeEmptyRows": True, "dropPartials": False}
        return {
            **named,
            "operationType": "date_histogram",
            "dataType": "date",
            "scale": "interval",
            "params": params,
        }
    order = {"type": "column", "columnId": _value_id(min(row.order.by, len(panel.values) - 1))}
    params = {
        "size": row.size,
        "orderBy": order,
        "orderDirection": row.order.direction,
        "otherBucket": False,
        "missingBucket": row.missing,
        "parentFormat": {"id": "terms"},
    }
    return {**named, "operationType": "terms", "dataType": "string", "scale": "ordinal", "params": params}


def _measure(value: Value) -> dict[str, Any]:
    named = {"label": value.label, "customLabel": True, "isBucketed": False, "sourceField": value.of or RECORDS}
    if value.by == "last":
        return {
            **named,
            "operationType": "last_value",
            "dataType": "string",
            "scale": "ordinal",
            "filter": {"query": has(value.of), "language": "kuery"},
            "params": {"sortField": value.at, "showArrayValues": True},
        }
    where = {"filter": {"query": value.where, "language": "kuery"}} if value.where else {}
    return {
        **named,
        **where,
        "operationType": value.by,
        "dataType": "date" if value.of in DATES else "number",
        "scale": "ratio",
        "params": {"emptyAsNull": value.by != "count"},
    }


def _drawn(panel: Panel) -> dict[str, Any]:
    layer = {"layerId": LAYER, "layerType": "data"}
    values = [_value_id(n) for n in range(len(panel.values))]
    rows = [_row_id(n) for n in range(len(panel.rows))]
    if panel.kind == "metric":
        return {**layer, "metricAccessor": values[0]}
    if panel.kind == "table":
        return {**layer, "columns": [{"columnId": one, "isTransposed": False} for one in [*rows, *values]]}
    if panel.kind == "cloud":
        fonts = {"maxFontSize": 60, "minFontSize": 14, "orientation": "single", "showLabel": False}
        return {**layer, "tagAccessor": rows[0], "valueAccessor": values[0], **fonts}
    series = "bar_horizontal" if panel.kind == "rows" else "bar_stacked"
    split = {"splitAccessor": rows[1]} if len(rows) > 1 else {}
    drawn = {**layer, "seriesType": series, "xAccessor": rows[0], **split, "accessors": values}
    return {
        "preferredSeriesType": series,
        "legend": {"isVisible": len(rows) > 1, "position": "right"},
        "valueLabels": "hide",
        "layers": [drawn],
    }
