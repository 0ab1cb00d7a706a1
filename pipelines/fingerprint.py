"""The fingerprint stage: what is compared of a text, small enough to keep and look up."""

import hashlib
import re

import numpy

from notices.article import Article
from notices.fields import Fields
from notices.identity import article_key, identity
from notices.understood import Fingerprint
from pipelines.attached import LITTLE, notice_part, own_text
from pipelines.marks import marks
from pipelines.shingles import Codes, Hashes, comparable, distinct, shingles

SIZE = 5  # characters of a shingle that is compared
BINS = 128
LONG = 12  # characters of a shingle that is looked up: rare in unrelated texts
DENSITY = 64  # one key for so many characters, so that a passage is found wherever it stands
FEWEST, MOST = 10, 96  # keys of a text
TITLE = 10  # characters a title or a named document needs to be a key of its own

_NAMED = re.compile(r"《([^《》]{6,80})》")
_DRAFT = re.compile(r"[（(][^（()）]{0,6}(?:征求意见稿|草案|送审稿)[)）]")
_SHIFT = numpy.uint64(57)
_PLACES = numpy.arange(BINS, dtype=numpy.uint64)
_FLOORS = _PLACES << _SHIFT


def fingerprint(article: Article, fields: Fields) -> Fingerprint:
    """The fingerprint of a cleaned article."""
    text = own_text(article)
    codes = comparable(text)
    return Fingerprint(_number(codes.tobytes()), signature(codes), _keys(text, codes, article), marks(article, fields))


def signature(codes: Codes) -> bytes:
    """One-permutation sketch of comparable code points: 128 unsigned 32-bit numbers, little-endian."""
    hashes = numpy.sort(shingles(codes, SIZE))
    if not len(hashes):
        return bytes(4 * BINS)
    found = hashes[numpy.minimum(numpy.searchsorted(hashes, _FLOORS), len(hashes) - 1)]
    values = ((found >> numpy.uint64(20)) & numpy.uint64(0xFFFFFFFF)).astype("<u4")
    full = numpy.where((found >> _SHIFT) == _PLACES, numpy.arange(BINS), -1)
    source = numpy.maximum.accumulate(numpy.concatenate([full, full + BINS * (full >= 0)]))[BINS:]
    steps = (numpy.arange(BINS, 2 * BINS) - source).astype(
        "<u4"
    )  # an empty bin takes what the next full one left of it has
    return bytes(values[source % BINS] + steps * numpy.uint32(0x9E3779B1))


def _keys(text: str, codes: Codes, article: Article) -> tuple[int, ...]:
    found = _sampled(codes) if len(codes) >= LITTLE else []
    notice = notice_part(text)
    if len(notice) < len(text):
        found += _sampled(comparable(notice))
    for name in {article.title, *_NAMED.findall(article.title)}:
        words = comparable(_DRAFT.sub("", name))
        if len(words) >= TITLE:
            found.append(_number(words.tobytes()))
    names = {article_key(article), identity(article.source_url) if article.source_url else ""}
    found += [_number(name.encode("utf-8", "replace")) for name in names if name]
    return tuple(sorted(set(found)))


def _sampled(codes: Codes) -> list[int]:
    """The smallest hashes of a text's long shingles: two texts that share a passage share those that stand in it."""
    count = min(max(len(codes) // DENSITY, FEWEST), MOST)
    smallest: Hashes = distinct(shingles(codes, LONG))[:count]
    found: list[int] = smallest.view(numpy.int64).tolist()
    return found


def _number(data: bytes) -> int:
    return int.from_bytes(hashlib.blake2b(data, digest_size=8).digest(), "little", signed=True)
