"""The entries of a subscription's feed, from what it was told."""

from dataclasses import replace
from datetime import datetime

from sqlalchemy import Connection, select

from alerts import message
from alerts.feeds.feed import Entry, Feed
from alerts.feeds.shelf import Shelf, Shown, shown_of
from alerts.follow import homes
from alerts.kinds import NEW, name_of
from alerts.parts import LARGEST
from alerts.subscriptions import Subscription
from alerts.view import says
from alerts.words import WORDS
from notices.schema import told

NEWEST = LARGEST  # entries of a feed: the link of the largest message leads to all that is in it


def feed(connection: Connection, store_id: str, one: Subscription, home: str, shelf: Shelf) -> Feed:
    """What a subscription was told last; what is told of a notice that is gone is left out."""
    mine = select(told).where(told.c.subscription_id == one.id)
    rows = connection.execute(mine.order_by(told.c.at.desc(), told.c.matter_id.desc()).limit(NEWEST)).all()
    places = homes(connection, {row.notice_id for row in rows})
    found = shelf.get(connection, {place.notice_id for place in places.values()}, one.language)
    base = f"urn:policywatch:{store_id}:{one.id}"
    entries: dict[tuple[int, str], Entry] = {}
    for row in reversed(rows):  # of two that a merge made one, the older stays
        shown = found.get(places[row.notice_id].notice_id) if row.notice_id in places else None
        if shown is None and row.subject:
            shown = shown_of(message.without_notice(row.event, row.matter_id, row.subject), one.language)
        if shown is not None:
            entry = _entry(f"{base}:{row.matter_id}:{row.event}", shown, row.event, row.at, one.language)
            entries.setdefault((shown.item.matter_id, row.event), entry)
    newest = tuple(reversed(entries.values()))
    updated = max((entry.told_at for entry in newest), default=one.created_at)
    return Feed(base, f"policywatch: {one.name}", one.query, home, one.language, updated, newest)


def _entry(name: str, shown: Shown, event: str, at: datetime, language: str) -> Entry:
    words, item = WORDS[language], shown.item
    return Entry(
        id=name,
        title=item.title if name_of(event) == NEW else says(replace(item, event=event), words),
        link=item.url,
        told_at=at,
        published_at=item.published_at,
        tags=tuple(tag for tag in (words.get(item.notice_type, item.notice_type), *item.issuers) if tag),
        lines=shown.lines,
    )
