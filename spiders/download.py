"""Scrapy's download handler, without the second try that Twisted makes by itself."""

from typing import Any

from scrapy.core.downloader.handlers.http11 import HTTP11DownloadHandler


class OneTryHandler(HTTP11DownloadHandler):
    """HTTP and HTTPS: a request whose kept connection breaks is not repeated at once, outside of its host's pace."""

    def __init__(self, crawler: Any) -> None:
        super().__init__(crawler)
        self._pool.retryAutomatically = False
