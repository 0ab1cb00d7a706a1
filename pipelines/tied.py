"""The ties between stored notices: which notices a changed one is compared with, and what the comparison says."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping

from sqlalchemy import Connection, delete, insert, or_, select

from notices.schema import articles, matter_facts, matter_keys, ties
from notices.store.chunks import chunks
from pipelines.link import Facts, Kind, Tie, relate
from pipelines.matter import Pair
from pipelines.matter_facts import facts_from, facts_value, keys_of


def load_facts(connection: Connection, ids: Iterable[int]) -> dict[int, Facts]:
    """The stored facts of notices; those that are about no draft or rule have none."""
    found: dict[int, Facts] = {}
    for some in chunks(ids):
        for row in connection.execute(select(matter_facts).where(matter_facts.c.notice_id.in_(some))):
            found[row.notice_id] = facts_from(row.facts)
    return found


def retie(connection: Connection, changed: Mapping[int, Facts | None]) -> set[int]:
    """Stores the facts of changed notices and decides their ties anew; returns all notices that are or were tied."""
    near = _neighbours(connection, changed)
    for some in chunks(changed):
        connection.execute(delete(ties).where(or_(ties.c.a.in_(some), ties.c.b.in_(some))))
        connection.execute(delete(matter_keys).where(matter_keys.c.notice_id.in_(some)))
        connection.execute(delete(matter_facts).where(matter_facts.c.notice_id.in_(some)))
    given = {one: facts for one, facts in changed.items() if facts is not None}
    if not given:
        return near
    rows = [{"notice_id": one, "facts": facts_value(facts)} for one, facts in given.items()]
    connection.execute(insert(matter_facts), rows)
    keys = [{"key": key, "notice_id": one} for one, facts in given.items() for key in keys_of(facts)]
    if keys:
        connection.execute(insert(matter_keys), keys)
    found = _decide(connection, given)
    if found:
        values = [{"a": a, "b": b, **_values(tie)} for (a, b), tie in found.items()]
        connection.execute(insert(ties), values)
    return near | {one for pair in found for one in pair}


def tied(connection: Connection, start: Iterable[int]) -> dict[Pair, Tie]:
    """The ties that are reached from some notices, over any number of steps."""
    reached, frontier = set(start), set(start)
    found: dict[Pair, Tie] = {}
    while frontier:
        step: dict[Pair, Tie] = {}
        for some in chunks(frontier):
            for row in connection.execute(select(ties).where(or_(ties.c.a.in_(some), ties.c.b.in_(some)))):
                step[row.a, row.b] = Tie(Kind(row.kind), row.strength, row.why)
        found |= step
        frontier = {one for pair in step for one in pair} - reached
        reached |= frontier
    return found


def _neighbours(connection: Connection, ids: Collection[int]) -> set[int]:
    found: set[int] = set()
    for some in chunks(ids):
        query = select(ties.c.a, ties.c.b).where(or_(ties.c.a.in_(some), ties.c.b.in_(some)))
        found |= {one for row in connection.execute(query) for one in row}
    return found - set(ids)


def _decide(connection: Connection, given: Mapping[int, Facts]) -> dict[Pair, Tie]:
    pairs = _sharing(connection, given) | _leading(connection, given)
    texts = {**load_facts(connection, {one for pair in pairs for one in pair} - set(given)), **given}
    found: dict[Pair, Tie] = {}
    for a, b in sorted(pairs):
        if a in texts and b in texts and (tie := relate(texts[a], texts[b])):
            found[a, b] = tie
    return found


def _sharing(connection: Connection, given: Mapping[int, Facts]) -> set[Pair]:
    """Pairs of which one is given and both have a key; a page that both lead to is none."""
    wanted: dict[str, list[int]] = defaultdict(list)
    for one, facts in given.items():
        for key in keys_of(facts):
            if not key.startswith("to:"):
                wanted[key].append(one)
    found: set[Pair] = set()
    for some in chunks(wanted):
        for key, other in connection.execute(select(matter_keys).where(matter_keys.c.key.in_(some))):
            found |= {_pair(one, other) for one in wanted[key] if one != other}
    return found


def _leading(connection: Connection, given: Mapping[int, Facts]) -> set[Pair]:
    """Pairs of which one is given and one leads to the other."""
    there: dict[str, list[int]] = defaultdict(list)
    back: dict[str, list[int]] = defaultdict(list)
    for one, facts in given.items():
        for lead in facts.leads:
            there[lead].append(one)
        for address in facts.addresses:
            back[f"to:{address}"].append(one)
    found: set[Pair] = set()
    for some in chunks(there):
        query = select(articles.c.key, articles.c.notice_id).where(articles.c.key.in_(some))
        for key, other in connection.execute(query):
            found |= {_pair(one, other) for one in there[key] if other is not None and one != other}
    for some in chunks(back):
        for key, other in connection.execute(select(matter_keys).where(matter_keys.c.key.in_(some))):
            found |= {_pair(one, other) for one in back[key] if one != other}
    return found


def _pair(a: int, b: int) -> Pair:
    return (a, b) if a < b else (b, a)


def _values(tie: Tie) -> dict[str, str | int]:
    return {"kind": tie.kind.value, "strength": tie.strength, "why": tie.why}
