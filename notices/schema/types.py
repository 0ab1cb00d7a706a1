"""Column types that mean the same on SQLite and PostgreSQL."""

import json
from datetime import datetime, timedelta, timezone
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import BigInteger, Integer, MetaData, Text
from sqlalchemy.engine import Dialect
from sqlalchemy.types import TypeDecorator

SHANGHAI = ZoneInfo("Asia/Shanghai")
EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)


class Instant(TypeDecorator[datetime]):
    """An aware datetime, kept as whole microseconds since 1970 so that both databases order and compare it alike."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> int | None:
        """Whole microseconds since 1970; ValueError for a naive datetime."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"a time without a zone cannot be stored: {value}")
        return (value - EPOCH) // timedelta(microseconds=1)

    def process_result_value(self, value: int | None, dialect: Dialect) -> datetime | None:
        """The same instant in Asia/Shanghai."""
        return None if value is None else (EPOCH + timedelta(microseconds=value)).astimezone(SHANGHAI)


class Json(TypeDecorator[Any]):
    """A JSON value as compact text, Chinese written as itself."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Dialect) -> str | None:
        """Compact JSON text."""
        return None if value is None else json.dumps(value, ensure_ascii=False, separators=(",", ":"))

    def process_result_value(self, value: str | None, dialect: Dialect) -> Any:
        """The value read back."""
        return None if value is None else json.loads(value)


metadata = MetaData()
# SQLite counts up by itself only where the column is an INTEGER PRIMARY KEY.
Serial = BigInteger().with_variant(Integer, "sqlite")
