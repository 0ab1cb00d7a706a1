"""What the deliveries of the ledger say, as messages; and how many of them one message takes."""

import hashlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import Row

from alerts import lines, message
from alerts.canonical import attachments
from alerts.digest import once
from alerts.follow import homes
from alerts.kinds import ALARM, REMIND, name_of
from alerts.lent import lenders
from alerts.parts import LARGEST, Part, Split
from alerts.reminders import stale
from alerts.sending import Item, Message, Sender
from config.channels import Channel
from notices.store import Store
from notices.store.chunks import chunks
from notices.store.notice_rows import load_notices

MOST_PARTS = 3  # messages that a channel with little room gets at once; more than they hold become one list and a link
SOON = (REMIND, ALARM)  # kinds that come at their own time: alone they are no digest
LONGEST_LIST = 50  # deliveries that are tried to be told in so many messages


def items(store: Store, rows: Iterable[Row[Any]], now: datetime) -> dict[int, Item]:
    """What is told by each delivery, by its id; those whose notice is gone and left nothing to tell are left out."""
    wanted = list(rows)
    with store.reading() as connection:
        places = homes(connection, {row.notice_id for row in wanted if row.notice_id})
        wrong = stale(connection, wanted, places, now)
        ids = sorted({home.notice_id for home in places.values()})
        files = attachments(connection, ids)
        found = {notice.notice_id: notice for notice in load_notices(connection, ids)}
        lent = lenders(connection, found.values())
    told: dict[int, Item] = {}
    for row in (row for row in wanted if row.id not in wrong):
        home = places.get(row.notice_id)
        notice = found.get(home.notice_id) if home else None
        subject = row.subject or {}
        if notice is not None:
            at, note = row.happened_at or row.created_at, str(subject.get("note", ""))
            links, lender = files.get(notice.notice_id, []), lent.get(notice.notice_id)
            told[row.id] = message.item(notice, row.event, links, at, now, note, lender)
        elif subject:
            told[row.id] = message.without_notice(row.event, row.matter_id, subject)
    return told


def compose(part: Part, told: Sequence[Item], store_id: str = "", link: str = "") -> Message:
    """The message of a part; one about a single matter belongs to that matter's thread.

    One of reminders and alarms alone is no digest, whatever the subscription's pace.
    """
    told = once(told)
    number, parts = part.number
    matters = {one.matter_id for one in told}
    about = f"{store_id} {part.rows[0].subscription_id} {min(matters, default=0)}"
    made = Message(
        key=part.key,
        part=number,
        parts=parts,
        attempt=part.attempts + 1,
        subscription=part.subscription,
        query=part.query,
        language=part.language,
        items=told,
        text="",
        pace=part.pace if any(name_of(one.event) not in SOON for one in told) else "now",
        thread=hashlib.sha256(about.encode()).hexdigest()[:32] if len(matters) == 1 and matters != {0} else "",
        link=link,
    )
    return replace(made, text=lines.text(made))


def splitting(store: Store, found: Callable[[str], tuple[Channel, Sender]], now: datetime) -> Split:
    """How new deliveries of one subscription and channel are cut into parts.

    A channel with little room gets as many as one message holds, in a few messages; where those would not do, all of
    them as one list that says how many it leaves out.
    """

    def split(rows: Sequence[Row[Any]]) -> list[list[Row[Any]]]:
        channel, sender = found(rows[0].channel)
        many = list(chunks(rows, LARGEST))
        if sender.roomy is None or len(rows) == 1 or len(rows) > LONGEST_LIST or channel.problem or not channel.url:
            return many
        told = items(store, rows, now)
        pieces: list[list[Row[Any]]] = [[]]
        for row in rows:
            if pieces[-1] and not sender.roomy(channel, _draft([*pieces[-1], row], told)):
                pieces.append([])
            pieces[-1].append(row)
        return pieces if len(pieces) <= MOST_PARTS else many

    return split


def _draft(rows: Sequence[Row[Any]], told: Mapping[int, Item]) -> Message:
    first = rows[0]
    some = tuple(told[row.id] for row in rows if row.id in told)
    names = first.name, first.query, first.language
    return Message("0" * 32, 9, 9, 1, *names, items=some, text="", pace=first.pace)
