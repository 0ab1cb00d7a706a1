"""What can alert: the names a subscription chooses among, and the key under which each is due once for a matter.

A key begins with its name; what follows says which date, version or fact it is about, so that the same is told once.
"""

NEW = "new"  # a matter matches for the first time
OFFICIAL = "official"  # the official original of what was known from reposts or reports only
SET = "deadline-set"  # a comment period got its end: deadline-set:2026-12-31
MOVED = "deadline"  # an end became another one: deadline:2026-12-31
FINAL = "final"  # the final text of a draft
CHANGED = "changed"  # the canonical article has another text: changed:2, its version
REMOVED = "removed"  # the page of the canonical article is gone
REMIND = "remind"  # the end is near: remind:3d:2026-12-31
SOURCE = "source"  # a source raised an alarm: source:miit-opinions:silent:2026-11-01T09:00

EVENTS = (NEW, OFFICIAL, SET, MOVED, FINAL, CHANGED, REMOVED, REMIND, SOURCE)
DEFAULT_EVENTS = (NEW, MOVED, REMIND)


def name_of(key: str) -> str:
    """The name that a key begins with."""
    return key.partition(":")[0]
