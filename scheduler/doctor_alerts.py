"""The part of `doctor` that looks at channels, subscriptions and deliveries."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from shlex import quote

from alerts import subscriptions
from alerts.ledger import FAILED, MISSED, PENDING, Delivery, listed
from config.channel_rules import is_checked
from config.channels import Channel, is_address, load_channels, shown
from notices.problem import Problem
from notices.store import Store
from scheduler.doctor_check import BAD, OK, WARNING, Check
from search.parse import parse

OVERDUE = timedelta(hours=1)
RECENT = timedelta(days=7)


def channels_and_subscriptions(store: Store, now: datetime) -> Iterator[Check]:
    """Whether every channel can be used and every subscription can find and tell something."""
    channels = load_channels()
    for channel in channels.values():
        if channel.problem:
            detail, _, advice = channel.problem.partition(": ")
            yield Check(f"channel {channel.name}", BAD, detail, advice)
        else:
            yield _channel(channel)
    wanted = subscriptions.read(store)
    if not wanted:
        query = subscriptions.DEFAULT_QUERY
        advice = (
            f"`policywatch init` and `alerts apply`, or `alerts add {subscriptions.DEFAULT_NAME} --query '{query}'`"
        )
        yield Check("subscriptions", WARNING, "nobody is told of anything", advice)
    for one in wanted:
        yield from _query(one, now)
        lost = [name for name in one.channels if name not in channels and not is_address(name)]
        if not one.channels:
            yield Check(f"subscription {one.name}", OK, "has no channel, only its feeds", "`policywatch serve --feeds`")
        for caution in subscriptions.cautions(one, now):
            yield Check(f"subscription {one.name}", WARNING, caution)
        for name in lost:
            yield Check(f"subscription {one.name}", BAD, f"channels.yaml has no channel {name!r}", "add it there")


def _channel(channel: Channel) -> Check:
    name, detail = f"channel {channel.name}", f"{channel.kind} to {shown(channel.url)}"
    if channel.kind == "webhook":
        return Check(name, OK, f"{detail}, {'signed' if channel.secret else 'not signed'}")
    if channel.kind == "apprise" and not is_checked(channel.url):
        return Check(
            name, WARNING, f"{detail}: an error of this platform may pass for a success", "see docs/channels.md"
        )
    return Check(name, OK, detail)


def _query(one: subscriptions.Subscription, now: datetime) -> Iterator[Check]:
    try:
        parse(one.query, now)
    except Problem as error:
        advice = "remove it and add it anew: it matches nothing as it is"
        yield Check(f"subscription {one.name}", BAD, str(error), advice)


def deliveries(store: Store, now: datetime) -> Iterator[Check]:
    """What was given up, what waits too long and which reminders were missed."""
    paused = {one.name for one in subscriptions.read(store) if one.paused}
    rows = [row for row in listed(store) if row.subscription not in paused]
    failed = [row for row in rows if row.state == FAILED and now - row.due_at < RECENT]
    waiting = [row for row in rows if row.state == PENDING and now - row.planned_at > OVERDUE]
    yield from _standing(BAD, failed, "were given up in the last week", ", `alerts retry {name}` sends them again")
    yield from _standing(WARNING, waiting, "wait for more than an hour")
    missed = [row for row in rows if row.state == MISSED and now - row.created_at < RECENT]
    if missed:
        detail = f"{len(missed)} reminders were missed in the last week, the newest {missed[0].event}"
        yield Check("alerts", WARNING, detail, "keep `policywatch run` running: nothing ran on the day of these")
    if not failed and not waiting:
        yield Check("alerts", OK, f"{len(rows)} deliveries, none given up in the last week")


def _standing(state: str, rows: Sequence[Delivery], what: str, more: str = "") -> Iterator[Check]:
    if rows:
        detail = f"{len(rows)} deliveries {what}, the newest to {rows[0].channel}: {rows[0].error or 'not tried yet'}"
        name = quote(rows[0].subscription)
        yield Check("alerts", state, detail, f"`policywatch alerts test {name}` shows why{more.format(name=name)}")
