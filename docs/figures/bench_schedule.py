"""What the schedule itself costs with 500 sources, and whether it grows, over a simulated week."""

import os
import resource
import sys
import tempfile
import time
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from sqlalchemy import select

ROOT = Path(__file__).parent.parent.parent
sys.path.insert(0, str(ROOT))
SOURCES = 500
DAYS = 7
LOOK = timedelta(minutes=2)  # of simulated time, so that a week takes minutes; the service looks more often
SECONDS = 15  # between two looks of the service
PAGE = os.sysconf("SC_PAGE_SIZE")


def resident() -> int:
    """Bytes of this process that are in memory."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * PAGE


def schedule_figures(days: int = DAYS) -> None:
    """CPU seconds of the service's looks in each simulated second, and the memory they leave behind.

    The crawls are left out: what a run's list brought is written down by the same functions, outside the measured time.
    """
    from config import operator
    from config.settings import Settings
    from notices.kinds import Mode
    from notices.pagefile import PageFile
    from notices.schema import runs
    from notices.store import Store
    from notices.store.queue import drop_lists
    from scheduler.looking import Looking
    from scheduler.runs import count, finish

    with tempfile.TemporaryDirectory(prefix="policywatch-bench-") as scratch:
        folder = Path(scratch)
        lines = [
            f"- {{name: s{one:03}, kind: feed, url: 'https://h{one % 60}.cn/{one}', every: {(1, 2, 4, 12)[one % 4]}h}}"
            for one in range(SOURCES)
        ]
        (folder / "sources.yaml").write_text("\n".join(lines), encoding="utf-8")
        operator.use(folder)
        settings = Settings(data=folder, config=folder)
        moment = datetime(2026, 11, 2, tzinfo=ZoneInfo("Asia/Shanghai"))
        spent, looks, begun, warm = 0.0, 0, 0, 0
        with Store.open(settings.store_url, folder) as store, PageFile(folder) as pages:
            looking = Looking(settings, store, pages, lambda: moment)
            end = moment + timedelta(days=days)
            first_day = moment + timedelta(days=1)
            while moment < end:
                start = time.process_time()
                looking.look_without_crawling()
                spent += time.process_time() - start
                looks += 1
                with store.reading() as connection:
                    new = connection.execute(select(runs.c.id, runs.c.source).where(runs.c.ended_at.is_(None))).all()
                if new:
                    with store.writing() as connection:
                        for run in new:
                            count(connection, run.source, {"list": 1, "known": 20}, moment)
                            drop_lists(connection, run.source, Mode.LIVE)
                            finish(connection, run.id, moment)
                begun += len(new)
                moment += LOOK
                if moment >= first_day and not warm:
                    warm = resident()
    share = spent / looks / SECONDS  # a look here has more to begin than one of the service
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    print(
        f"schedule_cost {share:.2%} of a core with {SOURCES} sources ({1000 * spent / looks:.1f} ms CPU a look, "
        f"{looks} looks, {begun} runs)"
    )
    print(
        f"schedule_memory {resident() / warm:.3f} times that of its first day after {days} days ({peak / 1e6:.0f} MB)"
    )


if __name__ == "__main__":
    schedule_figures(int(sys.argv[1]) if len(sys.argv) > 1 else DAYS)
