"""An index of some notices on a real Elasticsearch, as the projector would leave it."""

from collections.abc import Iterable

from elasticsearch import Elasticsearch

from notices.notice import Notice
from search.elastic.bulk import Action
from search.elastic.connection import Elastic, Names
from search.elastic.documents import document
from search.elastic.templates import index_body, projection


def filled(client: Elasticsearch, base: str, notices: Iterable[Notice]) -> Elastic:
    """A connection whose index holds these notices."""
    elastic = Elastic(client, Names(base), "http://127.0.0.1")
    name, aliases = f"{base}-notices-v1", {elastic.names.read: {}, elastic.names.write: {}}
    client.indices.create(index=name, **index_body("notices", {"projection": projection()}), aliases=aliases)
    put(elastic, notices)
    return elastic


def put(elastic: Elastic, notices: Iterable[Notice]) -> None:
    """Writes notices so that the next search finds them."""
    lines = [line for one in notices for line in Action(one.notice_id, one.version, document(one)).lines]
    if lines:
        answer = elastic.client.bulk(index=elastic.names.write, operations=lines, refresh=True)
        assert not answer["errors"]
