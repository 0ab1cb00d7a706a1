"""What can alert: the names a subscription chooses among, and the keys under which each is due once for a matter.

A key says what it is about, so that the same is told once: `deadline:2026-12-31`, `changed:2`, `remind:3d:2026-12-31`.
"""

NEW = "new"  # a matter matches for the first time
OFFICIAL = "official"  # the official original of what was known from reposts or reports only
SET = "deadline-set"  # a comment period got its end
MOVED = "deadline-moved"  # an end became another one
FINAL = "final"  # the final text of a draft
CHANGED = "changed"  # the canonical article has another text, by its version
REMOVED = "removed"  # the page of the canonical article is gone
REMIND = "remind"  # the end is near
ALARM = "alarm"  # a source is in trouble

ALIVE = "alive"  # a digest without news; no name to choose, the subscription's `empty` does

_NAMES = {"deadline": MOVED}  # keys that begin with another word than their name


def moved(end: str) -> str:
    """The key of an end that became this one."""
    return f"deadline:{end}"


def name_of(key: str) -> str:
    """The name of what a key stands for."""
    word = key.partition(":")[0]
    return _NAMES.get(word, word)
