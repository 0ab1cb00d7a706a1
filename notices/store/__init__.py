"""The system of record."""

from notices.store.faults import StoreBroken, StoreFull, StoreLocked
from notices.store.migrate import StoreTooNew, StoreTooOld
from notices.store.store import Event, Store

__all__ = ["Event", "Store", "StoreBroken", "StoreFull", "StoreLocked", "StoreTooNew", "StoreTooOld"]
