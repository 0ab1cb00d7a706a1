"""`policywatch alerts`: subscriptions and what became of their alerts."""

from typing import TYPE_CHECKING, Annotated

import typer

from cli import alerts_look, alerts_make
from cli.alerts_row import row
from cli.desk import desk, now
from cli.printing import AsJson, as_json, say, table

if TYPE_CHECKING:
    from alerts.subscriptions import Subscription

app = typer.Typer(help="Saved searches that tell.", no_args_is_help=True, rich_markup_mode=None)
Name = Annotated[str, typer.Argument(help="The subscription's name.")]


@app.command("list")
def list_(json: AsJson = False) -> None:
    """Print every subscription with the addresses of its feeds; whoever has an address can read that feed.

    Example: policywatch alerts list --json
    """
    from alerts.subscriptions import read

    with desk(logs=False) as at:
        found = read(at.store)
        rows = [row(one, at.settings) for one in found]
    if json:
        as_json(rows)
        return
    shown_rows = [
        (r["name"], r["query"], _when(one), ", ".join(r["channels"]), "paused" if r["paused"] else "on")
        for r, one in zip(rows, found, strict=True)
    ]
    table(shown_rows, ("name", "query", "pace", "channels", "state"))
    for shown_row in rows:
        say(f"feeds of {shown_row['name']}:")
        for address in shown_row["feeds"].values():
            say(f"  {address}")


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
def rotate(name: Name, json: AsJson = False) -> None:
    """Give a subscription's feeds new addresses; those of before answer nothing any more.

    Example: policywatch alerts rotate drafts
    """
    from alerts import subscriptions
    from alerts.feeds.addresses import addresses

    with desk() as at:
        found = addresses(at.settings.feeds_url, subscriptions.rotate(at.store, name))
    if json:
        as_json({"name": name, "feeds": found})
        return
    for address in found.values():
        say(address)


@app.command()
def retry(name: Name, json: AsJson = False) -> None:
    """Send again what was given up of a subscription: it waits as if it were new, under the keys it had.

    Example: policywatch alerts retry drafts
    """
    from alerts import replan

    with desk() as at:
        number = replan.retry(at.store, name, now())
    as_json({"name": name, "retried": number}) if json else say(f"{number} deliveries of {name} wait to be sent again")


@app.command()
def remove(name: Name, json: AsJson = False) -> None:
    """Remove a subscription, its deliveries and its feeds.

    Example: policywatch alerts remove drafts
    """
    from alerts import subscriptions
    from alerts.feeds.files import discard

    with desk() as at:
        gone = subscriptions.remove(at.store, name)
        discard(at.settings.data, gone.id)
    as_json({"removed": gone.name}) if json else say(f"removed {gone.name}")


for command in (alerts_make.add, alerts_make.apply, alerts_look.preview, alerts_look.test, alerts_look.deliveries):
    app.command()(command)


def _when(one: "Subscription") -> str:
    day = f" {one.weekday}" if one.pace == "weekly" else ""
    return one.pace if one.pace == "now" else f"{one.pace}{day} {one.at}"


def _set(name: str, paused: bool, json: bool) -> None:
    from alerts import subscriptions

    with desk() as at:
        found = subscriptions.pause(at.store, name) if paused else subscriptions.resume(at.store, name, now())
    state = "paused" if found.paused else "on"
    as_json({"name": found.name, "paused": found.paused}) if json else say(f"{found.name} is {state}")
