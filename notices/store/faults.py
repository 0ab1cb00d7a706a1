"""What can be wrong with a store, and how its address is shown to people."""

from sqlalchemy.engine import URL

from config.settings import mask
from notices.problem import Problem


class StoreLocked(Problem):
    """Another process held the writer's lock for too long."""


class StoreFull(Problem):
    """The disk has no room for what was to be written."""


class StoreBroken(Problem):
    """The database cannot be read or reached."""


def shown(url: URL) -> str:
    """The address of a store without its password: of SQLite the file."""
    if url.get_backend_name() == "sqlite":
        return str(url.database)
    return mask(url.render_as_string(hide_password=True))
