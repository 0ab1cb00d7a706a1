"""Matters: notices about one draft or rule, a pure function of the notices that links join."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from pipelines.link import Facts, Stage, Tie, apart

Pair = tuple[int, int]


def matters(members: Mapping[int, Facts], ties: Mapping[Pair, Tie]) -> list[set[int]]:
    """The matters of notices that ties join, each with its notices' ids.

    Strongest ties join first; none joins two matters of which any two notices are kept apart. Ids decide nothing.
    """
    ranked = sorted(ties, key=lambda pair: (-ties[pair].strength, *sorted(members[one].key for one in pair)))
    matter = {one: {one} for one in members}
    for a, b in ranked:
        left, right = matter[a], matter[b]
        if left is right or any(apart(members[one], members[two]) for one in left for two in right):
            continue
        left |= right
        for one in right:
            matter[one] = left
    return list({id(one): one for one in matter.values()}.values())


def ending(notices: Iterable[Facts]) -> Facts | None:
    """The notice that says when a matter's comment period ends; None when none does.

    The last extension, else the official notice, else the earliest report.
    """
    saying = [one for one in notices if one.end and one.stage is not Stage.FINAL]
    extended = [one for one in saying if one.stage is Stage.EXTENSION]
    if extended:
        return max(extended, key=lambda one: (one.end or date.min, one.official, one.key))
    return min(saying, key=_authority, default=None)


def shown_end(one: Facts, matter_end: date | None) -> date | None:
    """The end that a notice shows: its own, else its matter's; a final text has none to show."""
    if one.end or one.settled or one.stage is Stage.FINAL:
        return one.end
    return matter_end


def components(pairs: Iterable[Pair], alone: Sequence[int]) -> list[set[int]]:
    """The sets of notices that ties connect over any number of steps, and those that nothing ties."""
    part: dict[int, set[int]] = {one: {one} for one in alone}
    for a, b in pairs:
        left, right = part.setdefault(a, {a}), part.setdefault(b, {b})
        if left is right:
            continue
        left |= right
        for one in right:
            part[one] = left
    return list({id(one): one for one in part.values()}.values())


def _authority(one: Facts) -> tuple[bool, date, str]:
    return not one.official, one.published or date.max, one.key
