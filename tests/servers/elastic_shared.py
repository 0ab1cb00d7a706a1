"""One Elasticsearch a machine: whoever needs it first starts it, whoever leaves last stops it.

`TEST_ELASTICSEARCH_URL` names a server that is there already; else Docker is asked, else Maven and Java.
"""

import json
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from elastic_files import NoServer, cache, locked
from elastic_server import ElasticServer, alive, docker_answers, end, start_container, stop_container, wait_for

GIVEN = "TEST_ELASTICSEARCH_URL"


@contextmanager
def shared_server(*, quick: bool = True) -> Iterator[str]:
    """The address of the machine's server, kept alive while this block runs; raises NoServer.

    Figures need one that is not `quick` to start at the price of being slow to answer.
    """
    given = os.environ.get(GIVEN)
    if given:
        wait_for(given)
        yield given
        return
    folder = cache() / ("shared" if quick else "figures")
    users = folder / "users"
    me = users / str(os.getpid())
    with locked(cache() / "shared.lock"):
        users.mkdir(parents=True, exist_ok=True)
        url = _running(folder) or _start(folder, quick=quick)
        me.touch()
    try:
        yield url
    finally:
        with locked(cache() / "shared.lock"):
            me.unlink(missing_ok=True)
            if not _users(users):
                _stop(folder)


def _users(folder: Path) -> list[str]:
    """The processes that still use it; notes of processes that ended without a word are thrown away."""
    for path in folder.iterdir():
        if not alive(int(path.name)):
            path.unlink(missing_ok=True)
    return [path.name for path in folder.iterdir()]


def _running(folder: Path) -> str:
    note = _note(folder)
    there = bool(note) and (note["container"] != "" or alive(note["pid"]))
    if not there:
        return ""
    try:
        wait_for(note["url"])
    except NoServer:
        _stop(folder)
        return ""
    return str(note["url"])


def _start(folder: Path, *, quick: bool) -> str:
    shutil.rmtree(folder / "server", ignore_errors=True)
    if docker_answers():
        url, container = start_container(quick=quick)
        note: dict[str, Any] = {"url": url, "container": container, "pid": 0}
    else:
        (folder / "server").mkdir()
        server = ElasticServer(folder / "server", heap="1g", quick=quick).start()
        note = {"url": server.url, "container": "", "pid": server.pid}
    (folder / "note.json").write_text(json.dumps(note))
    return str(note["url"])


def _stop(folder: Path) -> None:
    note = _note(folder)
    if note.get("container"):
        stop_container(note["container"])
    elif note.get("pid"):
        end(note["pid"])
    (folder / "note.json").unlink(missing_ok=True)
    shutil.rmtree(folder / "server", ignore_errors=True)


def _note(folder: Path) -> dict[str, Any]:
    try:
        found = json.loads((folder / "note.json").read_text())
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}
