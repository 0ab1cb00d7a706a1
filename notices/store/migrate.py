"""Brings the tables of a store to this version."""

import secrets
from contextlib import suppress
from importlib.resources import files
from pathlib import Path

from sqlalchemy import Column, Connection, MetaData, PrimaryKeyConstraint, String, Table, inspect, select

from notices.problem import Problem
from notices.schema import meta, metadata
from notices.store.postgres import settle

REVISIONS = ("0001", "0002", "0003", "0004", "0005", "0006", "0007", "0008", "0009", "0011", "0012", "0013", "0014")


class StoreTooNew(Problem):
    """The store was written by a newer version of policywatch."""


class StoreTooOld(Problem):
    """The store was written by an earlier version and not upgraded yet."""


def migrate(connection: Connection) -> None:
    """Creates or upgrades the tables inside the caller's transaction; raises StoreTooNew."""
    current = revision(connection)
    if current == REVISIONS[-1]:
        return
    if current is None:
        _create(connection)
    else:
        with suppress(StoreTooOld):
            known(current)
        _upgrade(connection)
    if connection.dialect.name == "postgresql":
        settle(connection)
    _name(connection)


def known(current: str) -> None:
    """Nothing for this version's revision; raises StoreTooNew or StoreTooOld for another one."""
    if current not in REVISIONS:
        raise StoreTooNew(
            f"this store was written by a newer policywatch (schema {current}, this one knows {REVISIONS[-1]}): "
            "install that version, or set POLICYWATCH_DATA to another folder"
        )
    if current != REVISIONS[-1]:
        raise StoreTooOld(
            f"this store is of an earlier version (schema {current}, this one writes {REVISIONS[-1]}): "
            "for a way back make a `policywatch backup` with that version; the next other command upgrades it"
        )


def revision(connection: Connection) -> str | None:
    """The schema revision that the store is at; None for an empty database."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    return connection.exec_driver_sql("SELECT version_num FROM alembic_version").scalar()


def _create(connection: Connection) -> None:
    """Makes the tables as they are today at once; the migrations lead to the same ones, in a multiple of the time."""
    metadata.create_all(connection, checkfirst=False)  # another program's tables are not taken for ours
    key = PrimaryKeyConstraint("version_num", name="alembic_version_pkc")
    version = Table("alembic_version", MetaData(), Column("version_num", String(32), nullable=False), key)
    version.create(connection)
    connection.execute(version.insert().values(version_num=REVISIONS[-1]))


def _upgrade(connection: Connection) -> None:
    from alembic import command  # only a store that is behind pays for the import
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(Path(str(files("notices"))) / "migrations"))
    config.attributes["connection"] = connection
    command.upgrade(config, "head")


def _name(connection: Connection) -> None:
    known = set(connection.execute(select(meta.c.name)).scalars())
    for name in {"store_id"} - known:
        connection.execute(meta.insert().values(name=name, value=secrets.token_hex(8)))
