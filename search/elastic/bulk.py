"""Documents sent in bulk, and what the server answered for each of them."""

import re
import threading
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any

from elastic_transport import ConnectionError as NoConnection
from elastic_transport import ConnectionTimeout
from elasticsearch import ApiError

from search.elastic.connection import Elastic
from search.elastic.problems import ElasticAway, ElasticRefused, busy, kind_of, told

MOST = 500  # documents of one request
MOST_BYTES = 5_000_000
PATIENCE = 20.0  # seconds of retries before the projector gives up until its next turn
FIRST_PAUSE, LONGEST_PAUSE = 0.1, 4.0  # seconds
FIELDS = ["errors", "items.*.status", "items.*.error.type", "items.*.error.reason"]

_HELD = re.compile(r"current version \[(\d+)\]")


@dataclass(frozen=True, slots=True)
class Action:
    """A document to write, or to delete when `body` is None; `version` is compared with the one that is there."""

    one: int
    version: int
    body: bytes | None

    @property
    def lines(self) -> list[bytes]:
        """The action as the lines of a bulk request."""
        if self.body is None:
            return [b'{"delete":{"_id":"%d","version":%d,"version_type":"external"}}' % (self.one, self.version)]
        return [b'{"index":{"_id":"%d","version":%d,"version_type":"external"}}' % (self.one, self.version), self.body]


@dataclass(slots=True)
class Delivered:
    """What became of actions: how many were written, which were refused for good, and where a newer one was there."""

    written: int = 0
    refused: dict[int, tuple[int, str]] = field(default_factory=dict)
    newer: dict[int, int] = field(default_factory=dict)

    def add(self, other: "Delivered") -> None:
        """Counts another one in."""
        self.written += other.written
        self.refused |= other.refused
        self.newer |= other.newer


def bulks(actions: Iterable[Action]) -> Iterator[list[Action]]:
    """The actions in lists that one request carries."""
    some: list[Action] = []
    size = 0
    for action in actions:
        length = len(action.body or b"") + 80
        if some and (len(some) >= MOST or size + length > MOST_BYTES):
            yield some
            some, size = [], 0
        some.append(action)
        size += length
    if some:
        yield some


def deliver(
    elastic: Elastic,
    index: str,
    actions: Sequence[Action],
    *,
    refresh: bool = False,
    stop: threading.Event,
) -> Delivered:
    """Sends actions until every one has an answer that will not change.

    Raises ElasticAway when that takes more than PATIENCE seconds, or when `stop` is set meanwhile.
    """
    done = Delivered()
    left: Sequence[Action] = actions
    until = time.monotonic() + PATIENCE
    pause = FIRST_PAUSE
    while left:
        left, reason = _once(elastic, index, left, done, refresh=refresh)
        if not left:
            break
        if time.monotonic() + pause > until or stop.wait(pause):
            raise ElasticAway(f"Elasticsearch at {elastic.url} takes no documents ({reason}): look at its health")
        pause = min(pause * 2, LONGEST_PAUSE)
    return done


def _once(
    elastic: Elastic, index: str, actions: Sequence[Action], done: Delivered, *, refresh: bool
) -> tuple[Sequence[Action], str]:
    """Sends actions once; returns those to send again, and why."""
    lines: Sequence[Any] = [line for action in actions for line in action.lines]  # JSON already: sent as it is
    try:
        alias = index == elastic.names.write  # an alias that is gone must not become an index
        answer = elastic.client.bulk(
            operations=lines, index=index, refresh=refresh, require_alias=alias, filter_path=FIELDS
        )
    except (NoConnection, ConnectionTimeout) as error:
        return actions, type(error).__name__
    except ApiError as error:
        if busy(error.status_code, kind_of(error)):
            return actions, f"{error.status_code} {kind_of(error)}".strip()
        if error.status_code != HTTPStatus.REQUEST_ENTITY_TOO_LARGE:
            with told(elastic.url):
                raise
        return _halved(elastic, index, actions, done, refresh=refresh)
    if not answer["errors"]:
        done.written += len(actions)
        return (), ""
    return _read(elastic, actions, answer["items"], done)


def _halved(
    elastic: Elastic, index: str, actions: Sequence[Action], done: Delivered, *, refresh: bool
) -> tuple[Sequence[Action], str]:
    """Sends a request that was too large in halves; a document that is too large alone is refused."""
    if len(actions) == 1:
        size = len(actions[0].body or b"")
        done.refused[actions[0].one] = actions[0].version, f"too large for the server's http.max_content_length: {size}"
        return (), ""
    middle = len(actions) // 2
    left, reason = _once(elastic, index, actions[:middle], done, refresh=refresh)
    more, other = _once(elastic, index, actions[middle:], done, refresh=refresh)
    return [*left, *more], reason or other


def _read(
    elastic: Elastic, actions: Sequence[Action], items: Sequence[Mapping[str, Any]], done: Delivered
) -> tuple[list[Action], str]:
    again: list[Action] = []
    why = ""
    for action, item in zip(actions, items, strict=True):
        told_of = next(iter(item.values()))
        status, error = told_of["status"], told_of.get("error", {})
        kind, reason = error.get("type", ""), " ".join(str(error.get("reason", "")).split())
        if not error:
            done.written += 1  # a delete of what is not there is one too
        elif status == HTTPStatus.CONFLICT:
            held = _HELD.search(reason)
            if held and int(held[1]) > action.version:
                done.newer[action.one] = int(held[1])
        elif busy(status, kind):
            again.append(action)
            why = f"{status} {kind}: {reason[:200]}"
        elif status in (HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN) or kind == "index_not_found_exception":
            raise ElasticRefused(
                f"Elasticsearch at {elastic.url} refused ({status} {kind}): `policywatch doctor` says why"
            )
        else:
            done.refused[action.one] = action.version, f"{status} {kind}: {reason}"
    return again, why
