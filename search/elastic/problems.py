"""Elasticsearch's errors, told to the person who can act on them."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from http import HTTPStatus

from elastic_transport import ConnectionError as NoConnection
from elastic_transport import ConnectionTimeout, TlsError, TransportError
from elasticsearch import ApiError, UnsupportedProductError

from notices.problem import Problem

SIGNS = {HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN}


class ElasticAway(Problem):
    """Elasticsearch does not answer, or has no room to; the same again later may work."""


class ElasticRefused(Problem):
    """Elasticsearch answers and will not do it; somebody has to change something."""


class IndexUnfit(ElasticRefused):
    """The index was made from another store or by another version."""


@contextmanager
def told(url: str) -> Iterator[None]:
    """Turns what goes wrong with a request into a problem; `url` is shown, so it holds no secret."""
    try:
        yield
    except TlsError as error:
        raise ElasticRefused(
            f"the certificate of Elasticsearch at {url} is not trusted ({_first(error)}): set "
            "POLICYWATCH_ELASTICSEARCH_CA to the file of the authority that signed it"
        ) from None
    except ConnectionTimeout:
        raise ElasticAway(
            f"Elasticsearch at {url} does not answer in time: look at the server's load and logs"
        ) from None
    except NoConnection as error:
        raise ElasticAway(f"Elasticsearch at {url} cannot be reached ({_first(error)}): is it running?") from None
    except UnsupportedProductError:
        raise ElasticRefused(
            f"what answers at {url} is not Elasticsearch: check POLICYWATCH_ELASTICSEARCH_URL"
        ) from None
    except ApiError as error:
        raise _answered(url, error) from None
    except TransportError as error:
        raise ElasticRefused(f"Elasticsearch at {url}: {_first(error)}") from None


def busy(status: int, kind: str = "") -> bool:
    """Whether an answer means that the same may work later: too many requests, an error of the server, a full disk."""
    return status == HTTPStatus.TOO_MANY_REQUESTS or status >= 500 or kind == "cluster_block_exception"


def kind_of(error: ApiError) -> str:
    """The type that an answer gives its error, empty where it has none."""
    body = error.body
    found = body.get("error") if isinstance(body, dict) else None
    return str(found.get("type", "")) if isinstance(found, dict) else ""


def quiet() -> None:
    """Keeps the library from logging what we tell ourselves, once instead of at every request."""
    for name in ("elastic_transport", "elasticsearch"):
        logging.getLogger(name).setLevel(logging.CRITICAL)


def _answered(url: str, error: ApiError) -> Problem:
    status, said = (
        error.status_code,
        str(error.message) if not kind_of(error) else f"{kind_of(error)}: {_reason(error)}",
    )
    if busy(status, kind_of(error)):
        return ElasticAway(f"Elasticsearch at {url} has no room or is not ready ({status} {said}): look at its health")
    if status == HTTPStatus.UNAUTHORIZED:
        return ElasticRefused(
            f"Elasticsearch at {url} does not know us: check POLICYWATCH_ELASTICSEARCH_API_KEY, or user and password"
        )
    if status == HTTPStatus.FORBIDDEN:
        return ElasticRefused(
            f"Elasticsearch at {url} does not allow it ({said}): `policywatch elasticsearch role` prints what is needed"
        )
    return ElasticRefused(f"Elasticsearch at {url} refused ({status} {said}): `policywatch doctor` tells more")


def _reason(error: ApiError) -> str:
    return " ".join(str(error.body["error"].get("reason", "")).split())[:300]


def _first(error: TransportError) -> str:
    text = str(error.message).split("\n")[0]
    return text.rpartition(": ")[2][:200]
