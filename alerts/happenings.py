"""What a stretch of the event log means for alerts, notice by notice."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from notices.kinds import Mode
from notices.store import Event

MIXED = {"joined", "merged", "split"}  # other articles came or went, so a new date may be another article's


@dataclass(frozen=True, slots=True)
class Home:
    """Where a notice of the log is now: its own id after merges, and its matter."""

    notice_id: int
    matter_id: int


@dataclass(slots=True)
class Happening:
    """The events of one notice since the cursor.

    `live` is the number of the last event that may alert, 0 for none; `at` the time of the last event; `old` says that
    a backfill came before; `deadlines` are the dates that the comment period was moved to, ISO, with the numbers of the
    live events that did it.
    """

    notice_id: int
    matter_id: int
    at: datetime
    last: int = 0
    live: int = 0
    old: bool = False
    deadlines: dict[str, int] = field(default_factory=dict)


def happenings(events: Sequence[Event], homes: Mapping[int, Home]) -> list[Happening]:
    """The events gathered by the notice they are about now; events of notices that are gone are left out."""
    found: dict[int, Happening] = {}
    for event in events:
        home = homes.get(event.notice_id)
        if home is None:
            continue
        one = found.setdefault(home.notice_id, Happening(home.notice_id, home.matter_id, event.at))
        one.at, one.last = max(one.at, event.at), event.number
        if event.mode is not Mode.LIVE:
            one.old = True
            continue
        # A live repost of what a backfill brought, both unread: the match is the backfill's.
        if not (one.old and _kinds(event) <= MIXED):
            one.live = event.number
        if moved := moved_to(event):
            one.deadlines[moved] = event.number
    return list(found.values())


def moved_to(event: Event) -> str:
    """The date that an event moved a comment period to; empty where it was only filled in, or is another article's."""
    before, after = event.detail.get("deadline") or (None, None)
    kinds = _kinds(event)
    return after if before and after and before != after and ("official" in kinds or not kinds & MIXED) else ""


def _kinds(event: Event) -> set[str]:
    return set(event.detail.get("kinds") or [event.kind])
