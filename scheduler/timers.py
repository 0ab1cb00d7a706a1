"""Every timer of the service."""

import threading
from collections.abc import Callable

from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.triggers.interval import IntervalTrigger

ZONE = "Asia/Shanghai"
LOOK = 15  # seconds between two looks for sources that are due
TELL = 0.25  # seconds between two looks for something to index, match or send
PROJECT = 1  # seconds between two looks for something that Elasticsearch does not have


def timers(look: Callable[[], None], tell: Callable[[], None], project: Callable[[], None]) -> BackgroundScheduler:
    """A clock, not yet started, that calls each function on its interval; a late call is made once, never doubled."""
    clock = BackgroundScheduler(
        timezone=ZONE,
        executors={"default": ThreadPoolExecutor(4)},
        job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None},
    )
    clock.add_job(look, IntervalTrigger(seconds=LOOK, timezone=ZONE), id="look")
    # two instances, one of which ends at once: a look that takes longer than its interval is nothing to warn of
    clock.add_job(_alone(tell), IntervalTrigger(seconds=TELL, timezone=ZONE), id="tell", max_instances=2)
    clock.add_job(project, IntervalTrigger(seconds=PROJECT, timezone=ZONE), id="project")
    return clock


def _alone(work: Callable[[], None]) -> Callable[[], None]:
    """The work, not done where it is under way already."""
    busy = threading.Lock()

    def call() -> None:
        if busy.acquire(blocking=False):
            try:
                work()
            finally:
                busy.release()

    return call
