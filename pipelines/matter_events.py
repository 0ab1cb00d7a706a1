"""What happened to a matter when notices came to it: its official notice, its final text, another end of its period."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from pipelines.link import Facts, Stage
from pipelines.matter import ending


@dataclass(frozen=True, slots=True)
class Entry:
    """An event of a notice before it has a number: its kind and what the log says of it."""

    kind: str
    detail: dict[str, Any] = field(default_factory=dict)


def told(matter: Mapping[int, Facts], before: Mapping[int, Facts]) -> Iterator[tuple[int, Entry]]:
    """The events of a matter's notices; `before` are the facts of those that were stored already.

    A matter without notices stored before is new, and nothing happened to it.
    """
    if not before or before == matter:
        return
    came = {one: facts for one, facts in matter.items() if before.get(one) != facts}
    if not any(facts.official for facts in before.values()):
        for one in _first({one: facts for one, facts in came.items() if facts.official and one not in before}):
            yield one, Entry("official")
    stages = {facts.stage for facts in before.values()}
    if Stage.FINAL not in stages and stages:
        for one in _first({one: facts for one, facts in came.items() if facts.stage is Stage.FINAL}):
            yield one, Entry("final")
    yield from _end(matter, before)


def _end(matter: Mapping[int, Facts], before: Mapping[int, Facts]) -> Iterator[tuple[int, Entry]]:
    """Another end: only an extension or an official notice moves one that was known; the first one is set."""
    was, now = ending(before.values()), ending(matter.values())
    if now is None or (was is not None and was.end == now.end):
        return
    if was is not None and not (now.official or now.stage is Stage.EXTENSION):
        return
    one = next(one for one, facts in matter.items() if facts.key == now.key)
    old = was.end.isoformat() if was and was.end else None
    if before.get(one) is None or before[one].end != now.end:
        yield one, Entry("deadline", {"deadline": [old, now.end.isoformat() if now.end else None], "matter": True})


def _first(some: Mapping[int, Facts]) -> list[int]:
    return sorted(some, key=lambda one: (some[one].published or date.max, some[one].key))[:1]
