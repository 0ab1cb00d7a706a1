"""Logging to standard error, as text for people or JSON for machines."""

import logging
import sys
from collections.abc import MutableMapping
from typing import Any

from config.lean import import_without
from config.masking import masked
from config.settings import Settings


def configure(settings: Settings) -> None:
    """Sends structlog's and the standard library's records to standard error in one form."""
    import_without("structlog", "rich", "twisted")  # three quarters of its time, for renderers that are not ours
    import structlog  # here, so that only commands that log pay for it

    level = getattr(logging, settings.log_level.upper())
    shared: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=False),
        structlog.processors.format_exc_info,
        _mask,
    ]
    last: structlog.typing.Processor = (
        structlog.processors.JSONRenderer(ensure_ascii=False)
        if settings.log_format == "json"
        else structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty())
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared, processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, last]
        )
    )
    logging.basicConfig(level=level, handlers=[handler], force=True)
    logging.getLogger("alembic.runtime.plugins").setLevel(logging.WARNING)  # seven lines before every upgrade
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.make_filtering_bound_logger(level),
        cache_logger_on_first_use=True,
    )


def _mask(logger: Any, name: str, record: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Takes every secret that this process knows out of a record."""
    for key, value in record.items():
        if isinstance(value, str):
            record[key] = masked(value)
    return record
