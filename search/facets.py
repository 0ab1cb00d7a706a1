"""Facets: how many of the found notices have which type, issuer, account and month."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from search.index import Index

SHANGHAI = ZoneInfo("Asia/Shanghai")
MOST = 20  # values of a facet
PIECE = 500


def facets_of(index: Index, found: Sequence[int]) -> dict[str, dict[str, int]]:
    """The most frequent values of each facet over the found notices, most frequent first."""
    counted: dict[str, Counter[str]] = {name: Counter() for name in ("type", "issuer", "account", "month")}
    for start in range(0, len(found), PIECE):
        some = found[start : start + PIECE]
        marks = ", ".join("?" * len(some))
        for kind, published in index.database.execute(f"SELECT type, published FROM docs WHERE id IN ({marks})", some):
            counted["type"][kind] += 1
            if published is not None:
                counted["month"][datetime.fromtimestamp(published / 1e6, SHANGHAI).strftime("%Y-%m")] += 1
        for field in ("issuer", "account"):
            sql = f"SELECT shown, count(*) FROM keywords WHERE field = ? AND id IN ({marks}) GROUP BY shown"
            counted[field].update(dict(index.database.execute(sql, (field, *some)).fetchall()))
    return {name: most(values) for name, values in counted.items()}


def most(values: Mapping[str, int]) -> dict[str, int]:
    """The most frequent values; of those with one number, the first by name."""
    return dict(sorted(values.items(), key=lambda pair: (-pair[1], pair[0]))[:MOST])
