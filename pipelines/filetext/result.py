"""What reading a file came to."""

from dataclasses import dataclass
from enum import StrEnum


class FileOutcome(StrEnum):
    """What became of an attached file; every file ends in exactly one."""

    READ = "read"
    NO_TEXT = "no_text"
    PROTECTED = "protected"
    UNSUPPORTED = "unsupported"
    UNREADABLE = "unreadable"
    TOO_LARGE = "too_large"
    TOO_COSTLY = "too_costly"


@dataclass(frozen=True, slots=True)
class FileText:
    """The text of a file, a paragraph or a table row (`| a | b |`) a line; `reason` says why there is none."""

    outcome: FileOutcome
    text: str = ""
    kind: str = ""
    reason: str = ""


class Unreadable(Exception):
    """A file that holds no text for us; `outcome` says which way, the message says why."""

    def __init__(self, outcome: FileOutcome, reason: str) -> None:
        super().__init__(reason)
        self.outcome = outcome
