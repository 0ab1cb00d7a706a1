"""With security and TLS switched on, on a server of its own: the key reaches our indices and nothing else."""

import base64
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
import trustme
from elastic_server import USER, ElasticServer
from elasticsearch import AuthorizationException, Elasticsearch

from config.settings import Settings
from docs.figures.triples import load
from notices.pagefile import PageFile
from notices.schema import runs
from notices.store import Store
from pipelines.remove import remove
from scheduler.elastic_health import elastic_health
from search.elastic.connection import Names, connected
from search.elastic.problems import ElasticRefused
from search.elastic.projector import Projector
from search.elastic.rebuild import rebuild
from search.elastic.role import key_request
from search.elastic.runs import RunProjector
from search.embedded import Embedded
from search.engine import opened
from search.kibana.aggregations import request
from search.kibana.description import description
from search.parse import parse
from search.projector import project
from tests.pipelines.test_triples_stored import put

pytestmark = [pytest.mark.soak, pytest.mark.xdist_group("a server with users")]
ROOT = Path(__file__).parents[2]
QUERIES = ("征求意见", "type:consultation and not 数据", "管理办法 published >= 2029-01-01", '"公开征求意见"')
TLS = """\
xpack.security.http.ssl.enabled: true
xpack.security.http.ssl.key: http.key
xpack.security.http.ssl.certificate: http.pem
xpack.security.http.ssl.certificate_authorities: authority.pem
"""


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture(scope="module")
def server(own_elasticsearch: Callable[..., ElasticServer], authority: trustme.CA) -> ElasticServer:
    made = authority.issue_cert("127.0.0.1", "localhost")
    files = {
        "http.key": made.private_key_pem.bytes(),
        "http.pem": made.cert_chain_pems[0].bytes(),
        "authority.pem": authority.cert_pem.bytes(),
    }
    return own_elasticsearch(secured=True, settings=TLS, files=files)


@pytest.fixture(scope="module")
def chief(server: ElasticServer) -> Iterator[Elasticsearch]:
    ca = str(server.folder / "config/authority.pem")
    with Elasticsearch(server.url, ca_certs=ca, basic_auth=(USER, server.password), request_timeout=60) as client:
        yield client


def allowed(server: ElasticServer, chief: Elasticsearch, folder: Path, base: str) -> Settings:
    """Settings with a key as `role` asks for it; the key lies in the folder."""
    (folder / "key").write_text(chief.security.create_api_key(**key_request(Names(base)))["encoded"])
    return Settings(
        data=folder,
        elasticsearch_url=server.url,
        elasticsearch_ca=str(server.folder / "config/authority.pem"),
        elasticsearch_secret_file=str(folder / "key"),
        elasticsearch_index=base,
    )


def a_run(store: Store, now: Any) -> None:
    """One run of a source."""
    counted = {"outcomes": {"new": 2, "blocked": 1}, "new_articles": 2, "new_notices": 1}
    with store.writing() as connection:
        connection.execute(runs.insert().values(source="miit", started_at=now, updated_at=now, mode="live", **counted))


def test_the_key_that_role_asks_for_is_enough_and_no_more(
    server: ElasticServer, chief: Elasticsearch, tmp_path: Path, now: Any
) -> None:
    settings = allowed(server, chief, tmp_path, "policywatch")
    with Store.open(settings.store_url, tmp_path) as store, connected(settings) as elastic:
        a_run(store, now)
        assert Projector(store, elastic).turn() == 0
        assert RunProjector(store, elastic).turn() == 1
        assert rebuild(store, elastic) == 0
        assert {state for state, _, _ in elastic_health(settings, store)} == {"ok"}
        with closing(opened(settings)) as engine:
            assert engine.find("税", now=now, facets=True).total == 0
            assert list(engine.each("", now=now)) == [] and engine.matching(parse("", now)) == set()
        assert sorted(chief.indices.get_alias(index="policywatch-*")) == [
            "policywatch-notices-v2",
            "policywatch-sources-v1",
        ]
        chief.indices.create(index="foreign")
        for forbidden in (
            lambda: elastic.client.search(index="foreign"),
            lambda: elastic.client.indices.create(index="other-notices-v1"),
            lambda: elastic.client.indices.delete(index="foreign"),
            lambda: elastic.client.cluster.put_settings(persistent={"cluster.routing.rebalance.enable": "all"}),
            lambda: elastic.client.indices.put_index_template(name="policywatch-x", index_patterns=["x"]),
            lambda: elastic.client.security.create_api_key(name="more"),
        ):
            with pytest.raises(AuthorizationException):
                forbidden()
    printed = doctor(settings, tmp_path)
    assert (tmp_path / "key").read_text() not in printed and "8.19" in printed and "elasticsearch" in printed


