"""Prints how long a notice takes against 10,000 subscriptions, with a plain loop over the same queries beside it.

Then what one event costs the matcher, from the store to the ledger, with the same subscriptions in a copy of the store.

python docs/figures/bench_match.py FOLDER      (the data folder of an ingested archive)
"""

import random
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

ROOT = Path(__file__).parent.parent.parent
sys.path.insert(0, str(ROOT))

from sqlalchemy import insert  # noqa: E402

from alerts.cursor import MATCHER  # noqa: E402
from alerts.matcher import match  # noqa: E402
from notices.kinds import NoticeType  # noqa: E402
from notices.notice import Notice  # noqa: E402
from notices.schema import cursors, events  # noqa: E402
from notices.schema import subscriptions as table  # noqa: E402
from notices.store import Store  # noqa: E402
from notices.store.engine import copy_sqlite, upsert  # noqa: E402
from search.memory import Held, holds  # noqa: E402
from search.parse import parse  # noqa: E402
from search.watchlist import Watchlist  # noqa: E402

SUBSCRIPTIONS, NOTICES, LOOPED, TURNS = 10_000, 300, 12, 20
WITHOUT_TEXT, WITH_OR, NEGATED = 0.3, 0.2, 0.1
NOW = datetime(2025, 6, 2, 9, tzinfo=ZoneInfo("Asia/Shanghai"))


def subscriptions(notices: list[Notice], chance: random.Random) -> list[str]:
    """Queries as analysts write them, about the words, issuers and accounts of these notices."""
    return [_subscription(notices, chance) for _ in range(SUBSCRIPTIONS)]


def _subscription(notices: list[Notice], chance: random.Random) -> str:
    written = _filter if chance.random() < WITHOUT_TEXT else _words
    text = written(chance.choice(notices), chance)
    if chance.random() < 0.4:
        text += f" {_filter(chance.choice(notices), chance)}"
    if chance.random() < WITH_OR:
        text = f"({text}) or ({written(chance.choice(notices), chance)})"
    if chance.random() < NEGATED:
        text = f"({text}) -{chance.choice(['type:news', 'type:roundup'] if written is _filter else ['周报', '招聘'])}"
    return text


def _words(one: Notice, chance: random.Random) -> str:
    words = [word for word in one.words if len(word) > 1 and word.isalnum()] or ["数据安全"]
    picked = chance.sample(words, min(len(words), chance.choice([1, 1, 2, 2, 3])))
    return " ".join(picked) if chance.random() < 0.8 else f'"{"".join(picked[:2])}"'


def _filter(one: Notice, chance: random.Random) -> str:
    kind = f"type:{chance.choice(list(NoticeType)).value}"
    issuer = f'issuer:"{chance.choice(one.fields.issuers)}"' if one.fields.issuers else kind
    account = f'account:"{one.carriers[0].account}"'
    return chance.choice(
        [kind, f"{kind} is:open", "is:open", issuer, f"{issuer} {kind}", account, f"{account} {kind}",
         f"{kind} published >= now-30d", "is:official", f"{issuer} deadline >= today"]
    )  # fmt: skip


def _seconds(work: Callable[[], object]) -> float:
    start = time.process_time()
    work()
    return time.process_time() - start


def match_figures(folder: Path) -> None:
    """Processor time of taking a notice apart and matching it, indexed and in a plain loop; both find the same."""
    chance = random.Random(2)
    with Store.open(f"sqlite:///{folder / 'policywatch.db'}", folder) as store:
        ids = chance.sample(sorted(store.notice_ids()), 2_000)
        notices = store.notices(ids)
    trees = {number: parse(text, NOW).tree for number, text in enumerate(subscriptions(notices, chance))}
    watched = Watchlist(trees)
    took, looped, matched = [], [], []
    for place, notice in enumerate(chance.sample(notices, NOTICES)):
        found: set[int] = set()
        took.append(1000 * _seconds(lambda one=notice, kept=found: kept.update(watched.matching(Held.of(one), NOW))))
        matched.append(len(found))
        if place < LOOPED:
            plain: set[int] = set()
            held = Held.of(notice)
            looped.append(
                1000 * _seconds(lambda kept=plain, at=held: kept.update(n for n, t in trees.items() if holds(t, at)))
            )
            assert plain == found
    cuts = statistics.quantiles(took, n=20)
    print(
        f"match_10000 {statistics.mean(took):.2f} ms a notice (p95 {cuts[18]:.2f}, most {max(took):.2f}; "
        f"{statistics.mean(matched):.0f} subscriptions match) against {statistics.mean(looped):.0f} ms in a plain loop",
        flush=True,
    )


def turn_figures(folder: Path) -> None:
    """Processor time of the matcher's turns: the first reads all subscriptions, the next ones what changed."""
    chance = random.Random(2)
    with tempfile.TemporaryDirectory() as scratch:
        copy_sqlite(folder / "policywatch.db", Path(scratch) / "policywatch.db")
        with Store.open(f"sqlite:///{scratch}/policywatch.db", Path(scratch)) as store, store.kept():
            ids = chance.sample(sorted(store.notice_ids()), TURNS)
            queries = subscriptions(store.notices(ids), chance)
            with store.writing() as connection:
                connection.execute(insert(table), [_row(number, query) for number, query in enumerate(queries)])
                at = {"name": MATCHER, "position": store.last_event(), "owner": ""}
                upsert(connection, cursors, [at], ("position",))
            took = []
            for one in ids:
                event = {
                    "kind": "changed",
                    "notice_id": one,
                    "mode": "live",
                    "at": NOW,
                    "detail": {"kinds": ["changed"]},
                }
                with store.writing() as connection:
                    connection.execute(insert(events).values(event))
                took.append(1000 * _seconds(lambda: match(store, NOW)))
    print(f"turn_10000 {took[0]:.0f} ms the first turn, then {statistics.median(took[1:]):.0f} ms", flush=True)


def _row(number: int, query: str) -> dict[str, object]:
    lists = {"channels": ["team"], "remind": [], "events": ["new"]}
    words = {"pace": "now", "language": "zh", "at": "09:00", "weekday": "mon", "quiet": "", "zone": "Asia/Shanghai"}
    flags = {"paused": False, "working_days": False, "empty": False}
    own = {
        "name": f"s{number}",
        "query": query,
        "created_at": NOW,
        "since_event": 0,
        "origin": "",
        "secret": str(number),
    }
    return {**lists, **words, **flags, **own, "plan_at": NOW}


if __name__ == "__main__":
    match_figures(Path(sys.argv[1]))
    turn_figures(Path(sys.argv[1]))
