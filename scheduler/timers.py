"""Every timer of the service."""

from collections.abc import Callable

from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.triggers.interval import IntervalTrigger

ZONE = "Asia/Shanghai"
LOOK = 15  # seconds between two looks for sources that are due
TELL = 1  # seconds between two looks for something to index, match or send
PROJECT = 1  # seconds between two looks for something that Elasticsearch does not have


def timers(look: Callable[[], None], tell: Callable[[], None], project: Callable[[], None]) -> BackgroundScheduler:
    """A clock, not yet started, that calls each function on its interval; a late call is made once, never doubled."""
    clock = BackgroundScheduler(
        timezone=ZONE,
        executors={"default": ThreadPoolExecutor(3)},
        job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None},
    )
    clock.add_job(look, IntervalTrigger(seconds=LOOK, timezone=ZONE), id="look")
    clock.add_job(tell, IntervalTrigger(seconds=TELL, timezone=ZONE), id="tell")
    clock.add_job(project, IntervalTrigger(seconds=PROJECT, timezone=ZONE), id="project")
    return clock
