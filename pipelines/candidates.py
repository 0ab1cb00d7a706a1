"""Which stored articles a changed one has to be compared with, and what the comparison says."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from itertools import combinations

from sqlalchemy import Connection, delete, insert, or_, select

from notices.schema import article_keys, articles, corrections, links
from notices.store.article_rows import load_understood
from notices.store.chunks import chunks
from notices.store.engine import among
from notices.understood import Fingerprint, Understood
from pipelines.relate import Kind, Relation, near, relate

Pair = tuple[int, int]

PERSON = 2_000  # strength of a relation that a person decided; no rule reaches it


def relate_changed(connection: Connection, changed: Mapping[int, Understood]) -> set[int]:
    """Decides and stores the relations of changed articles anew; returns every article whose component may differ."""
    touched = set(changed) | _neighbours(connection, changed)
    for some in chunks(changed):
        connection.execute(delete(links).where(or_(links.c.a.in_(some), links.c.b.in_(some))))
    found = _decide(connection, changed)
    found |= _persons(connection, changed)
    rows = [
        {"a": a, "b": b, "relation": relation.kind.value, "strength": relation.strength}
        for (a, b), relation in found.items()
        if relation.kind is not Kind.UNRELATED
    ]
    if rows:
        connection.execute(insert(links), rows)
    return touched | {one for pair, relation in found.items() if relation.kind is not Kind.UNRELATED for one in pair}


def _neighbours(connection: Connection, ids: Iterable[int]) -> set[int]:
    found: set[int] = set()
    for some in chunks(ids):
        query = select(links.c.a, links.c.b).where(or_(links.c.a.in_(some), links.c.b.in_(some)))
        found |= {one for row in connection.execute(query) for one in row}
    return found


def _decide(connection: Connection, changed: Mapping[int, Understood]) -> dict[Pair, Relation]:
    shared = _shared_keys(connection, changed)
    others = {one for pair in shared for one in pair} - set(changed)
    sketches = {one: changed[one].fingerprint for one in changed} | _sketches(connection, others)
    close = [pair for pair, number in shared.items() if near(sketches[pair[0]], sketches[pair[1]], number)]
    texts = {**changed, **load_understood(connection, {one for pair in close for one in pair} - set(changed))}
    return {(a, b): relate(texts[a], texts[b]) for a, b in sorted(close)}


def _shared_keys(connection: Connection, changed: Mapping[int, Understood]) -> Counter[Pair]:
    """How many keys each pair shares that holds a changed article."""
    holders: dict[int, list[int]] = defaultdict(list)
    for article_id in sorted(changed):
        for key in set(changed[article_id].fingerprint.keys):
            holders[key].append(article_id)
    shared: Counter[Pair] = Counter()
    for inside in holders.values():
        shared.update(combinations(inside, 2))
    query = select(article_keys.c.key, article_keys.c.article_id)
    query = query.where(among(connection, article_keys.c.key, holders))
    query = query.where(~among(connection, article_keys.c.article_id, changed))
    for key, other in connection.execute(query):
        for article_id in holders[key]:
            shared[(article_id, other) if article_id < other else (other, article_id)] += 1
    return shared


def _sketches(connection: Connection, ids: Iterable[int]) -> dict[int, Fingerprint]:
    found: dict[int, Fingerprint] = {}
    columns = articles.c.id, articles.c.exact, articles.c.signature, articles.c["keys"]
    for some in chunks(ids):
        for article_id, exact, signature, keys in connection.execute(select(*columns).where(articles.c.id.in_(some))):
            found[article_id] = Fingerprint(exact, signature, tuple(keys[::8]))  # only their number is looked at
    return found


def _persons(connection: Connection, changed: Mapping[int, Understood]) -> dict[Pair, Relation]:
    """What people decided about pairs that hold a changed article: `merge` and `split` name another article's key."""
    query = select(corrections).where(corrections.c.field.in_(("merge", "split"))).order_by(corrections.c.id)
    rows = connection.execute(query).all()
    keys = {key for row in rows for key in (row.article_key, row.value)}
    ids: dict[str, int] = {}
    for some in chunks(keys):
        query_ids = select(articles.c.key, articles.c.id).where(articles.c.key.in_(some))
        ids |= {row.key: row.id for row in connection.execute(query_ids)}
    found: dict[Pair, Relation] = {}
    for row in rows:
        a, b = sorted((ids.get(row.article_key, 0), ids.get(row.value, 0)))
        if a and a != b and (a in changed or b in changed):
            kind = Kind.SAME if row.field == "merge" else Kind.DIFFERENT
            found[a, b] = Relation(kind, PERSON, "decided by a person")
    return found
