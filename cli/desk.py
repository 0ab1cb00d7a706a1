"""What a command works with: settings, store, kept pages and engine of one data folder, opened and closed together."""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from config import operator
from config.settings import Settings, SettingsError, load

if TYPE_CHECKING:
    from notices.pagefile import PageFile
    from notices.store import Store
    from search.engine import Engine

SHANGHAI = ZoneInfo("Asia/Shanghai")


@dataclass(frozen=True, slots=True)
class Desk:
    """The opened parts of one data folder."""

    settings: Settings
    store: "Store"
    pages: "PageFile"


def now() -> datetime:
    """The present instant in Asia/Shanghai."""
    return datetime.now(SHANGHAI)


def settings() -> Settings:
    """The settings of this process, with the operator's own files in force; raises SettingsError."""
    loaded = load()
    operator.use(loaded.config)
    return loaded


@contextmanager
def desk(*, logs: bool = True) -> Iterator[Desk]:
    """The store and the kept pages of the settings' data folder, made where they are missing."""
    from notices.pagefile import PageFile
    from notices.store import Store

    loaded = settings()
    if logs:
        from config.logs import configure

        configure(loaded)
    _made(loaded)
    with Store.open(loaded.store_url, loaded.data) as store, PageFile(loaded.data) as pages:
        yield Desk(loaded, store, pages)


@contextmanager
def engine() -> Iterator["Engine"]:
    """The engine of searches that the settings name."""
    from search.engine import opened

    loaded = settings()
    _made(loaded)
    with closing(opened(loaded)) as at:
        yield at


def _made(settings: Settings) -> None:
    try:
        settings.data.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise SettingsError(
            f"{settings.data} is no data folder and cannot be made one ({error.strerror}): "
            "set POLICYWATCH_DATA to a folder that you may write to"
        ) from None
