"""Connecting: one clear line for each way in which it fails, and no secret in any of them."""

import json
import logging
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import elasticsearch
import pytest

from config.settings import Settings, rows
from search.elastic.connection import ElasticUnset, check_version, connected, opened
from search.elastic.problems import ElasticAway, ElasticRefused

SECRET = "s3cr3t-of-the-server"


@contextmanager
def answering(status: int = 200, number: str = "8.19.8", product: str = "Elasticsearch") -> Iterator[str]:
    """What other servers say for themselves; only their greeting is played."""

    class Greeting(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            said = {"version": {"number": number}, "error": {"type": "security_exception", "reason": "no"}}
            body = json.dumps(said).encode()
            self.send_response(status)
            self.send_header("X-Elastic-Product", product)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: Any) -> None: ...

    server = ThreadingHTTPServer(("127.0.0.1", 0), Greeting)
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def problem(url: str, **given: Any) -> Exception:
    with (
        pytest.raises((ElasticAway, ElasticRefused, ElasticUnset)) as caught,
        connected(Settings(elasticsearch_url=url, **given), seconds=5),
    ):
        pass
    assert "\n" not in str(caught.value)
    return caught.value


@pytest.mark.parametrize("number", ["7.17.9", "8.18.4", "9.0.1", "9.2.0"])
def test_a_server_that_does_not_fit_is_named_with_its_version(number: str) -> None:
    with answering(number=number) as url:
        said = problem(url)
    assert f"Elasticsearch {number} answers at {url}, policywatch needs 8.19 or a later 8.x" in str(said)


def test_a_later_server_of_the_same_line_fits() -> None:
    with answering(number="8.20.1") as url, opened(Settings(elasticsearch_url=url)) as elastic:
        assert check_version(elastic) == "8.20.1"


def test_the_real_server_fits(elasticsearch_url: str) -> None:
    with connected(Settings(elasticsearch_url=elasticsearch_url)) as elastic:
        assert check_version(elastic).startswith("8.")


def test_a_client_that_does_not_fit_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("search.elastic.connection.__version__", (9, 1, 0))
    assert "elasticsearch 9.1.0 is installed: pip install 'elasticsearch>=8.19,<9'" in str(
        problem("http://127.0.0.1:9")
    )
    assert elasticsearch.__version__[0] == 8


def test_what_is_no_elasticsearch_is_said_so() -> None:
    with answering(product="Another") as url:
        assert "is not Elasticsearch: check POLICYWATCH_ELASTICSEARCH_URL" in str(problem(url))


@pytest.mark.parametrize(
    ("status", "wanted", "words"),
    [
        (401, ElasticRefused, "does not know us: check POLICYWATCH_ELASTICSEARCH_API_KEY"),
        (403, ElasticRefused, "`policywatch elasticsearch role` prints what is needed"),
        (429, ElasticAway, "has no room or is not ready (429"),
        (503, ElasticAway, "has no room or is not ready (503"),
    ],
)
def test_answers_that_are_errors(status: int, wanted: type[Exception], words: str) -> None:
    with answering(status) as url:
        said = problem(url)
    assert isinstance(said, wanted) and words in str(said)


def test_nothing_set_nothing_there_and_bad_settings(tmp_path: Path) -> None:
    assert "set POLICYWATCH_ELASTICSEARCH_URL" in str(problem(""))
    assert "cannot be reached" in str(problem("http://127.0.0.1:9"))
    assert "is no address" in str(problem("http://:0x"))
    missing = str(tmp_path / "missing")
    assert "set POLICYWATCH_ELASTICSEARCH_CA" in str(problem("https://127.0.0.1:9", elasticsearch_ca=missing))
    said = str(problem("http://127.0.0.1:9", elasticsearch_secret_file=missing))
    assert "check POLICYWATCH_ELASTICSEARCH_SECRET_FILE" in said


def test_the_way_of_signing_that_is_set_is_used(tmp_path: Path) -> None:
    file = tmp_path / "secret"
    file.write_text(f"{SECRET}\n")
    base = {"elasticsearch_url": "https://user:pa%40ss@127.0.0.1:9/path/"}
    for given, wanted in (
        ({}, "Basic dXNlcjpwYUBzcw=="),
        ({"elasticsearch_api_key": "key"}, "ApiKey key"),
        ({"elasticsearch_secret_file": str(file)}, f"ApiKey {SECRET}"),
        ({"elasticsearch_user": "u", "elasticsearch_password": "p"}, "Basic dTpw"),
        ({"elasticsearch_user": "u", "elasticsearch_secret_file": str(file)}, "Basic dTpzM2NyM3Qtb2YtdGhlLXNlcnZlcg=="),
    ):
        with opened(Settings(**base, **given)) as elastic:
            assert elastic.client._headers["authorization"] == wanted
            assert elastic.url == "https://127.0.0.1:9/path"


@pytest.mark.parametrize(
    "given", [{"elasticsearch_api_key": SECRET}, {"elasticsearch_user": "u", "elasticsearch_password": SECRET}]
)
def test_no_secret_is_printed(given: dict[str, str], caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    with answering(401) as url:
        for address in (url, "http://127.0.0.1:9", url.replace("//", f"//u:{SECRET}@")):
            settings = Settings(elasticsearch_url=address, **given)
            printed = [row.value for row in rows(settings)] + [repr(settings), str(settings)]
            with opened(settings, seconds=5) as elastic:
                with pytest.raises((ElasticAway, ElasticRefused)) as caught:
                    check_version(elastic)
                printed += [repr(elastic), "".join(traceback.format_exception(caught.value))]
            assert not [text for text in (*printed, caplog.text) if SECRET in text and address not in text]
            assert SECRET not in "".join(row.value for row in rows(settings))
