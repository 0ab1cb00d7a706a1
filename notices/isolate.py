"""Keeps one page's, job's or channel's failure to itself."""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from notices.problem import Problem

Result = TypeVar("Result")


@dataclass(frozen=True, slots=True)
class Failed:
    """A piece of work that raised what nobody expected: what it was, and the error in one line."""

    what: str
    error: str


def isolate(work: Callable[[], Result], what: str) -> Result | Failed:
    """The result of a piece of work, or Failed when it raised: the caller counts it, the log says why.

    A Problem is logged as its line, whatever else was raised with its traceback. This is the project's only broad
    except; errors that are expected are caught where they arise.
    """
    try:
        return work()
    except Exception as error:
        log = logging.getLogger("policywatch")
        if isinstance(error, Problem):
            log.error("failed: %s: %s", what, error)
        else:
            log.exception("failed: %s", what)
        return Failed(what, f"{type(error).__name__}: {' '.join(str(error).split())}"[:300])
