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
        executors={"default": ThreadPoolExecutor(4)},
        job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None},
    )
    # two instances of some, one of which ends at once: a look longer than its interval is nothing to warn of
    for name, job, seconds, most in (
        ("look", look, LOOK, 1),
        ("tell", _alone(tell), TELL, 2),
        ("project", _alone(project), PROJECT, 2),
        ("feed", feed, FEED, 1),
    ):
        clock.add_job(job, IntervalTrigger(seconds=seconds, timezone=ZONE), id=name, max_instances=most)
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
