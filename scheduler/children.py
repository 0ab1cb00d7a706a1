"""The processes of crawls: started with an order, ended in order, and what each says at its end."""

import json
import os
import secrets
import subprocess
import sys
import time
from dataclasses import dataclass, field
from datetime import datetime, timezone
from pathlib import Path

from scheduler.crawl_child import Order
from scheduler.hosts import Hosts

ROOT = Path(__file__).parent.parent
GRACE = 15  # seconds a crawl gets to put back what it holds before it is killed
MODULE = "scheduler.crawl_child"


@dataclass(slots=True)
class Child:
    """A crawl's process; `owner` is its name in leases, `died` says that it ended without a report.

    `begun_at` is when it was started, by the machine's clock.
    """

    process: "subprocess.Popen[str]"
    owner: str
    ends_at: float
    started: float = field(default_factory=time.monotonic)
    died: bool = False
    begun_at: datetime = field(default_factory=lambda: datetime.now(timezone.utc))

    @property
    def overtime(self) -> bool:
        """Whether it should have ended by itself."""
        return time.monotonic() > self.ends_at


def start(order: Order) -> Child:
    """Starts a crawl; it ends by itself after the errand's time."""
    owner = f"{os.getpid()}-{secrets.token_hex(4)}"
    process = subprocess.Popen(
        [sys.executable, "-P", "-m", MODULE, owner],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=environment(), text=True, encoding="utf-8",
    )  # fmt: skip
    assert process.stdin is not None
    try:
        process.stdin.write(order.to_json())
        process.stdin.close()
    except BrokenPipeError:
        pass  # it ended before it read its order: its status says so
    process.stdin = None
    return Child(process, owner, time.monotonic() + order.errand.timeout + GRACE)


def environment() -> dict[str, str]:
    """What a process of ours is started with: our own Scrapy settings, and where our rooms are."""
    given = {**os.environ, "SCRAPY_SETTINGS_MODULE": "config.scrapy_settings", "PYTHONIOENCODING": "utf-8"}
    if (ROOT / "pyproject.toml").exists():  # a bare checkout: -P takes the working folder out, so name it
        given["PYTHONPATH"] = os.pathsep.join(filter(None, (str(ROOT), os.environ.get("PYTHONPATH"))))
    return given


def wait(child: Child, hosts: Hosts) -> str:
    """Waits for a crawl's end; returns what kept it from doing all, empty for nothing."""
    try:
        printed, _ = child.process.communicate(timeout=max(child.ends_at - time.monotonic(), 0.1))
    except subprocess.TimeoutExpired:
        printed = stop(child)
    finally:
        if child.process.poll() is None:  # Ctrl-C: what it holds goes back into the queue
            stop(child)
        hosts.release_all(child.owner)
    return read_report(child, printed)


def stop(child: Child) -> str:
    """Ends a crawl's process, first politely; returns what it printed."""
    child.process.terminate()
    try:
        return child.process.communicate(timeout=GRACE)[0]
    except subprocess.TimeoutExpired:
        child.process.kill()
        return child.process.communicate()[0]


def read_report(child: Child, printed: str) -> str:
    """What a crawl says at its end; a process that printed nothing died, and the last lines of its log say why."""
    lines = printed.strip().splitlines()
    try:
        answer = json.loads(lines[-1]) if lines else {}
    except ValueError:
        answer = {}
    if not isinstance(answer, dict) or "error" not in answer:
        child.died = True
        status = child.process.returncode
        return f"the crawl's process ended with status {status}: its last lines on standard error say why"
    return str(answer["error"])
