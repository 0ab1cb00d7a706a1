"""What a subscription was told of, whether it has channels or only feeds; its feeds are made from it."""

from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy import Connection

from alerts.kinds import ALIVE, name_of
from notices.schema import told
from notices.store.engine import upsert

if TYPE_CHECKING:
    from alerts.ledger import Due


def tell(connection: Connection, dues: "Iterable[Due]", now: datetime) -> None:
    """Adds what is due to what was told, inside the caller's transaction; what is there already stays as it is."""
    rows = {
        (due.subscription.id, due.matter_id, due.event): {
            "subscription_id": due.subscription.id,
            "matter_id": due.matter_id,
            "event": due.event,
            "notice_id": due.notice_id,
            "at": now,
            "subject": due.subject,
        }
        for due in dues
        if name_of(due.event) != ALIVE  # of a digest, and a feed has none
    }
    upsert(connection, told, list(rows.values()))
