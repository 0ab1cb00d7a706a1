"""What changed between two texts, short enough to be read."""

import difflib
from collections.abc import Iterator

MOST = 8  # lines that are shown
LONGEST = 160  # characters of a line
AROUND = 30  # characters before the place where two lines part


def difference(old: str, new: str, most: int = MOST) -> tuple[str, ...]:
    """The lines that went (`- ...`) and came (`+ ...`), cut to where they differ; a last line says how many more."""
    lines = list(_lines(old.split("\n"), new.split("\n")))
    if len(lines) <= most:
        return tuple(lines)
    return (*lines[:most], f"... and {len(lines) - most} more lines")


def _lines(old: list[str], new: list[str]) -> Iterator[str]:
    matcher = difflib.SequenceMatcher(None, old, new, autojunk=False)
    for tag, a, b, c, d in matcher.get_opcodes():
        if tag == "equal":
            continue
        gone, came = [one for one in old[a:b] if one.strip()], [one for one in new[c:d] if one.strip()]
        if len(gone) == len(came):
            for before, after in zip(gone, came, strict=True):
                start = _parts_at(before, after)
                yield f"- {_cut(before, start)}"
                yield f"+ {_cut(after, start)}"
        else:
            yield from (f"- {_cut(one, 0)}" for one in gone)
            yield from (f"+ {_cut(one, 0)}" for one in came)


def _parts_at(before: str, after: str) -> int:
    """Where to begin a long line, so that its difference is seen."""
    if max(len(before), len(after)) <= LONGEST:
        return 0
    same = next((place for place, (a, b) in enumerate(zip(before, after, strict=False)) if a != b), 0)
    return max(same - AROUND, 0)


def _cut(line: str, start: int) -> str:
    shown = line[start : start + LONGEST]
    return f"{'...' if start else ''}{shown}{'...' if start + LONGEST < len(line) else ''}"
