"""A dispatcher that is killed at its n-th step: forked from a process that has everything imported, run by run.

Reads a run a line from standard input, as JSON, and answers with the name of the step at which it was killed, or `-`.
"""

import json
import os
import random
import signal
import smtplib
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

from alerts import courier, dispatcher
from alerts.channels import guard, letter
from config.channels import Channel
from notices.store import Store

LABELS = ("gather", "deliver", "lease", "mark accepted", "mark refused", "claim a turn", "write to the channel")
LABELS += ("read the answer", "mail from", "mail data", "commit")
STEPS = tuple(f"{when} {label}" for label in LABELS for when in ("before", "after"))

lock = threading.Lock()
left = [0]  # steps until the kill
wanted = [""]  # the step of the kill, whenever it comes, instead
told = [0]  # the pipe that names the step


def step(name: str) -> None:
    """Counts a step, and dies at the chosen one."""
    with lock:
        left[0] -= 1
        if name == wanted[0] or (left[0] == 0 and not wanted[0]):
            os.write(told[0], name.encode())
            os.kill(os.getpid(), signal.SIGKILL)


def around(owner: Any, name: str, label: str) -> None:
    """Makes a function two steps: before it and after it."""
    real: Callable[..., Any] = getattr(owner, name)

    def counted(*given: Any, **more: Any) -> Any:
        step(f"before {label}")
        answer = real(*given, **more)
        step(f"after {label}")
        return answer

    setattr(owner, name, counted)


def watch() -> None:
    """Puts a step before and after everything between gathering and marking."""
    around(dispatcher, "gather", "gather")
    around(courier, "deliver", "deliver")
    around(courier.parts, "lease", "lease")
    around(courier.parts, "accepted", "mark accepted")
    around(courier.parts, "refused", "mark refused")
    around(courier, "claim", "claim a turn")
    around(guard._Timed, "write", "write to the channel")
    around(guard._Timed, "read", "read the answer")
    around(smtplib.SMTP, "mail", "mail from")
    around(smtplib.SMTP, "data", "mail data")
    writing = Store.writing

    @contextmanager
    def counted(self: Store) -> Iterator[Any]:
        with writing(self) as connection:
            yield connection
            step("before commit")
        step("after commit")

    Store.writing = counted  # type: ignore[method-assign]


def run(asked: dict[str, Any]) -> None:
    """One dispatch, as one round of the service makes it."""
    channels = {one["name"]: Channel(**{**one, "to": tuple(one["to"])}) for one in asked["channels"]}
    with Store.open(asked["url"], Path(asked["folder"])) as store:
        dispatcher.dispatch(store, channels, datetime.fromisoformat(asked["now"]), chance=random.Random(asked["seed"]))


def main() -> None:
    """Forks a dispatcher for each line."""
    letter._template()
    watch()
    for line in sys.stdin:
        asked = json.loads(line)
        reading, told[0] = os.pipe()
        child = os.fork()
        if not child:
            os.close(reading)
            left[0], wanted[0] = asked["step"], asked["at"]
            run(asked)
            os._exit(0)
        os.close(told[0])
        name = os.read(reading, 100).decode()
        os.close(reading)
        _, status = os.waitpid(child, 0)
        ended = name if os.WIFSIGNALED(status) else "-" if status == 0 else f"failed with {status}"
        sys.stdout.write(ended + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
