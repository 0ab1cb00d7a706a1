"""Keeps to a robot's rate over all processes that share the store: every post is written down before it is made."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, delete, insert, select, update

from config.channels import Channel
from notices.schema import posts

Limits = Sequence[tuple[int, float]]
MARGIN = 1.0  # seconds: a post arrives later than it was written down


def limits(channel: Channel, usual: Limits) -> Limits:
    """The most posts in so many seconds: the operator's own figure, else the platform's."""
    return ((channel.per_minute, 60.0),) if channel.per_minute else usual


@dataclass(frozen=True, slots=True)
class Turn:
    """Leave for one post, or how long to wait for it; `post` is its row, 0 where a channel has no rate."""

    wait: timedelta = timedelta(0)
    post: int = 0


def claim(connection: Connection, channel: Channel, allowed: Limits, now: datetime) -> Turn:
    """Takes a turn for one post inside the caller's transaction, or says how long to wait for one."""
    if not allowed:
        return Turn()
    robot = hashlib.sha256(channel.url.encode()).hexdigest()[:32]  # two channels may name one robot
    longest = timedelta(seconds=max(span for _, span in allowed) + MARGIN)
    mine = posts.c.robot == robot
    connection.execute(delete(posts).where(mine & (posts.c.at <= now - longest)))
    earlier = list(connection.execute(select(posts.c.at).where(mine).order_by(posts.c.at)).scalars())
    waits = [
        earlier[-most] + timedelta(seconds=span + (MARGIN if span > 10 else span / 10)) - now
        for most, span in allowed
        if len(earlier) >= most
    ]
    wait = max(waits, default=timedelta(0))
    if wait > timedelta(0):
        return Turn(wait)
    row = connection.execute(insert(posts).values(robot=robot, at=now).returning(posts.c.id)).scalar_one()
    return Turn(post=int(row))


def made(connection: Connection, post: int, now: datetime) -> None:
    """Writes down, inside the caller's transaction, that a post was answered: it may have arrived as late as now."""
    connection.execute(update(posts).where(posts.c.id == post).values(at=now))
