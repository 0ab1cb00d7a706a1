"""What a host's robots.txt says, and what happens where it cannot be read, as RFC 9309 has it."""

import asyncio
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest
import scrapy
from scrapy.http import Response, TextResponse

from config.sources import Source
from notices.store import Store
from notices.target import Target
from scheduler.hosts import Hosts
from spiders.asking import Asker, Disallowed, NotNow
from spiders.job import Errand
from tests.scheduler.crawled import Clock

HOST, OTHER = "one.example.org", "other.example.net"
PAGE = f"https://{HOST}/secret/1.html"
RULES = b"User-agent: *\nDisallow: /secret/\n"

Answers = Mapping[str, tuple[int, dict[str, str], bytes]]


@pytest.fixture
def hosts(tmp_path: Path) -> Iterator[Hosts]:
    with Store.open(f"sqlite:///{tmp_path / 'x.db'}", tmp_path) as store:
        made = Hosts(store, "here", Clock())
        assert made.lease(HOST)
        yield made


def ask(hosts: Hosts, answers: Answers) -> tuple[int, list[str]]:
    """The status of the page's answer, and what was asked on the way."""
    asked: list[str] = []

    async def download(request: scrapy.Request) -> Response:
        asked.append(request.url)
        status, headers, body = answers[request.url]
        return TextResponse(request.url, status=status, headers=headers, body=body, encoding="utf-8")

    async def resolve(_: str) -> str:
        return "93.184.215.14"

    errand = Errand({"s": Source("s", "page", f"https://{HOST}/", delay=0.0)})
    asker = Asker(errand, hosts, download, resolve, lambda _: "policywatch")
    return asyncio.run(asker.ask(Target(PAGE, source="s"), {})).status, asked


def robots(status: int = 200, body: bytes = RULES, **headers: str) -> Answers:
    given = {name.replace("_", "-"): value for name, value in headers.items()}
    return {f"https://{HOST}/robots.txt": (status, given, body), PAGE: (200, {}, b"x")}


def test_what_it_forbids_is_not_asked(hosts: Hosts) -> None:
    with pytest.raises(Disallowed):
        ask(hosts, robots())


@pytest.mark.parametrize("status", [401, 403, 404, 410])
def test_a_host_without_one_allows_everything(hosts: Hosts, status: int) -> None:
    assert ask(hosts, robots(status))[0] == 200


@pytest.mark.parametrize("status", [429, 500, 503])
def test_a_host_whose_own_cannot_be_read_now_is_left_alone(hosts: Hosts, status: int) -> None:
    with pytest.raises(NotNow):
        ask(hosts, robots(status, Retry_After="3600"))
    assert hosts.turn(HOST, 0) is None
    assert hosts.robots(HOST) is None  # it is asked again, not believed to be empty


@pytest.mark.parametrize("place", [f"https://{OTHER}/robots.txt", "/rules.txt"])
def test_one_that_lies_elsewhere_is_followed_there(hosts: Hosts, place: str) -> None:
    there = place if place.startswith("http") else f"https://{HOST}{place}"
    with pytest.raises(Disallowed):
        ask(hosts, {**robots(301, b"", Location=place), there: (200, {}, RULES)})


def test_one_that_leads_round_and_round_is_none(hosts: Hosts) -> None:
    status, asked = ask(hosts, robots(302, b"", Location="/robots.txt"))
    assert status == 200 and len(asked) == 6
