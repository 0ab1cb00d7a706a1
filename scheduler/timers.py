"""Every timer of the service."""

from collections.abc import Callable

from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.triggers.interval import IntervalTrigger

ZONE = "Asia/Shanghai"
LOOK = 15  # seconds between two looks for sources that are due
TELL = 0.25  # seconds between two looks for something to index, match or send
FEED = 5  # seconds between two looks for feeds to write


def timers(look: Callable[[], None], tell: Callable[[], None], feed: Callable[[], None]) -> BackgroundScheduler:
    """A clock, not yet started, that calls each function on its interval; a late call is made once, never doubled."""
    clock = BackgroundScheduler(
        timezone=ZONE,
        executors={"default": ThreadPoolExecutor(3)},
        job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None},
    )
    clock.add_job(look, IntervalTrigger(seconds=LOOK, timezone=ZONE), id="look")
    clock.add_job(tell, IntervalTrigger(seconds=TELL, timezone=ZONE), id="tell")
    clock.add_job(feed, IntervalTrigger(seconds=FEED, timezone=ZONE), id="feed")
    return clock
