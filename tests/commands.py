"""Commands as people run them, each in a process of its own that is forked from one with everything imported.

A new interpreter would import for a second what a command then uses for some milliseconds. What is started with `-m
tests.commands` reads a call a line from standard input, as JSON, and answers with the exit status.
"""

import atexit
import functools
import gc
import importlib
import json
import os
import subprocess
import sys
import tempfile
import threading
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parent.parent
USED = ("alerts.apply", "scheduler.doctor", "scheduler.export", "scheduler.health", "scheduler.indexing")
USED += (
    "scheduler.ingest",
    "scheduler.round",
    "search.answer",
    "search.elastic.connection",
    "search.engine",
    "structlog",
)


def run(data: Path, *arguments: str, given: str = "", **environment: str) -> "subprocess.CompletedProcess[str]":
    """Runs a command in a data folder, with text for its standard input and settings for its environment."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("POLICYWATCH_")}
    environment = {**kept, "POLICYWATCH_DATA": str(data), **environment}
    with tempfile.TemporaryDirectory() as folder:
        paths = [Path(folder, name) for name in ("in", "out", "err")]
        paths[0].write_text(given, encoding="utf-8")
        asked = {"arguments": arguments, "environment": environment, "streams": [str(path) for path in paths]}
        server = _server()
        assert server.stdin and server.stdout
        server.stdin.write(json.dumps(asked) + "\n")
        server.stdin.flush()
        status = int(server.stdout.readline())
        out, err = (path.read_text(encoding="utf-8") for path in paths[1:])
    return subprocess.CompletedProcess(("policywatch", *arguments), status, out, err)


@functools.cache
def _server() -> "subprocess.Popen[str]":
    call = [sys.executable, "-m", "tests.commands"]
    child = subprocess.Popen(call, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert child.stdin
    atexit.register(child.wait)
    atexit.register(child.stdin.close)
    return child


def _serve() -> dict[str, Any] | None:
    """Forks a process for each call and tells how it ended; returns the call in the forked one, nothing at the end."""
    for name in USED:
        importlib.import_module(name)
    calls, answers = os.fdopen(os.dup(0), encoding="utf-8"), os.fdopen(os.dup(1), "w", encoding="utf-8")
    gc.freeze()
    for line in calls:
        child = os.fork()
        if not child:
            return dict(json.loads(line))
        _, status = os.waitpid(child, 0)
        answers.write(f"{os.waitstatus_to_exitcode(status)}\n")
        answers.flush()
    return None


def _become(asked: dict[str, Any]) -> None:
    """Makes this process what a shell would have started."""
    for number, (path, mode) in enumerate(zip(asked["streams"], (os.O_RDONLY, os.O_WRONLY, os.O_WRONLY), strict=True)):
        os.dup2(os.open(path, mode | os.O_CREAT), number)
    os.environ.clear()
    os.environ.update(asked["environment"])
    sys.argv = ["policywatch", *asked["arguments"]]


def _leave(status: object) -> None:
    """Ends this process in order, but for taking apart what it never made: that alone takes half a second."""
    threading._shutdown()  # type: ignore[attr-defined]
    atexit._run_exitfuncs()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(status if isinstance(status, int) else int(status is not None))


if __name__ == "__main__" and (asked := _serve()):
    from cli.app import main

    _become(asked)
    try:
        main()
    except SystemExit as leaving:
        _leave(leaving.code)
