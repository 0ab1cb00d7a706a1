"""Scrapy's settings for every crawl.

Pace, pauses, robots.txt, redirects and retries are ours: they belong to a host, in the store, whatever process asks
(see `scheduler/hosts.py` and `spiders/asking.py`), so Scrapy's own per-process versions of them are off.
"""

BOT_NAME = "policywatch"
SPIDER_MODULES = ["spiders"]
NEWSPIDER_MODULE = "spiders"

COOKIES_ENABLED = False
TELNETCONSOLE_ENABLED = False
LOG_INSTALL_ROOT_HANDLER = False  # a crawl logs as every other process of ours does

ROBOTSTXT_OBEY = False
REDIRECT_ENABLED = False
METAREFRESH_ENABLED = False
RETRY_ENABLED = False
AUTOTHROTTLE_ENABLED = False
DOWNLOAD_DELAY = 0
CONCURRENT_REQUESTS = 64  # hosts, for each is asked one request at a time
CONCURRENT_REQUESTS_PER_DOMAIN = 4  # hosts that a mirror's base stands for

DOWNLOAD_HANDLERS = {
    "http": "spiders.download.OneTryHandler",
    "https": "spiders.download.OneTryHandler",
    **dict.fromkeys(("data", "file", "ftp", "s3")),  # no other scheme is ever asked
}
DOWNLOAD_TIMEOUT = 30  # seconds for a whole answer: a site that drips bytes ends like one that is silent
DOWNLOAD_MAXSIZE = 32 * 1024 * 1024  # Scrapy's own limit is 1 GB; it holds for what is unpacked too
DOWNLOAD_WARNSIZE = 0
DOWNLOAD_FAIL_ON_DATALOSS = True
DOWNLOAD_VERIFY_CERTIFICATES = True

DEFAULT_REQUEST_HEADERS = {
    "Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,application/json;q=0.8,*/*;q=0.5",
    "Accept-Language": "zh-CN,zh;q=0.9,en;q=0.5",
}
