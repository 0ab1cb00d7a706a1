"""`policywatch alerts add` and `apply`: subscriptions from the command line and from a file."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cli.alerts_row import row
from cli.desk import desk, now
from cli.printing import AsJson, as_json, say
from config.subscriptions import DEFAULT_AT, DEFAULT_EVENTS, DEFAULT_REMIND, DEFAULT_ZONE, EVENTS, Wanted

if TYPE_CHECKING:
    from alerts.apply import Applied

Many = list[str] | None


def add(
    name: Annotated[str, typer.Argument(help="A name for it.")],
    query: Annotated[str, typer.Option(help="What to watch for, as `policywatch search` takes it.")],
    channel: Annotated[Many, typer.Option(help="A channel of channels.yaml; may be given more than once.")] = None,
    to: Annotated[Many, typer.Option(help="The address of a webhook; may be given more than once.")] = None,
    pace: Annotated[str, typer.Option(help="now, daily or weekly.")] = "now",
    at: Annotated[str, typer.Option(help="Time of day of digests and reminders.")] = DEFAULT_AT,
    weekday: Annotated[str, typer.Option(help="Day of weekly digests: mon to sun.")] = "mon",
    working_days: Annotated[
        bool, typer.Option("--working-days", help="Nothing on days off; Chinese make-up days are working days.")
    ] = False,
    quiet: Annotated[str, typer.Option(help="Hours in which nothing is sent, such as 22:00-07:00.")] = "",
    zone: Annotated[str, typer.Option(help="The time zone of all these.")] = DEFAULT_ZONE,
    remind: Annotated[str, typer.Option(help="Days before a deadline, or none.")] = ",".join(DEFAULT_REMIND),
    event: Annotated[
        Many, typer.Option(help=f"What to tell of: {', '.join(EVENTS)} (default: {', '.join(DEFAULT_EVENTS)}).")
    ] = None,
    lang: Annotated[str, typer.Option(help="Language of the messages: zh or en.")] = "zh",
    empty: Annotated[bool, typer.Option("--empty", help="Send empty digests too, as a sign of life.")] = False,
    json: AsJson = False,
) -> None:
    """Subscribe to a search: what matches from now on is told once; what matches already is not.

    Example: policywatch alerts add drafts --query 'type:consultation is:open' --to https://example.org/hook
    """
    from alerts.feeds.files import refresh
    from alerts.subscriptions import subscribe

    channels = (*(channel or ()), *(to or ()))
    days = () if remind == "none" else _split([remind])
    wanted = Wanted(
        name, query, channels, _split(event) or DEFAULT_EVENTS, pace, days, lang,
        at, weekday, working_days, quiet, zone, empty,
    )  # fmt: skip
    with desk() as opened:
        added = subscribe(opened.store, opened.settings.data, wanted, now())
        refresh(opened.store, opened.settings.data, opened.settings.feeds_url, now())
    if json:
        made = row(added.subscription, opened.settings)
        as_json({**made, "matching": added.matching, "warnings": added.warnings})
        return
    for warning in added.warnings:
        say(f"note: {warning}")
    say(f"subscribed {name}: {added.matching} matters match already and are not told; new ones will be")
    if not channels:
        say("it has no channel, only its feeds: `policywatch alerts list` prints their addresses")


def apply(
    file: Annotated[Path | None, typer.Argument(help="A YAML file; none: the operator's subscriptions.yaml.")] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would be done, and do nothing.")] = False,
    json: AsJson = False,
) -> None:
    """Make the subscriptions what a file says: add, change, and remove what the file once made.

    Example: policywatch alerts apply subscriptions.yaml --dry-run
    """
    from alerts.apply import apply_file
    from alerts.feeds.files import refresh
    from config.subscriptions_file import FILE

    with desk() as at:
        path = file or at.settings.config / FILE
        done = apply_file(at.store, at.settings.data, path, now(), dry_run=dry_run)
        if not dry_run:
            refresh(at.store, at.settings.data, at.settings.feeds_url, now())
    as_json(done) if json else _say(done)


def _say(done: "Applied") -> None:
    for warning in done.warnings:
        say(f"note: {warning}")
    would = "would be " if done.dry_run else ""
    for name in done.added:
        say(f"{would}added    {name}")
    for change in done.changed:
        say(f"{would}changed  {change.name} ({', '.join(change.fields)})")
    for name in done.removed:
        say(f"{would}removed  {name}")
    say(f"{len(done.unchanged)} unchanged")


def _split(given: Many) -> tuple[str, ...]:
    return tuple(part.strip() for one in given or () for part in one.split(",") if part.strip())
