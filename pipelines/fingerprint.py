"""The fingerprint stage: what is compared of a text, small enough to keep and look up."""

import hashlib
import re

import numpy

from notices.article import Article
from notices.fields import Fields
from notices.understood import Fingerprint
from pipelines.marks import marks
from pipelines.shingles import Hashes, comparable, shingles

SIZE = 5  # characters of a shingle that is compared
BINS = 128
LONG = 12  # characters of a shingle that is looked up: rare in unrelated texts
DENSITY = 56  # one key for so many characters, so that a passage is found wherever it stands
KEYS = 64
TITLE = 10  # characters a title needs to be a key of its own


def fingerprint(article: Article, fields: Fields) -> Fingerprint:
    """The fingerprint of a cleaned article."""
    text = comparable(article.body)
    exact = int.from_bytes(
        hashlib.blake2b(text.encode("utf-8", "replace"), digest_size=8).digest(), "little", signed=True
    )
    return Fingerprint(exact, signature(text), _keys(text, article, fields), marks(article, fields))


def signature(text: str) -> bytes:
    """One-permutation sketch of a comparable text: 128 unsigned 32-bit numbers, little-endian."""
    hashes = numpy.sort(shingles(text, SIZE))
    floors = numpy.arange(BINS, dtype=numpy.uint64) << numpy.uint64(57)
    places = numpy.searchsorted(hashes, floors)
    found = hashes[numpy.minimum(places, len(hashes) - 1)]
    filled = (found >> numpy.uint64(57)) == numpy.arange(BINS, dtype=numpy.uint64)
    values = ((found >> numpy.uint64(20)) & numpy.uint64(0xFFFFFFFF)).astype("<u4")
    source = numpy.where(filled, numpy.arange(BINS), -1)
    source = numpy.maximum.accumulate(numpy.concatenate([source, source]))[
        BINS:
    ]  # an empty bin takes its left neighbour
    distance = (numpy.arange(BINS) - source) % BINS
    filled_up = values[source % BINS] + distance.astype("<u4") * numpy.uint32(0x9E3779B1)
    return bytes(filled_up.astype("<u4"))


def _keys(text: str, article: Article, fields: Fields) -> tuple[int, ...]:
    sampled: Hashes = numpy.unique(shingles(text, LONG))[: min(max(len(text) // DENSITY, 6), KEYS)]
    found = sampled.view(numpy.int64).tolist() if text else []
    title = comparable(re.sub(r"^.{1,6}[|丨｜]", "", article.title))
    if len(title) >= TITLE:
        found.append(_named("title", title))
    return tuple(dict.fromkeys(found))


def _named(kind: str, value: str) -> int:
    digest = hashlib.blake2b(f"{kind}:{value}".encode("utf-8", "replace"), digest_size=8).digest()
    return int.from_bytes(digest, "little", signed=True)
