"""The fixture itself: a real server of the version we name, shared while anybody uses it."""

import json
import os
import subprocess
import sys
import urllib.request
from collections.abc import Callable
from pathlib import Path

import pytest
from elastic_files import VERSION
from elastic_server import ElasticServer

HERE = Path(__file__).parent
ASK = """
from elastic_shared import shared_server
with shared_server() as url:
    print(url)
"""


def test_the_server_is_the_one_that_is_named(elasticsearch_url: str) -> None:
    if os.environ.get("TEST_ELASTICSEARCH_URL"):
        pytest.skip("the server was chosen by TEST_ELASTICSEARCH_URL")
    with urllib.request.urlopen(elasticsearch_url) as answer:
        assert json.load(answer)["version"]["number"] == VERSION


def test_another_process_gets_the_same_server_and_leaves_it_running(elasticsearch_url: str) -> None:
    done = subprocess.run([sys.executable, "-c", ASK], cwd=HERE, capture_output=True, text=True, timeout=200)
    assert done.stdout.strip() == elasticsearch_url, done.stderr
    with urllib.request.urlopen(elasticsearch_url) as answer:
        assert answer.status == 200


@pytest.mark.soak
def test_a_killed_server_starts_again_with_its_data(own_elasticsearch: Callable[..., ElasticServer]) -> None:
    server = own_elasticsearch()
    body = urllib.request.Request(f"{server.url}/kept", b"{}", {"Content-Type": "application/json"}, method="PUT")
    urllib.request.urlopen(body)
    server.kill()
    with pytest.raises(OSError):
        urllib.request.urlopen(server.url, timeout=2)
    server.start()
    assert urllib.request.urlopen(f"{server.url}/kept").status == 200
