"""What a message of several deliveries names: each matter once."""

from collections.abc import Sequence

from alerts.kinds import CHANGED, FINAL, MOVED, NEW, OFFICIAL, REMIND, REMOVED, SET, name_of
from alerts.sending import Item

ORDER = (REMOVED, NEW, FINAL, MOVED, SET, OFFICIAL, CHANGED, REMIND)  # what counts most of a matter


def once(items: Sequence[Item]) -> tuple[Item, ...]:
    """The items without a second one of a matter: what counts most stands for it, the latest of two alike."""
    best: dict[tuple[int, str], Item] = {}
    for one in items:
        slot = (one.matter_id, "" if one.matter_id else one.event)
        if slot not in best or _rank(one) <= _rank(best[slot]):
            best[slot] = one
    return tuple(best.values())


def _rank(one: Item) -> int:
    name = name_of(one.event)
    return ORDER.index(name) if name in ORDER else len(ORDER)
