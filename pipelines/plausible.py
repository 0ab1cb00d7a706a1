"""Whether a page that reads differently now was changed, or only laid out anew so that its parser lost the text."""

import re

LEAST = 200  # characters of an old text, fewer are no ground to judge on
KEPT = 0.2  # of the old lines that a changed text keeps at least
SHRUNK = 0.34  # of the old length that a changed text has at least

_NOISE = re.compile(r"[\W_]+")


def plausible(old: str, new: str) -> bool:
    """Whether a new text can be the old one changed: an author cuts or rewrites parts, a lost layout nearly all."""
    before, after = _NOISE.sub("", old), _NOISE.sub("", new)
    if len(before) < LEAST or before == after:
        return True
    if len(after) < SHRUNK * len(before):
        return False
    lines = {line for line in (_NOISE.sub("", one) for one in old.split("\n")) if len(line) >= 6}
    kept = sum(line in after for line in lines)
    return not lines or kept >= KEPT * len(lines)
