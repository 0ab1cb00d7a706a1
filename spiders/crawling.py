"""The spider of every crawl: drains the queues of hosts side by side, each host one request at a time."""

import asyncio
import logging
from collections import Counter
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import scrapy
from scrapy.http import Response

from notices.identity import host_of
from notices.isolate import Failed, isolate
from notices.problem import Problem
from notices.target import Kind, Target
from spiders.answers import FAILURES, loss
from spiders.asking import Asker, Disallowed, Elsewhere, NotNow
from spiders.guard import Resolve, reactor_resolve
from spiders.handlers import HANDLERS, Desk
from spiders.job import NO_ANSWER

RENEW = 20.0  # seconds between two renewals of the leases
LOOK = 0.5  # seconds between two looks for hosts that have something to do
REDIRECTS = 3  # from host to host
SILENT = 3  # requests in a row without an answer, after which a host is left alone
DOWN = timedelta(minutes=5)
_UNANSWERED = {"unreachable", "slow", "certificate"}

log = logging.getLogger("policywatch.crawl")


class HostSpider(scrapy.Spider):
    """Takes addresses of hosts from the queue until none is due; what becomes of each is written down as it happens."""

    name = "hosts"

    def __init__(self, desk: Desk, agent: Any, resolve: Resolve = reactor_resolve, **options: Any) -> None:
        super().__init__(**options)
        self.desk = desk
        self.asker = Asker(desk.errand, desk.hosts, self.download, resolve, agent)
        self.draining: dict[str, asyncio.Task[None]] = {}
        self.silent: Counter[str] = Counter()  # requests in a row that a host did not answer
        self.error = ""
        self.timed_out = False

    async def start(self) -> AsyncIterator[scrapy.Request]:
        """Does the whole errand; yields nothing, for each request waits for its host's turn."""
        try:
            async with asyncio.timeout(self.desk.errand.timeout), asyncio.TaskGroup() as group:
                renewing = group.create_task(self._renew())
                await self._drain_all(group)
                renewing.cancel()
        except* TimeoutError:
            self.timed_out = True
        except* Problem as problems:  # the store is full, locked or broken: nothing can be written down any more
            self.error = str(problems.exceptions[0])
        nothing: tuple[scrapy.Request, ...] = ()
        for request in nothing:
            yield request

    async def download(self, request: scrapy.Request) -> Response:
        """One request through Scrapy's downloader."""
        response: Response = await self.crawler.engine.download_async(request)
        return response

    async def _drain_all(self, group: asyncio.TaskGroup) -> None:
        """Drains every host that has something due, also those that turn up on the way."""
        while True:
            due = self.desk.memory.due()
            for host in due:
                if host not in self.draining and self.desk.hosts.lease(host):
                    self.draining[host] = group.create_task(self._drain(host))
            if self.draining:
                await asyncio.wait(self.draining.values(), timeout=LOOK, return_when=asyncio.FIRST_COMPLETED)
                self.draining = {host: task for host, task in self.draining.items() if not task.done()}
            elif due and self.desk.errand.patient:
                await asyncio.sleep(LOOK)  # another process drains them: it does our addresses too
            else:
                return

    async def _drain(self, host: str) -> None:
        self.silent[host] = 0
        try:
            while (target := self.desk.memory.take(host)) is not None:
                if not await self._one(target):
                    return
                if self.silent[host] >= SILENT:  # each further address would cost a whole timeout
                    self.desk.hosts.pause(host, DOWN, NO_ANSWER)
                    return
        finally:
            self.desk.hosts.release(host)

    async def _one(self, target: Target) -> bool:
        """Asks for one address and does with the answer what its kind asks for; False when the host has to wait."""
        try:
            response = await self._answer(target)
        except asyncio.CancelledError:
            self.desk.memory.put_back(target)
            raise
        host = host_of(target.location or target.url)
        if isinstance(response, Response):
            self.silent[host] = 0
            done = isolate(lambda: HANDLERS[target.kind](self.desk, target, response), f"keep {target.url}")
            if isinstance(done, Failed):
                self.error = f"{target.url} could not be kept ({done.error}): the next crawl fetches it again"
                self._lost(target, "failed", done.error)
            return True
        if isinstance(response, NotNow):
            self.desk.memory.put_back(target)
            return False
        if isinstance(response, Elsewhere) and target.hops < REDIRECTS:
            self.desk.memory.put_back(target, response.location)
        elif isinstance(response, Disallowed):
            self._lost(target, "disallowed", "robots.txt does not allow it")
        elif isinstance(response, Problem):
            raise response
        else:
            if not isinstance(response, FAILURES):
                log.error("unexpected: %s", target.url, exc_info=response)
            outcome, said = loss(response)
            self.silent[host] = self.silent[host] + 1 if outcome in _UNANSWERED else 0
            self._lost(target, outcome, said)
        return True

    async def _answer(self, target: Target) -> Response | BaseException:
        """The answer, or why there is none: a request fails in more ways than anybody can name."""
        headers = {}
        etag, modified = self.desk.memory.validators(target)
        if etag:
            headers["If-None-Match"] = etag
        if modified:
            headers["If-Modified-Since"] = modified
        (answer,) = await asyncio.gather(self.asker.ask(target, headers), return_exceptions=True)
        return answer

    def _lost(self, target: Target, outcome: str, said: str) -> None:
        level = logging.WARNING if self.desk.errand.by_hand(target) else logging.INFO
        log.log(level, "%s: %s (%s)", target.url, outcome, said)
        if target.kind is Kind.LIST:
            self.desk.memory.list_lost(target, None, outcome, f"cannot be fetched: {said}")
        else:
            self.desk.memory.lost(target, outcome, said)

    async def _renew(self) -> None:
        while True:
            await asyncio.sleep(RENEW)
            self.desk.hosts.renew(self.draining)
