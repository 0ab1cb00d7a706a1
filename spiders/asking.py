"""One request at a time to a host: its turn, its robots.txt, its redirects."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

import scrapy
from scrapy.http import Response

from config.sources import HostPolicy, Source
from notices.identity import host_of
from notices.target import Target
from spiders import robots
from spiders.answers import asked_pause, instead, redirect_of
from spiders.guard import Refused, Resolve, check, named_hosts
from spiders.job import Errand, Hosts

HOPS = 5  # redirects within a host
_GOOD = {200, 304}

Download = Callable[[scrapy.Request], Awaitable[Response]]


class NotNow(Exception):
    """The host is paused or another process drains it: the address waits."""


class Disallowed(Exception):
    """The host's robots.txt does not allow the address."""


@dataclass(frozen=True, slots=True)
class Elsewhere(Exception):
    """A redirect to another host, which has a queue of its own."""

    location: str


@dataclass(frozen=True, slots=True)
class Asker:
    """Asks one host at a time, in its pace, what its robots.txt and the guard of addresses allow."""

    errand: Errand
    hosts: Hosts
    download: Download
    resolve: Resolve
    agent: Callable[[str], str]  # the user agent with a contact in it

    async def ask(self, target: Target, headers: dict[str, str]) -> Response:
        """The answer to a target, redirects within its host followed.

        Raises NotNow, Disallowed, Elsewhere, or Refused, and what the download raises.
        """
        source = self.errand.source(target)
        url = target.location or target.url
        host = host_of(url)
        policy = self.errand.policy(host, source)
        for _ in range(HOPS):
            if policy.robots != "ignore" and not await self._allowed(host, url, source, policy):
                raise Disallowed(url)
            response = await self._one(host, self._request(url, target, source, policy, headers), source, policy)
            location = redirect_of(response)
            if not location:
                return response
            url = _back(location, url, source)
            if host_of(url) != host:
                await check(instead(url, source.bases), named_hosts(source), self.resolve)
                raise Elsewhere(url)
        raise Refused(f"{url} was redirected more than {HOPS} times")

    def _request(
        self, url: str, target: Target, source: Source, policy: HostPolicy, headers: dict[str, str]
    ) -> scrapy.Request:
        given = {"User-Agent": self.agent(policy.contact), **headers, **(target.ask.headers if target.ask else {})}
        form = dict(target.ask.form) if target.ask else {}
        address, meta = instead(url, source.bases), {"handle_httpstatus_all": True}
        if form:
            return scrapy.FormRequest(address, formdata=form, headers=given, meta=meta, dont_filter=True)
        return scrapy.Request(address, headers=given, meta=meta, dont_filter=True)

    async def _one(self, host: str, request: scrapy.Request, source: Source, policy: HostPolicy) -> Response:
        """One request, in the host's turn."""
        await check(request.url, named_hosts(source), self.resolve)
        asked = robots.crawl_delay(self.hosts.robots(host) or "") if policy.robots != "ignore" else 0.0
        wait = self.hosts.turn(host, max(policy.delay or 0.0, asked))
        if wait is None:
            raise NotNow(host)
        await asyncio.sleep(wait)
        began, well = time.monotonic(), False
        try:
            response = await self.download(request)
            well = response.status in _GOOD
        finally:
            self.hosts.answered(host, time.monotonic() - began, well=well)
        return response

    async def _allowed(self, host: str, url: str, source: Source, policy: HostPolicy) -> bool:
        text = self.hosts.robots(host)
        if text is None:
            text = await self._fetch_robots(host, url, source, policy)
            self.hosts.keep_robots(host, text)
        return robots.allows(text, url)

    async def _fetch_robots(self, host: str, url: str, source: Source, policy: HostPolicy) -> str:
        """A host's robots.txt; empty where it has none. A wall in its place pauses the host."""
        address = f"{url.partition('://')[0]}://{host}/robots.txt"
        target = Target(address)
        for _ in range(HOPS):
            response = await self._one(host, self._request(address, target, source, policy, {}), source, policy)
            location = redirect_of(response)  # also to another host, RFC 9309 section 2.3.1.2
            if not location:
                break
            address = _back(location, address, source)
        if response.status == 429 or response.status >= 500:  # RFC 9309: nothing is allowed while it cannot be read
            self.hosts.pause(host, asked_pause(response), f"robots.txt answered HTTP {response.status}")
            raise NotNow(host)
        return response.body.decode("utf-8", errors="replace") if response.status == 200 else ""


def _back(location: str, asked: str, source: Source) -> str:
    """A redirect's address as the site means it: what stands in for a host is named by that host again."""
    for host, base in source.bases.items():
        if location.startswith(base.rstrip("/") + "/"):
            scheme = asked.partition("://")[0]
            return f"{scheme}://{host}{location[len(base.rstrip('/')) :]}"
    return location
