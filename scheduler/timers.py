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
FEED = 5  # seconds between two looks for feeds to write

Job = Callable[[], None]


def timers(look: Job, tell: Job, project: Job, feed: Job) -> BackgroundScheduler:
    """A clock, not yet started, that calls each function on its interval; a late call is made once, never doubled."""
    clock = BackgroundScheduler(
        timezone=ZONE,
        executors={"default": ThreadPoolExecutor(8)},
        # two instances, one of which ends at once: work that takes longer than its interval is nothing to warn of
        job_defaults={"coalesce": True, "max_instances": 2, "misfire_grace_time": None},
    )
    for name, job, seconds in (
        ("look", look, LOOK),
        ("tell", tell, TELL),
        ("project", project, PROJECT),
        ("feed", feed, FEED),
    ):
        clock.add_job(_alone(job), IntervalTrigger(seconds=seconds, timezone=ZONE), id=name)
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
