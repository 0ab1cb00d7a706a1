"""What `doctor` says of one thing it looked at."""

from dataclasses import dataclass

OK, WARNING, BAD = "ok", "warning", "failed"


@dataclass(frozen=True, slots=True)
class Check:
    """One thing looked at: `state` is ok, warning or failed; `advice` is empty where there is nothing to do."""

    check: str
    state: str
    detail: str
    advice: str = ""
