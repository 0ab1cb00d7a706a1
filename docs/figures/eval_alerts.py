"""Replays the archive in order of date as if live and prints what the default subscription would have told.

    python docs/figures/eval_alerts.py ../shared/data [--around DAYS] [--keep FOLDER]

Every page comes on the day of its front matter and the matcher runs at its noon; what is due counts as sent at once.
`--around` replays only the days that near to a labelled consultation.
"""

import argparse
import json
import random
import re
import sys
import tempfile
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from itertools import groupby
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))

from sqlalchemy import select, update

from alerts import subscriptions
from alerts.ledger import PENDING, SENT
from alerts.matcher import match
from notices.kinds import Mode
from notices.notice import Notice
from notices.page import Page
from notices.pagefile import PageFile
from notices.schema import SHANGHAI, deliveries, matched, notices
from notices.store import Store
from pipelines.keep import keep
from scheduler.archived import archived_page
from scheduler.inputs import inputs
from scheduler.reading import Readers

QUERY = subscriptions.DEFAULT_QUERY
NOON = time(12)
BATCH = 200  # pages of one transaction
PRINTED, SEED = 50, 20261125
DATE = re.compile(rb"^date:[ \t]*['\"]?(\d{4}-\d{2}-\d{2})", re.MULTILINE)
IN_PATH = re.compile(r"(\d{4})/(\d{2})/(\d{2})/")


@dataclass(frozen=True, slots=True)
class Alert:
    """A `new` alert: the matter it counts for now, the notice it was about, and the day it was due."""

    matter_id: int
    notice_id: int
    day: date


def main() -> None:
    """Replays and prints the figures; ends with status 1 where one of them is below what is wanted."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("labels", type=Path)
    parser.add_argument("--around", type=int, help="only days so near to a labelled consultation")
    parser.add_argument("--keep", type=Path, help="keep the store in this folder")
    given = parser.parse_args()
    labels = [json.loads(line) for line in (given.labels / "notices.jsonl").read_text("utf-8").splitlines()]
    with tempfile.TemporaryDirectory() as scratch:
        folder = given.keep or Path(scratch)
        with Store.open(f"sqlite:///{folder / 'policywatch.db'}", folder) as store, PageFile(folder) as pages:
            replay(store, pages, folder, days_of(given.labels / "archive.tar.xz", near(labels, given.around)))
            sys.exit(0 if figures(store, labels) else 1)


def days_of(archive: Path, wanted: set[date] | None) -> dict[date, list[Page]]:
    """The archive's pages by the day they came out."""
    found: dict[date, list[Page]] = defaultdict(list)
    for one in inputs([archive]):
        for file in one.files():
            written = DATE.search(file.body[:2000])
            day = date.fromisoformat(written[1].decode()) if written else in_path(file.path)
            if wanted is None or day in wanted:
                page = archived_page(file, Mode.LIVE, datetime.combine(day, NOON, SHANGHAI))
                found[day].append(replace(page, fetched_at=datetime.combine(day, NOON, SHANGHAI)))
    return found


def near(labels: Sequence[dict[str, object]], around: int | None) -> set[date] | None:
    """The days around labelled consultations; None for all days."""
    if around is None:
        return None
    own = {in_path(str(label["path"])) for label in labels if label["notice_type"] == "consultation"}
    return {day + timedelta(days=step) for day in own for step in range(-around, around + 1)}


def in_path(path: str) -> date:
    """The day that a path of the archive names."""
    match = IN_PATH.search(path)
    assert match, path
    return date(*map(int, match.groups()))


def replay(store: Store, pages: PageFile, folder: Path, days: dict[date, list[Page]]) -> None:
    """Keeps each day's pages at its noon, matches, and takes what is due for sent."""
    start = datetime.combine(min(days) - timedelta(days=1), NOON, SHANGHAI)
    subscriptions.add(store, folder, "default", QUERY, to=["http://127.0.0.1:9/hook"], now=start)
    with Readers() as readers:
        reads = readers.read(batch for _, batch in batches(days))
        ordered = ((day, items) for (day, _), items in zip(batches(days), reads, strict=True))
        for day, parts in groupby(ordered, key=lambda part: part[0]):
            now = datetime.combine(day, NOON, SHANGHAI)
            for _, (batch, found) in parts:
                items = [(page, read.reading, read.understood) for page, read in zip(batch, found, strict=True)]
                keep(store, pages, items, now=now)
            match(store, now)
            with store.writing() as connection:
                sent = update(deliveries).where(deliveries.c.state == PENDING)
                connection.execute(sent.values(state=SENT, sent_at=now))


