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
from notices.schema import runs
from notices.store import Store
from scheduler.elastic_health import elastic_health
from search.elastic.connection import Names, connected
from search.elastic.problems import ElasticRefused
from search.elastic.projector import Projector
from search.elastic.rebuild import rebuild
from search.elastic.role import key_request
from search.elastic.runs import RunProjector
from search.engine import opened
from search.parse import parse

pytestmark = pytest.mark.soak
ROOT = Path(__file__).parents[2]
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


def test_the_key_that_role_asks_for_is_enough_and_no_more(
    server: ElasticServer, chief: Elasticsearch, tmp_path: Path, now: Any
) -> None:
    granted = chief.security.create_api_key(**key_request(Names("policywatch")))
    file = tmp_path / "key"
    file.write_text(granted["encoded"])
    settings = Settings(
        data=tmp_path,
        elasticsearch_url=server.url,
        elasticsearch_ca=str(server.folder / "config/authority.pem"),
        elasticsearch_secret_file=str(file),
    )
    with Store.open(settings.store_url, tmp_path) as store, connected(settings) as elastic:
        with store.writing() as connection:
            counted = {"outcomes": {"new": 2, "blocked": 1}, "new_articles": 2, "new_notices": 1}
            connection.execute(
                runs.insert().values(source="miit", started_at=now, updated_at=now, mode="live", **counted)
            )
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
    assert granted["encoded"] not in printed and "8.19" in printed and "elasticsearch" in printed


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
