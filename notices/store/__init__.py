"""The system of record."""

from notices.store.faults import StoreBroken, StoreFull, StoreLocked
from notices.store.migrate import StoreTooNew
from notices.store.store import Event, Store

__all__ = ["Event", "Store", "StoreBroken", "StoreFull", "StoreLocked", "StoreTooNew"]
