"""`policywatch alerts`: subscriptions and what became of their alerts."""

from typing import TYPE_CHECKING, Annotated, Any

import typer

from cli.desk import desk, now
from cli.printing import AsJson, as_json, say, table

if TYPE_CHECKING:
    from alerts.subscriptions import Subscription

app = typer.Typer(help="Saved searches that tell.", no_args_is_help=True, rich_markup_mode=None)
Name = Annotated[str, typer.Argument(help="The subscription's name.")]
Many = list[str] | None


@app.command()
def add(
    name: Annotated[str, typer.Argument(help="A name for it.")],
    query: Annotated[str, typer.Option(help="What to watch for, as `policywatch search` takes it.")],
    channel: Annotated[Many, typer.Option(help="A channel of channels.yaml; may be given more than once.")] = None,
    to: Annotated[Many, typer.Option(help="The address of a webhook; may be given more than once.")] = None,
    event: Annotated[Many, typer.Option(help="What to tell of: new, deadline; both when not given.")] = None,
    lang: Annotated[str, typer.Option(help="Language of the messages: zh or en.")] = "zh",
    json: AsJson = False,
) -> None:
    """Subscribe to a search: what matches from now on is told once; what matches already is not.

    Example: policywatch alerts add drafts --query 'type:consultation is:open' --to https://example.org/hook
    """
    from alerts import subscriptions

    with desk() as at:
        added = subscriptions.add(
            at.store,
            at.settings.data,
            name,
            query,
            channels=channel or (),
            to=to or (),
            events=event or subscriptions.DEFAULT_EVENTS,
            language=lang,
            now=now(),
        )
    if json:
        made = _row(added.subscription)
        as_json({**made, "matching": added.matching, "warnings": added.warnings})
        return
    for warning in added.warnings:
        say(f"note: {warning}")
    say(f"subscribed {name}: {added.matching} matters match already and are not told; new ones will be")


@app.command("list")
def list_(json: AsJson = False) -> None:
    """Print every subscription.

    Example: policywatch alerts list --json
    """
    from alerts.subscriptions import read

    with desk(logs=False) as at:
        found = read(at.store)
    rows = [_row(one) for one in found]
    if json:
        as_json(rows)
        return
    shown_rows = [(r["name"], r["query"], ", ".join(r["channels"]), "paused" if r["paused"] else "on") for r in rows]
    table(shown_rows, ("name", "query", "channels", "state"))


@app.command()
def preview(query: Annotated[str, typer.Argument(help="A search.")], json: AsJson = False) -> None:
    """Show what a search would have told over the last 90 days, and how many a week.

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
    say(f"{found.matches} alerts in 90 days, {found.per_week:.1f} a week")
    for hit in found.newest:
        say(f"  {hit.notice_id:>6}  {hit.title}")


@app.command()
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
    if not all(one.accepted for one in tried):
        raise typer.Exit(1)


@app.command()
def pause(name: Name, json: AsJson = False) -> None:
    """Stop telling of a subscription's matches; what is new meanwhile is not told later.

    Example: policywatch alerts pause drafts
    """
    _set(name, True, json)


@app.command()
def resume(name: Name, json: AsJson = False) -> None:
    """Tell again of a subscription's matches.

    Example: policywatch alerts resume drafts
    """
    _set(name, False, json)


@app.command()
def remove(name: Name, json: AsJson = False) -> None:
    """Remove a subscription and its deliveries.

    Example: policywatch alerts remove drafts
    """
    from alerts import subscriptions

    with desk() as at:
        gone = subscriptions.remove(at.store, name)
    as_json({"removed": gone.name}) if json else say(f"removed {gone.name}")


@app.command()
def deliveries(
    name: Annotated[str, typer.Argument(help="A subscription's name; none: all.")] = "",
    limit: Annotated[int, typer.Option(min=1, help="Rows at the most, newest first.")] = 50,
    json: AsJson = False,
) -> None:
    """Print what was told, is waiting, or was given up.

    Example: policywatch alerts deliveries drafts
    """
    from alerts.ledger import listed

    with desk(logs=False) as at:
        found = listed(at.store, name, limit)
    if json:
        as_json(found)
        return
    rows = [(d.subscription, d.notice_id, d.event, d.channel, d.state, d.attempts, d.sent_at, d.error) for d in found]
    table(rows, ("subscription", "notice", "event", "channel", "state", "attempts", "sent at", "error"))


def _row(one: "Subscription") -> dict[str, Any]:
    from config.channels import shown

    names = ("name", "query", "channels", "pace", "remind", "events", "paused", "created_at")
    return {name: getattr(one, name) for name in names} | {"channels": [shown(channel) for channel in one.channels]}


def _set(name: str, paused: bool, json: bool) -> None:
    from alerts import subscriptions

    with desk() as at:
        found = subscriptions.pause(at.store, name, paused)
    state = "paused" if found.paused else "on"
    as_json({"name": found.name, "paused": found.paused}) if json else say(f"{found.name} is {state}")
