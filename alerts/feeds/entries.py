"""The entries of a subscription's feed, from what it was told."""

from datetime import datetime

from sqlalchemy import Connection, select

from alerts import message
from alerts.feeds.feed import Entry, Feed
from alerts.feeds.shelf import Shelf
from alerts.follow import homes
from alerts.kinds import NEW, name_of
from alerts.sending import Item
from alerts.subscriptions import Subscription
from alerts.view import says, view
from alerts.words import WORDS
from notices.schema import told

NEWEST = 100  # entries of a feed
NAMED = 20  # carriers and attachments that an entry names


def feed(connection: Connection, store_id: str, one: Subscription, home: str, shelf: Shelf, now: datetime) -> Feed:
    """What a subscription was told last; what is told of a notice that is gone is left out."""
    mine = select(told).where(told.c.subscription_id == one.id)
    rows = connection.execute(mine.order_by(told.c.at.desc(), told.c.matter_id.desc()).limit(NEWEST)).all()
    places = homes(connection, {row.notice_id for row in rows})
    found = shelf.get(connection, {place.notice_id for place in places.values()})
    base = f"urn:policywatch:{store_id}:{one.id}"
    entries: dict[tuple[int, str], Entry] = {}
    for row in reversed(rows):  # of two that a merge made one, the older stays
        shown = found.get(places[row.notice_id].notice_id) if row.notice_id in places else None
        if shown is not None:
            item = message.item(shown.notice, row.event, shown.attachments, row.at, now)
        elif row.subject:
            item = message.without_notice(row.event, row.matter_id, row.subject)
        else:
            continue
        entry = _entry(f"{base}:{row.matter_id}:{row.event}", item, row.at, one.language)
        entries.setdefault((item.matter_id, row.event), entry)
    newest = tuple(reversed(entries.values()))
    updated = max((entry.told_at for entry in newest), default=one.created_at)
    return Feed(base, f"policywatch: {one.name}", one.query, home, one.language, updated, newest)


def lines(one: Item, language: str) -> list[str]:
    """An item as lines that stay true: without the days that are left."""
    words = WORDS[language]
    shown = view(one, words, NAMED)
    told_of = [f"{name}: {fact}" for name, fact in shown.facts]
    if one.deadline is not None:
        told_of.append(words["until"].format(date=one.deadline))
    told_of += [line for line in (shown.evidence, shown.note) if line]
    for named in shown.named:
        links = "; ".join(f"{link.name} {link.url}".strip() for link in named.links)
        told_of.append(f"{named.label}: {links} {named.more}".rstrip())
    return told_of


def _entry(name: str, item: Item, at: datetime, language: str) -> Entry:
    words = WORDS[language]
    return Entry(
        id=name,
        title=item.title if name_of(item.event) == NEW else says(item, words),
        link=item.url,
        told_at=at,
        published_at=item.published_at,
        tags=tuple(tag for tag in (words.get(item.notice_type, item.notice_type), *item.issuers) if tag),
        lines=tuple(lines(item, language)),
    )