def test_the_key_is_enough_for_a_store_with_notices_in_it(
    server: ElasticServer, chief: Elasticsearch, tmp_path: Path, now: Any
) -> None:
    settings = allowed(server, chief, tmp_path, "filled")
    triples = load()[:12]
    with (
        Store.open(settings.store_url, tmp_path) as store,
        PageFile(tmp_path) as pages,
        connected(settings) as elastic,
    ):
        for role in ("holder", "repost", "official", "other"):  # what comes later joins what is indexed
            put(store, pages, [sample for triple in triples for sample in triple if sample.role == role])
            Projector(store, elastic).turn()
        a_run(store, now)
        assert RunProjector(store, elastic).turn() == 1
        with store.writing() as connection:
            remove(connection, [1], now)  # a document that has to go
        Projector(store, elastic).turn()
        project(store, tmp_path)
        number = len(store.notice_ids())
        assert number > 24 and asked(settings, tmp_path, now) == number
        assert rebuild(store, elastic) == number and Projector(store, elastic).turn() == 0
        assert asked(settings, tmp_path, now) == number
        found = description()
        indices = {"notices": elastic.names.read, "sources": elastic.names.sources}
        for panel in found.board.panels:
            view = next(view for view in found.views if view.id == panel.view)
            elastic.client.search(index=indices[view.index], **request(panel, found.board, view, "Asia/Shanghai"))
    assert {state for state, _, _ in elastic_health(settings, store)} == {"ok"}


def asked(settings: Settings, folder: Path, now: Any) -> int:
    """How many notices there are for both engines, which must agree on some queries."""
    with closing(opened(settings)) as engine, closing(Embedded(folder)) as embedded:
        for query in QUERIES:
            found = engine.find(query, now=now, facets=True, limit=50)
            assert engine.matching(parse(query, now)) == embedded.matching(parse(query, now)) != set()
            assert found.total and found.facets == embedded.find(query, now=now, facets=True, limit=50).facets
        return len(list(engine.each("", now=now)))


def test_bad_keys_bad_users_and_unknown_authorities_are_one_line(server: ElasticServer, chief: Elasticsearch) -> None:
    ca = str(server.folder / "config/authority.pem")
    wrong = base64.b64encode(b"id:secret").decode()
    for given, words in (
        ({"elasticsearch_ca": ca, "elasticsearch_api_key": wrong}, "does not know us"),
        ({"elasticsearch_ca": ca, "elasticsearch_user": USER, "elasticsearch_password": "no"}, "does not know us"),
        ({"elasticsearch_ca": ca}, "does not know us"),
        ({"elasticsearch_api_key": wrong}, "set POLICYWATCH_ELASTICSEARCH_CA"),
    ):
        with pytest.raises(ElasticRefused, match=words), connected(Settings(elasticsearch_url=server.url, **given)):
            pass
    few = chief.security.create_api_key(name="few", role_descriptors={"few": {"cluster": [], "indices": []}})
    given = {"elasticsearch_ca": ca, "elasticsearch_api_key": few["encoded"]}
    with (
        pytest.raises(ElasticRefused, match="elasticsearch role"),
        connected(Settings(elasticsearch_url=server.url, **given)),
    ):
        pass


def doctor(settings: Settings, data: Path) -> str:
    """What `policywatch doctor` prints, on both channels."""
    environment = {
        "POLICYWATCH_DATA": str(data),
        "POLICYWATCH_ELASTICSEARCH_URL": settings.elasticsearch_url,
        "POLICYWATCH_ELASTICSEARCH_CA": settings.elasticsearch_ca,
        "POLICYWATCH_ELASTICSEARCH_SECRET_FILE": settings.elasticsearch_secret_file,
        "POLICYWATCH_LOG_LEVEL": "debug",
    }
    call = [sys.executable, "-m", "policywatch", "doctor"]
    done = subprocess.run(call, cwd=ROOT, env=environment, capture_output=True, text=True, encoding="utf-8")
    return done.stdout + done.stderr
