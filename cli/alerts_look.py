"""`policywatch alerts preview`, `test` and `deliveries`: what would be told, whether it arrives, what became of it."""

from typing import TYPE_CHECKING, Annotated

import typer

from cli.desk import desk, now
from cli.printing import AsJson, as_json, say, table

if TYPE_CHECKING:
    from alerts.ledger import Delivery

HEADS = ("subscription", "notice", "title", "event", "channel", "state", "attempts", "repeats", "sent at", "error")
TITLE = 40  # characters of a title in the table


def preview(query: Annotated[str, typer.Argument(help="A search.")], json: AsJson = False) -> None:
    """Show what a search would have sent over the last 90 days with the default events, and how many a week.

    Example: policywatch alerts preview 'type:consultation issuer:工信部'
    """
    from alerts import preview as past
    from alerts.index_reader import IndexReader
    from search.projector import project

    with desk() as at:
        project(at.store, at.settings.data)
        with IndexReader(at.settings.data) as reader:
            found = past.preview(at.store, reader, query, now())
    if json:
        as_json(found)
        return
    new, moved, reminded = found.events.values()
    say(f"{found.sent} alerts in 90 days, {found.per_week:.1f} a week")
    say(f"  {new} new, {moved} deadlines moved, {reminded} reminders")
    for hit in found.newest:
        say(f"  {hit.notice_id:>6}  {hit.title}")


def test(
    name: Annotated[str, typer.Argument(help="A subscription's name, or a channel's.")], json: AsJson = False
) -> None:
    """Send a sample to a channel, or to those of a subscription, and print each channel's own answer.

    Example: policywatch alerts test drafts
    """
    from alerts.sample import Asked, try_out
    from alerts.subscriptions import DEFAULT_QUERY, named, read
    from config.channels import load_channels

    with desk() as at:
        channels = load_channels()
        if name in channels and name not in [one.name for one in read(at.store)]:
            tried = try_out(at.store, [name], channels, now(), Asked(name, DEFAULT_QUERY, "zh"))
        else:
            found = named(at.store, name)
            tried = try_out(at.store, found.channels, channels, now(), Asked(found.name, found.query, found.language))
    if json:
        as_json(tried)
    else:
        for one in tried:
            say(f"{one.channel}: {'accepted' if one.accepted else 'NOT accepted'} ({one.answer})")
        if not tried:
            say(f"{name} has no channel, only its feeds: `policywatch alerts list` prints their addresses")
    if not all(one.accepted for one in tried):
        raise typer.Exit(1)


def deliveries(
    name: Annotated[str, typer.Argument(help="A subscription's name; none: all.")] = "",
    limit: Annotated[int, typer.Option(min=1, help="Rows at the most, newest first.")] = 50,
    json: AsJson = False,
) -> None:
    """Print what was told, is waiting, was missed or was given up.

    Example: policywatch alerts deliveries drafts
    """
    from alerts.ledger import listed

    with desk(logs=False) as at:
        found = listed(at.store, name, limit)
    if json:
        as_json(found)
        return
    table([_row(one) for one in found], HEADS)


def _row(one: "Delivery") -> tuple[object, ...]:
    title = one.title if len(one.title) <= TITLE else one.title[: TITLE - 1] + "…"
    told = one.sent_at or f"due {one.due_at}"
    what = one.subscription, one.notice_id, title, one.event, one.channel
    return (*what, one.state, one.attempts, one.repeats, told, one.error)
