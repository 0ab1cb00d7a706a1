"""Our indices on the server: made behind their aliases, found again, and looked at whether they fit the store."""

import logging
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from elasticsearch import ApiError, AuthorizationException, NotFoundError

from notices.store import Store
from search.elastic.connection import Elastic
from search.elastic.problems import IndexUnfit, kind_of, told
from search.elastic.templates import analysis, index_body, index_template, projection

REINDEX = "`policywatch reindex` builds a new one beside it and swaps"
log = logging.getLogger("policywatch.elastic")
KNOWN = ["*.aliases", "*.settings.index.uuid", "*.mappings._meta"]  # what is asked of an index: all of it is 400 kB

_NUMBER = re.compile(r"-v(\d+)$")


@dataclass(frozen=True, slots=True)
class Held:
    """An index that is there: `uuid` is its own even where its name was another's before, `meta` says what made it."""

    name: str
    uuid: str
    meta: Mapping[str, str]
    aliases: frozenset[str]

    @property
    def number(self) -> int:
        """The number at the end of its name."""
        found = _NUMBER.search(self.name)
        return int(found[1]) if found else 0

    @property
    def cursor(self) -> str:
        """The name of the cursor that says how far this very index is."""
        return f"elasticsearch:{self.uuid}"


def live(elastic: Elastic, store: Store) -> Held:
    """The index that the projector writes to, made where there is none; raises IndexUnfit when it must not be."""
    found = all_of(elastic, "notices")
    written = [one for one in found if elastic.names.write in one.aliases]
    if not found:
        written = [create(elastic, store, "notices", 1, aliases=(elastic.names.read, elastic.names.write))]
    if len(written) != 1:
        there = ", ".join(one.name for one in found)
        raise IndexUnfit(f"the alias {elastic.names.write} names {len(written)} indices, there are {there}: {REINDEX}")
    check(elastic, store, written[0])
    return written[0]


def check(elastic: Elastic, store: Store, held: Held) -> None:
    """Raises IndexUnfit, with the reason, for an index of another store, of another version or ahead of the store."""
    if held.meta.get("store_id") != store.store_id:
        raise IndexUnfit(f"the index {held.name} was made from another store, or before a restore: {REINDEX}")
    if held.meta.get("projection") != projection():
        was = held.meta.get("projection", "unknown")
        raise IndexUnfit(
            f"the index {held.name} was made by another version (its mapping is {was}, ours {projection()}): {REINDEX}"
        )
    newest, last = newest_version(elastic, held.name), store.last_event()
    if newest > last:
        raise IndexUnfit(f"the index {held.name} knows event {newest}, the store ends at {last}: {REINDEX}")


def newest_version(elastic: Elastic, index: str) -> int:
    """The largest number of an event that a searchable document of an index was written for, 0 for none."""
    with told(elastic.url):
        answer = elastic.client.search(index=index, size=0, aggs={"newest": {"max": {"field": "version"}}})
    return int(answer["aggregations"]["newest"]["value"] or 0)


def all_of(elastic: Elastic, kind: str) -> list[Held]:
    """Every index of a kind, `notices` or `sources`, the oldest first."""
    with told(elastic.url):
        found = elastic.client.indices.get(index=f"{elastic.names.base}-{kind}-v*", filter_path=KNOWN)
    return sorted((_held(name, row) for name, row in found.items()), key=lambda one: one.number)


def create(elastic: Elastic, store: Store, kind: str, number: int, *, aliases: tuple[str, ...] = ()) -> Held:
    """Makes an index of a kind with its aliases in one call, and puts the templates on the server.

    One with these aliases that another process made meanwhile is taken as it is.
    """
    put_templates(elastic)
    name = f"{elastic.names.base}-{kind}-v{number}"
    meta = {"store_id": store.store_id, "projection": projection(kind)}
    named: dict[str, Any] = {alias: {} for alias in aliases}
    with told(elastic.url):
        try:
            elastic.client.indices.create(index=name, **index_body(kind, meta), aliases=named, timeout="60s")
        except ApiError as error:
            if kind_of(error) != "resource_already_exists_exception" or not aliases:
                raise
        return _held(name, elastic.client.indices.get(index=name, filter_path=KNOWN)[name])


def put_templates(elastic: Elastic) -> None:
    """Puts our templates on the server, unless they are there, for whoever makes an index of ours by hand.

    An index that we make carries the same in itself; so a key that may not manage templates is no problem.
    """
    base, server = elastic.names.base, elastic.client
    mark = {"projection": f"{projection()} {projection('sources')}"}
    with told(elastic.url):
        try:
            if _marked(elastic) == mark["projection"]:
                return
            server.cluster.put_component_template(name=f"{base}-analysis", body=analysis())
            for name in ("sources", "notices"):
                made = index_template(name, base)
                body = made | {"_meta": made["_meta"] | mark}
                server.indices.put_index_template(name=f"{base}-{name}", body=body)
        except AuthorizationException:
            log.info("the key may not manage index templates: the indices are made without them")


def _marked(elastic: Elastic) -> str:
    try:
        found = elastic.client.indices.get_index_template(name=f"{elastic.names.base}-notices")
    except NotFoundError:
        return ""
    return str(found["index_templates"][0]["index_template"].get("_meta", {}).get("projection", ""))


def _held(name: str, row: Mapping[str, Any]) -> Held:
    meta = row.get("mappings", {}).get("_meta", {})
    return Held(name, row["settings"]["index"]["uuid"], meta, frozenset(row.get("aliases", ())))
