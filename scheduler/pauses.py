"""Hosts that are left alone, and the sources that wait for them."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import Connection, select

from config.sources import Source
from notices.identity import host_of
from notices.schema import hosts


def left_alone(connection: Connection, now: datetime) -> dict[str, str]:
    """The hosts that must not be asked now, each with why and until when."""
    query = select(hosts.c.host, hosts.c.paused_until, hosts.c.reason).where(hosts.c.paused_until > now)
    return {row.host: said(row.host, row.paused_until, row.reason) for row in connection.execute(query)}


def said(host: str, until: datetime, reason: str, *, was: bool = False) -> str:
    """Until when and why a host is left alone."""
    return f"{host} {'was' if was else 'is'} left alone until {until:%Y-%m-%d %H:%M} ({reason})"


def waits_for(source: Source, alone: Mapping[str, str]) -> str:
    """Why a source cannot be asked now; empty where one of its lists can be."""
    asked = dict.fromkeys(host_of(url) for url in source.addresses)
    return "; ".join(alone[host] for host in asked) if asked.keys() <= alone.keys() else ""
