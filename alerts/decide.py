"""Whether something is due: what a subscription is to be told of notices to which something happened."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from alerts.happenings import Happening
from alerts.kinds import MOVED, NEW, name_of
from alerts.subscriptions import Subscription

Seen = Mapping[int, bool]  # matters that matched before, and whether they were told


@dataclass(frozen=True, slots=True)
class Verdict:
    """What is new between one subscription and one matter: matched now for the first time, and what to tell.

    `at` is when it happened, which may be long before it is told.
    """

    matter_id: int
    notice_id: int
    event_number: int
    first: bool
    events: tuple[str, ...]
    at: datetime


def decide(
    subscription: Subscription, happened: Iterable[Happening], found: Collection[int], seen: Seen
) -> list[Verdict]:
    """What a subscription is to be told; `found` are the notices that match it now.

    The first match of a matter is told once, if a live event made it. What else a live event says is told of a matter
    that matches or did before.
    """
    verdicts: dict[int, Verdict] = {}
    for one in sorted(happened, key=lambda one: one.made):
        if one.last <= subscription.since_event:
            continue
        matches = one.notice_id in found
        known = one.matter_id in seen or one.matter_id in verdicts
        first = matches and not known
        live = one.live > subscription.since_event and not subscription.paused
        events: list[str] = []
        if first and live and NEW in subscription.events:
            events.append(NEW)
        elif live and (matches or known):
            events += _chosen(subscription, one)
        if first or events:
            earlier = verdicts.get(one.matter_id)
            told = tuple(dict.fromkeys((*(earlier.events if earlier else ()), *events)))
            new = first or bool(earlier and earlier.first)
            notice = earlier.notice_id if earlier and earlier.events else one.notice_id
            verdicts[one.matter_id] = Verdict(one.matter_id, notice, one.last, new, told, one.at)
    return list(verdicts.values())


def _chosen(subscription: Subscription, one: Happening) -> list[str]:
    """The keys of what happened that the subscription asked for; of several moves of a deadline only the last."""
    keys = [key for key, number in one.facts.items() if number > subscription.since_event]
    moved = [key for key in keys if name_of(key) == MOVED]
    return [key for key in keys if name_of(key) in subscription.events and key not in moved[:-1]]