def batches(days: dict[date, list[Page]]) -> Iterator[tuple[date, list[Page]]]:
    """Each day's pages in pieces, in order of date."""
    for day in sorted(days):
        for start in range(0, len(days[day]), BATCH):
            yield day, days[day][start : start + BATCH]


def figures(store: Store, labels: Sequence[dict[str, object]]) -> bool:
    """Prints recall, precision, doubles, and alerts that nobody labelled; whether all is as wanted."""
    with store.reading() as connection:
        matter = {row.id: row.matter_id for row in connection.execute(select(notices.c.id, notices.c.matter_id))}
        ids = list(matter)
        rows = connection.execute(select(deliveries).where(deliveries.c.event == "new", deliveries.c.state == SENT))
        sent = [(store.resolve(row.notice_id), row.created_at.date()) for row in rows.all()]
        told = len(connection.execute(select(matched).where(matched.c.alerted)).all())
    alerts = [Alert(matter[one], one, day) for one, day in sent if one is not None]
    held = {one.notice_id: one for one in store.notices(ids)}
    notice_of = {carrier.path: one.notice_id for one in held.values() for carrier in one.carriers}
    label_of = {str(one["path"]): one for one in labels if not one["lenient"]}
    ok = recall(alerts, held, matter, notice_of, label_of)
    ok &= precision(alerts, held, label_of)
    counted: dict[int, int] = defaultdict(int)
    for alert in alerts:
        counted[alert.matter_id] += 1
    doubles = [one for one, number in counted.items() if number > 1]
    print(f"alerts_twice {len(doubles)} (of {len(alerts)} alerts for {len(counted)} matters; {told} remembered)")
    for one in doubles:
        print(f"  twice: {[held[a.notice_id].titles[0] for a in alerts if a.matter_id == one]}")
    unlabelled(alerts, held, {str(one["path"]) for one in labels})
    return ok and not doubles


def recall(
    alerts: Sequence[Alert],
    held: dict[int, Notice],
    matter: dict[int, int],
    notice_of: dict[str, int],
    label_of: dict[str, dict[str, object]],
) -> bool:
    """Prints how many labelled consultations were told exactly once, on the day of their matter's first carrier.

    One whose article was not stored was not told either.
    """
    wanted = {
        matter[notice_of[path]]
        for path, label in label_of.items()
        if label["notice_type"] == "consultation" and path in notice_of
    }
    missing = [p for p, one in label_of.items() if one["notice_type"] == "consultation" and p not in notice_of]
    hits = 0
    for one in sorted(wanted):
        mine = [alert for alert in alerts if alert.matter_id == one]
        members = [notice for notice in held.values() if matter[notice.notice_id] == one]
        first = min(c.published_at.date() for m in members for c in m.carriers if c.published_at)
        good = len(mine) == 1 and mine[0].day == first
        hits += good
        if not good:
            told = ", ".join(str(alert.day) for alert in mine) or "never"
            print(f"  wrong recall: matter {one}, first {first}, told {told}: {members[0].titles[0]}")
    for path in missing:
        print(f"  wrong recall: {label_of[path].get('id', path)} was not stored")
    number = len(wanted) + len(missing)
    rate = hits / max(number, 1)
    print(f"alerts_recall {rate:.3f} ({hits} of {number} matters; {len(missing)} labelled articles not stored)")
    return rate >= 0.98


def precision(alerts: Sequence[Alert], held: dict[int, Notice], label_of: dict[str, dict[str, object]]) -> bool:
    """Prints how many of the labelled articles that an alert was about are consultations."""
    right = total = 0
    for alert in alerts:
        for carrier in held[alert.notice_id].carriers:
            if (label := label_of.get(carrier.path)) is not None:
                total += 1
                right += label["notice_type"] == "consultation"
                if label["notice_type"] != "consultation":
                    print(f"  wrong precision: {label['id']} is {label['notice_type']}: {carrier.title}")
    rate = right / max(total, 1)
    print(f"alerts_precision {rate:.3f} ({right} of {total} labelled articles told of)")
    return rate >= 0.98


def unlabelled(alerts: Sequence[Alert], held: dict[int, Notice], labelled: set[str]) -> None:
    """Prints alerts about notices that carry no labelled article, drawn with a fixed seed, to be read by a person."""
    others = [a for a in alerts if not {c.path for c in held[a.notice_id].carriers} & labelled]
    drawn = random.Random(SEED).sample(others, min(PRINTED, len(others)))
    print(f"unlabelled alerts: {len(others)}, printed {len(drawn)} (seed {SEED})")
    for alert in sorted(drawn, key=lambda one: (one.day, one.notice_id)):
        notice = held[alert.notice_id]
        print(f"  {alert.day} {notice.fields.comment_end or '-'} {notice.carriers[0].account}: {notice.titles[0]}")


if __name__ == "__main__":
    main()
