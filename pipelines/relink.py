"""Links changed notices into matters: recomputed whole wherever they touch, one event for each notice that differs."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, Row, bindparam, insert, select, update

from notices.kinds import Mode
from notices.schema import events, matter_moves, notices
from notices.store.chunks import chunks
from pipelines.link import Facts
from pipelines.matter import components, ending, matters, shown_end
from pipelines.matter_events import Entry, told
from pipelines.tied import load_facts, retie, tied


@dataclass(frozen=True, slots=True)
class Regrouped:
    """A notice that was made or changed: what links it (None: nothing), its own end, whether it is new and live."""

    facts: Facts | None
    end: date | None
    fresh: bool = False
    live: bool = False


@dataclass(slots=True)
class _Place:
    """Where a notice belongs: the matter's id, and the end that it shows."""

    matter_id: int
    end: date | None
    live: bool
    entries: list[Entry] = field(default_factory=list)


def relink(connection: Connection, changed: Mapping[int, Regrouped], gone: Collection[int], now: datetime) -> None:
    """Puts changed notices into their matters, inside the caller's transaction; `gone` are notices that ended.

    A matter is called by its oldest notice's id: on a merge the oldest stays, on a split each side has its own oldest.
    """
    given: dict[int, Facts | None] = {one: notice.facts for one, notice in changed.items()}
    given |= dict.fromkeys(gone)
    before = load_facts(connection, given)
    differing = {one: facts for one, facts in given.items() if before.get(one) != facts}
    near = retie(connection, differing) if differing else set()
    start = {one for one, facts in given.items() if facts} | near
    pairs = tied(connection, start)
    current = load_facts(connection, start | {one for pair in pairs for one in pair})
    places: dict[int, _Place] = {}
    for component in components(pairs, sorted(current)):
        inside = {pair: tie for pair, tie in pairs.items() if pair[0] in component} if len(component) > 1 else {}
        for matter in matters({one: current[one] for one in component}, inside):
            live = any(changed[one].live for one in component if one in changed)
            places |= _placed({one: current[one] for one in matter}, before, set(changed), live)
    for one, notice in changed.items():
        places.setdefault(one, _Place(one, notice.end, notice.live))
    fresh = {one for one, notice in changed.items() if notice.fresh}
    _write(connection, places, fresh, now)


def _placed(
    matter: dict[int, Facts], before: Mapping[int, Facts], changed: Collection[int], live: bool
) -> dict[int, _Place]:
    """The places of a matter's notices, and what happened to the matter."""
    says = ending(matter.values())
    end = says.end if says else None
    places = {one: _Place(min(matter), shown_end(facts, end), live) for one, facts in matter.items()}
    old = {one: before.get(one) if one in changed else facts for one, facts in matter.items()}
    for one, entry in told(matter, {one: facts for one, facts in old.items() if facts}):
        places[one].entries.append(entry)
    return places


def _write(connection: Connection, places: Mapping[int, _Place], fresh: Collection[int], now: datetime) -> None:
    rows = _rows(connection, places)
    values, moves, log = [], [], []
    for one, row in sorted(rows.items()):
        place = places[one]
        end = place.end.isoformat() if place.end else None
        differs = (row.matter_id, row.ends_on) != (place.matter_id, end)
        if differs:
            values.append({"row": one, "matter": place.matter_id, "end": end})
        if row.matter_id != place.matter_id and one not in fresh:
            moves.append({"matter_id": row.matter_id, "notice_id": one})
        mode = Mode.LIVE if place.live else Mode.BACKFILL
        entries = list(place.entries)
        if differs and one not in fresh and (row.matter_id != place.matter_id or _borrowed(row, end)):
            entries.insert(0, Entry("linked", {"matter": [row.matter_id, place.matter_id], "ends": [row.ends_on, end]}))
        for entry in entries:
            what = {"kinds": [entry.kind], **entry.detail}
            about = {"notice_id": one, "article_id": row.canonical_id, "mode": mode.value}
            log.append({"kind": entry.kind, **about, "at": now, "detail": what})
    if values:
        row_ = update(notices).where(notices.c.id == bindparam("row"))
        connection.execute(row_.values(matter_id=bindparam("matter"), ends_on=bindparam("end")), values)
    if moves:
        connection.execute(insert(matter_moves), moves)
    _log(connection, log)


def _borrowed(row: Row[Any], end: str | None) -> bool:
    """Whether a changed end is not the notice's own, of which there is an event already."""
    return row.ends_on != end and row.fields.get("comment_end") is None


def _log(connection: Connection, log: list[dict[str, Any]]) -> None:
    if not log:
        return
    statement = insert(events).returning(events.c.number, sort_by_parameter_order=True)
    numbers = connection.execute(statement, log).scalars().all()
    rows = {entry["notice_id"]: number for entry, number in zip(log, numbers, strict=True)}
    version = update(notices).where(notices.c.id == bindparam("row")).values(version=bindparam("number"))
    connection.execute(version, [{"row": one, "number": number} for one, number in rows.items()])


def _rows(connection: Connection, ids: Iterable[int]) -> dict[int, Row[Any]]:
    columns = notices.c.id, notices.c.matter_id, notices.c.ends_on, notices.c.canonical_id, notices.c.fields
    found: dict[int, Row[Any]] = {}
    for some in chunks(ids):
        found |= {row.id: row for row in connection.execute(select(*columns).where(notices.c.id.in_(some)))}
    return found
