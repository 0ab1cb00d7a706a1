"""Makes the subscriptions what a file says: all of it or, where anything in it is wrong, nothing."""

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from pathlib import Path

from sqlalchemy import Connection, update

from alerts.feeds.files import discard
from alerts.index_reader import IndexReader, warnings
from alerts.matcher import match
from alerts.pace import today
from alerts.replan import replan
from alerts.standing import ADVICE, Standing, TooFast, matched_to, remember, standing
from alerts.subscriptions import Subscription, cautions, erase, establish, load, read, strangers, values
from config.channels import load_channels
from config.subscriptions import Wanted
from config.subscriptions_file import Entry, Mistake
from config.subscriptions_file import read as read_file
from notices.problem import Problem
from notices.schema import subscriptions
from notices.store import Store
from search.projector import project

REMINDING = {"at", "zone", "remind", "working_days", "events"}  # today's reminders are looked at anew
PATIENCE = 30.0  # seconds for a service that is matching
PAUSE = 0.2


class BadFile(Problem):
    """A file of subscriptions with mistakes; the text names all of them, each with its line."""

    status = 2


@dataclass(frozen=True, slots=True)
class Change:
    """A subscription that the file wants otherwise, and in which fields."""

    name: str
    fields: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Applied:
    """What a file did, or with `dry_run` would do, by the names of subscriptions."""

    added: tuple[str, ...]
    changed: tuple[Change, ...]
    removed: tuple[str, ...]
    unchanged: tuple[str, ...]
    warnings: tuple[str, ...]
    dry_run: bool


@dataclass(frozen=True, slots=True)
class _Plan:
    added: tuple[Entry, ...]
    changed: tuple[tuple[Entry, Subscription, tuple[str, ...]], ...]
    removed: tuple[Subscription, ...]
    unchanged: tuple[str, ...]

    def queries(self) -> Iterator[str]:
        """Those that have to be asked: of new subscriptions and of those that ask for something else now."""
        yield from (entry.wanted.query for entry in self.added)
        yield from (entry.wanted.query for entry, _, named in self.changed if "query" in named)


def apply_file(store: Store, folder: Path, path: Path, now: datetime, *, dry_run: bool = False) -> Applied:
    """Makes the subscriptions of a data folder what a file says, in one transaction.

    Raises BadFile, SettingsError for a broken channels.yaml, and Problem for a file that cannot be read.
    """
    entries, said = _checked(path, now)
    plan = _plan(entries, read(store), path.name)
    if not dry_run and (plan.added or plan.changed or plan.removed):
        _carry_out(store, folder, entries, path.name, now)
        for one in (*plan.removed, *(one for _, one, _ in plan.changed)):
            discard(folder, one.id)
    return Applied(
        tuple(entry.wanted.name for entry in plan.added),
        tuple(Change(one.name, named) for _, one, named in plan.changed),
        tuple(one.name for one in plan.removed),
        plan.unchanged,
        said,
        dry_run,
    )


def _checked(path: Path, now: datetime) -> tuple[list[Entry], tuple[str, ...]]:
    """The entries of a file without mistakes, and what there is to warn of."""
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        what = error.strerror if isinstance(error, OSError) else "it is not UTF-8"
        raise BadFile(f"{path} cannot be read ({what}): name a YAML file, or `policywatch init` writes one") from None
    entries, mistakes = read_file(text)
    known = load_channels()
    said: dict[str, None] = {}
    for entry in entries:
        mistakes += [Mistake(entry.line_of(key), what) for key, what in strangers(entry.wanted, known)]
        try:
            notes = warnings(entry.wanted.query, now)
        except Problem as error:
            mistakes.append(Mistake(entry.line_of("query"), f"query: {error}"))
        else:
            said |= dict.fromkeys(f"line {entry.line_of('query')}: query: {note}" for note in notes)
            said |= dict.fromkeys(cautions(entry.wanted, now))
    if mistakes:
        ordered = sorted(mistakes, key=lambda one: one.line)
        raise BadFile("; ".join(f"{path.name} line {one.line}: {one.said}" for one in ordered))
    return entries, tuple(said)


def _plan(entries: Sequence[Entry], there: Sequence[Subscription], file: str) -> _Plan:
    """What has to be done; raises BadFile for a name that another file made."""
    named = {one.name: one for one in there}
    wrong = [
        f"{file} line {entry.line_of('name')}: {one.name!r} is made by {one.origin}: take it out there first"
        for entry in entries
        if (one := named.get(entry.wanted.name)) is not None and one.origin not in ("", file)
    ]
    if wrong:
        raise BadFile("; ".join(wrong))
    added, changed, unchanged = [], [], []
    for entry in entries:
        one = named.get(entry.wanted.name)
        if one is None:
            added.append(entry)
        elif different := _different(entry, one, file):
            changed.append((entry, one, different))
        else:
            unchanged.append(one.name)
    wanted = {entry.wanted.name for entry in entries}
    removed = tuple(one for one in there if one.origin == file and one.name not in wanted)
    return _Plan(tuple(added), tuple(changed), removed, tuple(unchanged))


def _different(entry: Entry, one: Subscription, file: str) -> tuple[str, ...]:
    found = [two.name for two in fields(Wanted) if getattr(entry.wanted, two.name) != getattr(one, two.name)]
    if entry.paused is not None and entry.paused != one.paused:
        found.append("paused")
    return tuple(found) + (("origin",) if one.origin != file else ())


def _carry_out(store: Store, folder: Path, entries: Sequence[Entry], file: str, now: datetime) -> None:
    """Asks the new queries and writes everything at one position of the log, when all before it is matched.

    What happened before is matched with what was asked for then, so that a change loses nothing.
    """
    end = time.monotonic() + PATIENCE
    while True:
        project(store, folder)
        match(store, now)
        plan = _plan(entries, read(store), file)
        with IndexReader(folder) as reader:
            stands = standing(reader, plan.queries(), now)
        with store.writing() as connection:
            if matched_to(connection) == stands.position and _plan(entries, load(connection), file) == plan:
                _write(connection, plan, stands, file, now)
                return
        if time.monotonic() > end:
            raise TooFast(ADVICE)
        time.sleep(PAUSE)


def _write(connection: Connection, plan: _Plan, stands: Standing, file: str, now: datetime) -> None:
    for one in plan.removed:
        erase(connection, one.id)
    for entry in plan.added:
        establish(connection, entry.wanted, stands, now, origin=file, paused=bool(entry.paused))
    for entry, one, named in plan.changed:
        paused = one.paused if entry.paused is None else entry.paused
        row = {**values(entry.wanted), "origin": file, "paused": paused}
        if one.paused and not paused:
            row["resumed_at"] = now
        if "query" in named:
            remember(connection, one.id, stands.position, stands.found[entry.wanted.query])
            row["since_event"] = stands.position
        if REMINDING & set(named):
            row["plan_at"] = today(entry.wanted, now)
        connection.execute(update(subscriptions).where(subscriptions.c.id == one.id).values(row))
    replan(connection, [one.id for _, one, _ in plan.changed], now)
