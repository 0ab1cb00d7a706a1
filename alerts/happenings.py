"""What a stretch of the event log means for alerts, notice by notice."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from alerts import kinds
from notices.kinds import Mode
from notices.store import Event

MIXED = {"joined", "merged", "split"}  # other articles came or went, so a new date may be another article's
QUIET = MIXED | {"linked"}  # none of these makes a notice match that did not, unless another end came along


@dataclass(frozen=True, slots=True)
class Home:
    """Where a notice of the log is now: its own id after merges, and its matter."""

    notice_id: int
    matter_id: int


@dataclass(slots=True)
class Happening:
    """The events of one notice since the cursor.

    `live` is the number of the last event that may alert, 0 for none; `at` the time of the last event; `made` the
    number of the last event that may have changed what the notice matches; `old` says that a backfill came before;
    `facts` are the keys of what can be told beside a first match, with the numbers of the live events that say so.
    """

    notice_id: int
    matter_id: int
    at: datetime
    last: int = 0
    live: int = 0
    made: int = 0
    old: bool = False
    facts: dict[str, int] = field(default_factory=dict)


def happenings(events: Sequence[Event], homes: Mapping[int, Home]) -> list[Happening]:
    """The events gathered by the notice they are about now; events of notices that are gone are left out."""
    found: dict[int, Happening] = {}
    for event in events:
        home = homes.get(event.notice_id)
        if home is None:
            continue
        one = found.setdefault(home.notice_id, Happening(home.notice_id, home.matter_id, event.at))
        one.at, one.last = max(one.at, event.at), event.number
        quiet = _kinds(event) <= QUIET and _changed(event.detail.get("ends")) is None
        one.made = event.number if not quiet or not one.made else one.made
        if event.mode is not Mode.LIVE:
            one.old = True
            continue
        # A live repost of what a backfill brought, both unread: the match is the backfill's.
        if not (one.old and quiet):
            one.live = event.number
        for key in facts(event):
            one.facts[key] = event.number
    return list(found.values())


def facts(event: Event) -> Iterator[str]:
    """The keys of what an event says beside that a notice changed."""
    said = _kinds(event)
    if (ends := _changed(event.detail.get("deadline"))) is not None:
        before, after = ends
        if after and not before:
            yield f"{kinds.SET}:{after}"
        elif after and ("official" in said or event.detail.get("matter") or not said & MIXED):
            yield kinds.moved(after)
    for name in (kinds.OFFICIAL, kinds.FINAL, kinds.REMOVED):
        if name in said:
            yield name
    if version := event.detail.get("version"):
        yield f"{kinds.CHANGED}:{version}"


def _changed(pair: Any) -> tuple[str | None, str | None] | None:
    """The two ends of an event's detail, where they differ."""
    if not pair or pair[0] == pair[1]:
        return None
    return pair[0], pair[1]


def _kinds(event: Event) -> set[str]:
    return set(event.detail.get("kinds") or [event.kind])
