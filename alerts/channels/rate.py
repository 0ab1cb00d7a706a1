"""Keeps to a robot's rate over all processes that share the store: every post is written down before it is made."""

import hashlib
from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import Connection, delete, insert, select

from config.channels import Channel
from notices.schema import posts

Limits = Sequence[tuple[int, float]]
MARGIN = 1.0  # seconds: a post arrives later than it was written down


def limits(channel: Channel, usual: Limits) -> Limits:
    """The most posts in so many seconds: the operator's own figure, else the platform's."""
    return ((channel.per_minute, 60.0),) if channel.per_minute else usual


def claim(connection: Connection, channel: Channel, allowed: Limits, now: datetime) -> timedelta:
    """Takes a turn for one post inside the caller's transaction and returns no time, or how long to wait for one."""
    if not allowed:
        return timedelta(0)
    robot = hashlib.sha256(channel.url.encode()).hexdigest()[:32]  # two channels may name one robot
    longest = timedelta(seconds=max(span for _, span in allowed) + MARGIN)
    mine = posts.c.robot == robot
    connection.execute(delete(posts).where(mine & (posts.c.at <= now - longest)))
    made = list(connection.execute(select(posts.c.at).where(mine).order_by(posts.c.at)).scalars())
    waits = [
        made[-most] + timedelta(seconds=span + (MARGIN if span > 10 else span / 10)) - now
        for most, span in allowed
        if len(made) >= most
    ]
    wait = max(waits, default=timedelta(0))
    if wait > timedelta(0):
        return wait
    connection.execute(insert(posts).values(robot=robot, at=now))
    return timedelta(0)
