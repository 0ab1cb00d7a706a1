"""The entries of a subscription's feed, from what it was told."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import Connection, select

from alerts import message
from alerts.feeds.feed import Entry, Feed
from alerts.follow import homes
from alerts.kinds import NEW, name_of
from alerts.sending import Item, Link
from alerts.subscriptions import Subscription
from alerts.view import says, view
from alerts.words import WORDS
from notices.schema import articles, notices, told
from notices.store.chunks import chunks
from notices.store.notice_rows import load_notices

NEWEST = 100  # entries of a feed
NAMED = 20  # carriers and attachments that an entry names


def feed(connection: Connection, store_id: str, one: Subscription, home: str, now: datetime) -> Feed:
    """What a subscription was told last; what is told of a notice that is gone is left out."""
    mine = select(told).where(told.c.subscription_id == one.id)
    rows = connection.execute(mine.order_by(told.c.at.desc(), told.c.matter_id.desc()).limit(NEWEST)).all()
    places = homes(connection, {row.notice_id for row in rows})
    ids = sorted({place.notice_id for place in places.values()})
    found = {notice.notice_id: notice for notice in load_notices(connection, ids)}
    files = attachments(connection, ids)
    base = f"urn:policywatch:{store_id}:{one.id}"
    entries: dict[tuple[int, str], Entry] = {}
    for row in reversed(rows):  # of two that a merge made one, the older stays
        notice = found.get(places[row.notice_id].notice_id) if row.notice_id in places else None
        if notice is not None:
            item = message.item(notice, row.event, files.get(notice.notice_id, ()), row.at, now)
        elif row.subject:
            item = message.without_notice(row.event, row.matter_id, row.subject)
        else:
            continue
        entry = _entry(f"{base}:{row.matter_id}:{row.event}", item, row.at, one.language)
        entries.setdefault((item.matter_id, row.event), entry)
    newest = tuple(reversed(entries.values()))
    updated = max((entry.told_at for entry in newest), default=one.created_at)
    return Feed(base, f"policywatch: {one.name}", one.query, home, one.language, updated, newest)


def attachments(connection: Connection, notice_ids: Sequence[int]) -> Mapping[int, Sequence[Link]]:
    """The attachments of notices' canonical articles."""
    files: dict[int, list[Link]] = {}
    for some in chunks(notice_ids):
        query = select(notices.c.id, articles.c.attachments).join(articles, articles.c.id == notices.c.canonical_id)
        for notice_id, held in connection.execute(query.where(notices.c.id.in_(some))):
            files[notice_id] = [Link(name, url) for name, url, _ in held or ()]
    return files


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
