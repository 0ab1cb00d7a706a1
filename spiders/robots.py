"""What a host's robots.txt allows us."""

from functools import lru_cache

from protego import Protego

LARGEST = 500_000  # characters that are read, as RFC 9309 allows
NAME = "policywatch"


def allows(text: str, url: str) -> bool:
    """Whether a robots.txt lets us fetch an address; an empty one allows everything."""
    return not text or bool(_rules(text[:LARGEST]).can_fetch(url, NAME))


def crawl_delay(text: str) -> float:
    """The seconds between requests that a robots.txt asks for, 0 where it does not, an hour at the most."""
    return min(float((_rules(text[:LARGEST]).crawl_delay(NAME) if text else 0) or 0), 3600.0)


@lru_cache(maxsize=64)
def _rules(text: str) -> Protego:
    return Protego.parse(text)
