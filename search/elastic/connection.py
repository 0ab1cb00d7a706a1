"""The connection to Elasticsearch that the settings describe."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from elasticsearch import Elasticsearch, __version__

from config.settings import Settings
from notices.problem import Problem
from search.elastic.problems import ElasticRefused, quiet, told

MAJOR, MINOR = 8, 19  # the client's own; an older server may lack what it asks for
PORT = 9200
TIMEOUT = 30  # seconds without an answer


class ElasticUnset(Problem):
    """Elasticsearch was asked for and no address is set."""

    status = 2


@dataclass(frozen=True, slots=True)
class Names:
    """The names of our indices and aliases on the server; all begin with `base`."""

    base: str

    @property
    def read(self) -> str:
        """The alias that searches ask."""
        return f"{self.base}-notices"

    @property
    def write(self) -> str:
        """The alias that the projector writes to."""
        return f"{self.base}-notices-write"

    @property
    def sources(self) -> str:
        """The alias of the index of source runs."""
        return f"{self.base}-sources"

    @property
    def ours(self) -> str:
        """The pattern of every name."""
        return f"{self.base}-*"


@dataclass(frozen=True, slots=True)
class Elastic:
    """An open connection; `url` is the address without user and password, to be shown."""

    client: Elasticsearch
    names: Names
    url: str


@contextmanager
def connected(settings: Settings, *, seconds: float = TIMEOUT) -> Iterator[Elastic]:
    """A connection to a server whose version fits; `seconds` is how long an answer may take.

    Raises ElasticUnset, ElasticAway or ElasticRefused.
    """
    with opened(settings, seconds=seconds) as elastic:
        check_version(elastic)
        yield elastic


@contextmanager
def opened(settings: Settings, *, seconds: float = TIMEOUT) -> Iterator[Elastic]:
    """The connection alone, nothing asked yet; raises ElasticUnset, or ElasticRefused for settings that do not fit."""
    if not settings.elasticsearch_url:
        raise ElasticUnset("no Elasticsearch is set: set POLICYWATCH_ELASTICSEARCH_URL to its address")
    quiet()
    url, given = _address(settings.elasticsearch_url)
    authority = settings.elasticsearch_ca
    if authority and not Path(authority).is_file():
        raise ElasticRefused(f"there is no file {authority}: set POLICYWATCH_ELASTICSEARCH_CA to the authority's file")
    if authority and url.startswith("http://"):
        raise ElasticRefused(f"POLICYWATCH_ELASTICSEARCH_CA is set and the address is {url}: write https://")
    options: dict[str, Any] = {"ca_certs": authority} if authority else {}
    with told(url):
        client = Elasticsearch(
            url,
            **options,
            **(_signed(settings) or given),
            request_timeout=seconds,
            max_retries=0,
            retry_on_timeout=False,
        )
    try:
        yield Elastic(client, Names(settings.elasticsearch_index), url)
    finally:
        client.close()


def check_version(elastic: Elastic) -> str:
    """The server's version; raises ElasticRefused when it, or the installed client, is none we can work with."""
    if __version__[0] != MAJOR:
        own = ".".join(map(str, __version__))
        raise ElasticRefused(
            f"the Python client elasticsearch {own} is installed: pip install 'elasticsearch>=8.19,<9'"
        )
    with told(elastic.url):
        number = str(elastic.client.info()["version"]["number"])
    major, minor = (int(part) for part in number.split(".")[:2])
    if major != MAJOR or minor < MINOR:
        raise ElasticRefused(
            f"Elasticsearch {number} answers at {elastic.url}, policywatch needs {MAJOR}.{MINOR} or a later {MAJOR}.x: "
            "upgrade the server, or unset POLICYWATCH_ELASTICSEARCH_URL to use the embedded index"
        )
    return number


def _address(text: str) -> tuple[str, dict[str, Any]]:
    """An address without user and password, and these as the client takes them."""
    try:
        parts = urlsplit(text)
        host, port = parts.hostname or "", parts.port or PORT
    except ValueError:
        host, port = "", 0
    if not host:
        raise ElasticRefused("POLICYWATCH_ELASTICSEARCH_URL is no address: a good one is https://search.example:9200")
    host = f"[{host}]" if ":" in host else host
    signed = {"basic_auth": (unquote(parts.username), unquote(parts.password or ""))} if parts.username else {}
    return f"{parts.scheme}://{host}:{port}{parts.path.rstrip('/')}", signed


def _signed(settings: Settings) -> dict[str, Any]:
    """The API key, or user and password, as the client takes them."""
    key, password = (
        settings.elasticsearch_api_key.get_secret_value(), settings.elasticsearch_password.get_secret_value()
    )  # fmt: skip
    if file := settings.elasticsearch_secret_file:
        try:
            held = Path(file).read_text(encoding="utf-8").strip()
        except (OSError, UnicodeDecodeError):
            raise ElasticRefused(f"{file} cannot be read: check POLICYWATCH_ELASTICSEARCH_SECRET_FILE") from None
        key, password = (key, held) if settings.elasticsearch_user else (held, password)
    if settings.elasticsearch_user:
        return {"basic_auth": (settings.elasticsearch_user, password)}
    if not key.isascii():
        raise ElasticRefused(
            "the API key for Elasticsearch has characters that none has: "
            "copy the field `encoded` of the answer that made it"
        )
    return {"api_key": key} if key else {}
