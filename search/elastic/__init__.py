"""The index on Elasticsearch: its templates, documents and projector, and searches on it."""

from config.lean import import_without

# For its asynchronous half, two thirds of the time of its import, which a search from the shell would wait for.
import_without("elasticsearch", "aiohttp", "httpx")
