"""How Elasticsearch is, for `doctor`: whether it answers, whether its index fits, and what it lacks."""

from collections.abc import Iterator

from config.settings import Settings
from notices.problem import Problem
from notices.store import Store
from notices.store.letters import read_letters
from search.elastic.connection import Elastic, check_version, opened
from search.elastic.indices import Held, all_of, check
from search.elastic.problems import told
from search.elastic.projector import READER, lag

OK, WARNING, BAD = "ok", "warning", "failed"
PATIENCE = 5  # seconds for an answer
CATCH_UP = "start `policywatch run`, which catches up by itself"

Look = tuple[str, str, str]


def elastic_health(settings: Settings, store: Store) -> Iterator[Look]:
    """What there is to say: state, detail and advice of each look."""
    try:
        with opened(settings, seconds=PATIENCE) as elastic:
            yield OK, f"{check_version(elastic)} at {elastic.url}", ""
            yield from _index(elastic, store)
    except Problem as error:
        detail, _, advice = str(error).rpartition(": ")
        yield BAD, f"{detail}; searches wait for it, crawling and alerts do not", advice
    yield from _letters(store)


def _index(elastic: Elastic, store: Store) -> Iterator[Look]:
    held = [one for one in all_of(elastic, "notices") if elastic.names.write in one.aliases]
    if not held:
        yield WARNING, f"there is no index {elastic.names.write} yet", CATCH_UP
        return
    check(elastic, store, held[0])
    if blocks := _blocks(elastic, held[0]):
        yield BAD, f"the index takes nothing: {blocks}", "free its disk, then take the block off the index"
    if missing := lag(store, held[0]):
        yield WARNING, f"the index is {missing} events behind the store", CATCH_UP
        return
    with told(elastic.url):
        elastic.client.indices.refresh(index=held[0].name)
        with store.reading() as connection:
            refused = {letter.notice_id for letter in read_letters(connection, READER)}
        others = {"bool": {"must_not": {"ids": {"values": sorted(map(str, refused))}}}}  # an older state may be there
        there = int(elastic.client.count(index=held[0].name, query=others)["count"])
    wanted = len(set(store.notice_ids()) - refused)
    if there != wanted and not lag(store, held[0]):
        yield BAD, f"the index has {there} notices instead of {wanted}", "`policywatch reindex` makes it anew"
    else:
        yield OK, f"the index {held[0].name} is as new as the store, {there} notices", ""


def _blocks(elastic: Elastic, held: Held) -> str:
    """The settings that keep an index from being written to."""
    with told(elastic.url):
        found = elastic.client.indices.get_settings(index=held.name, filter_path="*.settings.index.blocks")
    for row in found.values():
        blocks = row["settings"]["index"]["blocks"]
        return ", ".join(f"index.blocks.{name}" for name, value in blocks.items() if str(value) == "true")
    return ""


def _letters(store: Store) -> Iterator[Look]:
    with store.reading() as connection:
        letters = read_letters(connection, READER)
    if letters:
        newest = letters[0]
        said = f"{len(letters)} notices were refused, the newest {newest.notice_id}: {newest.reason[:200]}"
        yield BAD, said, "`policywatch elasticsearch retry` tries them again; a change of the notice does too"
