"""What every spider shares: a queue asked one page at a time, each page in exactly one counted outcome."""

from collections import Counter, deque
from collections.abc import AsyncIterator, Iterator, Sequence
from datetime import datetime, timezone
from typing import Any

import scrapy
from scrapy.http import Response
from twisted.python.failure import Failure

from notices.article import Reading
from notices.fetched import Fetched
from notices.identity import fetchable, host_of, identity
from notices.isolate import Failed, isolate
from notices.kinds import PageState
from spiders.answers import Target, asked_pause, instead, loss, page_of, validators
from spiders.job import Job, Memory
from spiders.readers import read
from spiders.walls import refused

HOPS = 3  # how many share and moved pages are followed in a row

_ANSWERED = [304, *range(400, 600)]


class PageSpider(scrapy.Spider):
    """Fetches a source's list, then the pages it names, in the list's order, one request at a time.

    A subclass says which requests read the list (`lists`) and puts what it finds into the queue with `enqueue`.
    """

    def __init__(self, job: Job, memory: Memory, keeper: Any, **options: Any) -> None:
        super().__init__(**options)
        self.job = job
        self.memory = memory
        self.keeper = keeper  # the item pipeline takes it from here
        self.queue: deque[Target] = deque()
        self.seen: set[str] = set()
        self.outcomes: Counter[str] = Counter()
        self.list_validators: dict[str, tuple[str, str]] = {}
        self.error = ""
        self.asked = 0

    async def start(self) -> AsyncIterator[scrapy.Request]:
        """Begins with the source's list, or with the addresses that were pasted."""
        if self.job.urls:
            self.enqueue([Target(url, mode=self.job.mode(None)) for url in self.job.urls], again=True)
            first = self.following()
        else:
            first = self.lists()
        for request in first:
            yield request

    def lists(self) -> Iterator[scrapy.Request]:
        """The requests that read the source's list."""
        raise NotImplementedError

    def enqueue(self, targets: Sequence[Target], *, again: bool = False) -> int:
        """Queues the targets nobody has read; returns how many of them are new to the store."""
        known = set() if again else self.memory.known([target.url for target in targets])
        fresh = 0
        for target in targets:
            key = identity(target.url)
            if key in self.seen:
                continue
            self.seen.add(key)
            if target.url in known:
                self.outcomes["known"] += 1
            elif not fetchable(target.url):
                self.outcomes["unfetchable"] += 1
            else:
                self.queue.append(target)
                fresh += 1
        return fresh

    def following(self) -> Iterator[scrapy.Request]:
        """The request for the next page of the queue whose host may be asked, if there is one."""
        while self.queue:
            target = self.queue.popleft()
            if self.memory.paused(host_of(target.url)) is None:
                self.asked += 1
                yield self.request(target.url, self.received, self.lost, target=target)
                return
            self.outcomes["postponed"] += 1

    def request(self, url: str, callback: Any, errback: Any, *, always: bool = False, **meta: Any) -> scrapy.Request:
        """A request for an address, conditional unless `always`, sent to the base that stands in for its host."""
        etag, modified = ("", "") if always else self.memory.validators(url)
        headers = {"If-None-Match": etag, "If-Modified-Since": modified}
        return scrapy.Request(
            instead(url, self.job.source.bases),
            callback=callback,
            errback=errback,
            headers={name: value for name, value in headers.items() if value},
            meta={"handle_httpstatus_list": _ANSWERED, "policywatch": {"url": url, **meta}},
            dont_filter=True,  # the queue knows what was asked
        )

    def received(self, response: Response) -> Iterator[Any]:
        """A page of the queue: kept and read, then the next one is asked for."""
        target: Target = response.meta["policywatch"]["target"]
        self.asked -= 1
        if response.status == 304:
            self.outcomes["unchanged"] += 1
        else:
            fetched = self.fetched(response, target)
            yield fetched
            isolate(lambda: self.learn(fetched.reading, target, response), f"follow {target.url}")
        yield from self.following()

    def lost(self, failure: Failure) -> Iterator[Any]:
        """A page of the queue that could not be fetched: counted, then the next one is asked for."""
        self.asked -= 1
        self.outcomes[loss(failure)] += 1
        yield from self.following()

    def fetched(self, response: Response, target: Target) -> Fetched:
        """A page with its reading; a parser that raises costs nothing but the reading."""
        page = page_of(response, target, self.job.source)
        self.keeper.take_bytes(page)
        reading = isolate(lambda: read(page), f"parse {page.url}")
        if isinstance(reading, Failed):
            error = Reading(PageState.ERROR, reason=f"the parser failed: {reading.error}")
            return Fetched(page, error, self.job.first, failed=reading.error)
        return Fetched(page, reading, self.job.first, "", *validators(response))

    def learn(self, reading: Reading, target: Target, response: Response) -> None:
        """Follows a page that leads elsewhere, and leaves a host alone that shows a wall."""
        if reading.state is PageState.BLOCKED:
            self.wall(target.url, response, reading.reason)
        elif reading.moved_to and target.hops < HOPS:
            self.enqueue([Target(reading.moved_to, mode=target.mode, hops=target.hops + 1)])

    def wall(self, url: str, response: Response, reason: str) -> None:
        """Pauses a host as long as it asks, half an hour if it does not say."""
        self.memory.pause(host_of(url), datetime.now(timezone.utc) + asked_pause(response), reason)

    def refused_list(self, response: Response) -> bool:
        """Whether a list's answer holds no list: unchanged, or an error that is said aloud."""
        url: str = response.meta["policywatch"]["url"]
        if response.status == 304:
            self.outcomes["unchanged"] += 1
            return True
        reading = refused(page_of(response, Target(url), self.job.source))
        if reading is None:
            return False
        if reading.state is PageState.BLOCKED:
            self.wall(url, response, reading.reason)
        self.fail(reading.state, f"the list {url} answered {reading.reason}")
        return True

    def fail(self, outcome: str, message: str) -> None:
        """Counts a list that could not be read, and remembers the first reason."""
        self.outcomes[outcome] += 1
        self.error = self.error or message

    def list_lost(self, failure: Failure) -> Iterator[Any]:
        """A list that could not be fetched: said aloud, then what is queued goes on."""
        self.fail(loss(failure), f"the list cannot be fetched: {failure.getErrorMessage()[:200]}")
        yield from self.following()

    def closed(self, reason: str) -> None:
        """Counts what was not reached; remembers the lists' validators only when nothing they named is left to do."""
        left = len(self.queue) + self.asked
        self.outcomes["postponed"] += left
        if left and reason == "finished":
            self.error = self.error or f"{left} pages were not reached: the log above says why"
        unsettled = sum(self.outcomes[name] for name in ("postponed", "unreachable", "too_large"))
        if reason == "finished" and not self.error and not unsettled and not self.keeper.unsettled:
            for url, (etag, modified) in self.list_validators.items():
                self.memory.listed(url, etag, modified)
