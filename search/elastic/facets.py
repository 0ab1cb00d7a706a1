"""Facets from Elasticsearch: the counts that the embedded index would give."""

from collections import Counter
from typing import Any

from search.elastic.asking import Asking
from search.elastic.dsl import Dsl
from search.facets import most

COUNTED = 2_000  # values that the server counts; of those with the same number, the first by name are shown
FIELDS = {"type": "type", "issuer": "issuer.shown", "account": "account.shown"}
MONTH = {"field": "published", "calendar_interval": "month", "time_zone": "Asia/Shanghai", "format": "yyyy-MM"}
ASKED: dict[str, Any] = {name: {"terms": {"field": field, "size": COUNTED}} for name, field in FIELDS.items()}
ASKED["month"] = {"date_histogram": MONTH | {"min_doc_count": 1}}


def facets_of(asking: Asking, exact: Dsl) -> dict[str, dict[str, int]]:
    """The most frequent values of each facet over the exact matches, most frequent first."""
    [found] = asking.searches([{"query": exact, "size": 0, "aggs": ASKED}])
    return {name: most(_counts(found.buckets[name]["buckets"])) for name in ASKED}


def _counts(buckets: list[dict[str, Any]]) -> Counter[str]:
    return Counter({bucket.get("key_as_string", bucket["key"]): bucket["doc_count"] for bucket in buckets})
