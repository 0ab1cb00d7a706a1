"""The service as a process of its own: it crawls, tells, stops in order, and runs once a data folder."""

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

import pytest
from apscheduler.events import EVENT_JOB_MAX_INSTANCES

from alerts import subscriptions
from alerts.ledger import counts
from config.settings import Settings
from notices.schema import SHANGHAI
from notices.store import Store
from scheduler.demo_site import serve, sources
from scheduler.service import ScheduleHeld, held
from scheduler.timers import timers
from tests.polling import until

ROOT = Path(__file__).parent.parent.parent
CHILD = """
import sys; from pathlib import Path
from config import operator; from config.settings import Settings
from notices.pagefile import PageFile; from notices.store import Store
from scheduler.service import serve
settings = Settings(data=sys.argv[1], config=sys.argv[1] + "/config")
operator.use(settings.config)
with Store.open(settings.store_url, settings.data) as store, PageFile(settings.data) as pages:
    serve(settings, store, pages)
print("ended in order")
"""


@contextmanager
def running(folder: Path) -> Iterator["subprocess.Popen[str]"]:
    call = [sys.executable, "-c", CHILD, str(folder)]
    child = subprocess.Popen(call, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    try:
        yield child
    finally:
        child.kill()
        child.communicate()


def test_it_crawls_and_tells_until_it_is_stopped_and_the_next_start_goes_on(tmp_path: Path) -> None:
    settings = Settings(data=tmp_path, config=tmp_path / "config")
    settings.config.mkdir()
    with serve() as base, Store.open(settings.store_url, tmp_path) as store:
        (settings.config / "sources.yaml").write_text(sources(base), encoding="utf-8")
        dead = "http://127.0.0.1:9/"
        subscriptions.add(store, tmp_path, "drafts", "征求意见", to=[dead], now=datetime.now(SHANGHAI))
        with running(tmp_path) as child:
            until(lambda: counts(store).get("pending"))  # told, and waiting for a channel that is down
            note = tmp_path / "schedule.lock.pid"
            with running(tmp_path) as second:
                heard = second.stderr.readline() if second.stderr else ""
                assert f"another process ({child.pid}) runs the schedule" in heard and "standing by" in heard
                child.send_signal(signal.SIGTERM)
                out, said = child.communicate(timeout=60)
                assert (child.returncode, out) == (0, "ended in order\n"), said
                until(lambda: note.exists() and note.read_text(encoding="ascii") == str(second.pid))
                second.send_signal(signal.SIGTERM)
                out, said = second.communicate(timeout=60)
                assert (second.returncode, out) == (0, "ended in order\n"), said
        before = store.last_event()
        with running(tmp_path) as child:
            until((tmp_path / "schedule.lock.pid").exists)
            child.kill()
            child.communicate()
        assert store.last_event() >= before
    with held(tmp_path):  # a kill leaves no lock behind
        pass


def test_the_schedule_of_a_folder_is_held_once(tmp_path: Path) -> None:
    with held(tmp_path), pytest.raises(ScheduleHeld, match=str(os.getpid())), held(tmp_path):
        pass
    with held(tmp_path):
        assert (tmp_path / "schedule.lock.pid").read_text(encoding="ascii") == str(os.getpid())
    assert not (tmp_path / "schedule.lock.pid").exists()


def test_the_clock_runs_late_calls_once_in_shanghai() -> None:
    clock = timers(lambda: None, lambda: None, lambda: None, lambda: None)
    clock.start(paused=True)
    jobs = clock.get_jobs()
    assert {job.id for job in jobs} == {"look", "tell", "project", "feed"}
    assert all(job.coalesce and job.max_instances == 1 and job.misfire_grace_time is None for job in jobs)
    assert {str(job.trigger.timezone) for job in jobs} == {"Asia/Shanghai"}
    clock.shutdown()


def test_a_look_for_what_to_tell_that_takes_long_is_not_joined_by_a_second_one() -> None:
    told: list[str] = []
    going, skipped = threading.Event(), threading.Event()

    def tell() -> None:
        told.append("began")
        going.wait(10)

    clock = timers(lambda: None, tell, lambda: None, lambda: None)
    clock.add_listener(lambda _: skipped.set(), EVENT_JOB_MAX_INSTANCES)
    clock.start()
    assert skipped.wait(10)
    assert told == ["began"]
    going.set()
    until(lambda: len(told) > 1)
    clock.shutdown()
