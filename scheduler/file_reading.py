"""Reads the attached files that wait, each in a process with a limit of time and memory, and attaches their texts."""

import json
import logging
import math
import subprocess
import sys
import time
from collections import Counter
from datetime import datetime

from sqlalchemy import select

from notices.isolate import Failed, isolate
from notices.pagefile import PageFile, PageMissing
from notices.schema import files
from notices.store import Store
from pipelines.attach import attach
from pipelines.filetext.result import FileOutcome, FileText
from scheduler.children import environment

SECONDS = 60  # of one file
MEMORY_MB = 1024
MODULE = "scheduler.file_child"

log = logging.getLogger("policywatch.files")


def read_files(
    store: Store, page_file: PageFile, now: datetime, *, most: int | None = None, seconds: float = math.inf
) -> Counter[str]:
    """Reads the files that were fetched and not read yet; returns how many came to which outcome.

    At most `most` files, and none is begun once `seconds` are over; the rest waits for the next call.
    """
    outcomes: Counter[str] = Counter()
    began = time.monotonic()
    for url, name, key in _waiting(store)[:most]:
        if time.monotonic() - began >= seconds:
            break
        found = _found(page_file, url, name, key)
        if found.outcome is not FileOutcome.READ:
            log.info("%s: %s, %s", url, found.outcome.value, found.reason)
        attach(store, url, found, now)
        outcomes[found.outcome.value] += 1
    return outcomes


def read_apart(name: str, body: bytes, *, seconds: int = SECONDS, memory_mb: int = MEMORY_MB) -> FileText:
    """What a file comes to, read by a process of its own; one that takes too long or too much is ended."""
    order = json.dumps({"name": name, "seconds": seconds, "memory_mb": memory_mb}).encode() + b"\n"
    command = [sys.executable, "-P", "-m", MODULE]
    try:
        done = subprocess.run(
            command, input=order + body, capture_output=True, timeout=2 * seconds, env=environment(), check=False
        )
    except subprocess.TimeoutExpired:
        return FileText(FileOutcome.TOO_COSTLY, reason=f"it takes more than {seconds} s to read")
    if done.returncode == 0 and done.stdout.strip():
        value = json.loads(done.stdout.splitlines()[-1])
        return FileText(FileOutcome(value["outcome"]), value["text"], value["kind"], value["reason"])
    said = done.stderr.decode("utf-8", "replace").strip().splitlines()[-1:] or ["it said nothing"]
    why = f"the process that read it ended with status {done.returncode}: {said[0]}"
    costly = done.returncode < 0 or "MemoryError" in said[0]
    return FileText(FileOutcome.TOO_COSTLY if costly else FileOutcome.UNREADABLE, reason=why[:300])


def _found(page_file: PageFile, url: str, name: str, key: bytes) -> FileText:
    try:
        body = page_file.get(key)
    except PageMissing as error:
        return FileText(FileOutcome.UNREADABLE, reason=str(error))
    found = isolate(lambda: read_apart(name or url, body), f"read {url}")
    return FileText(FileOutcome.UNREADABLE, reason=found.error) if isinstance(found, Failed) else found


def _waiting(store: Store) -> list[tuple[str, str, bytes]]:
    query = select(files.c.url, files.c.name, files.c.body_hash)
    query = query.where(files.c.outcome == "", files.c.body_hash.is_not(None)).order_by(files.c.fetched_at, files.c.url)
    with store.reading() as connection:
        return [(row.url, row.name, row.body_hash) for row in connection.execute(query)]
