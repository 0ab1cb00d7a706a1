"""Shingles of a text: hashes of its overlapping runs of characters, after everything that reposts change is removed."""

import re
import unicodedata

import numpy
from numpy.typing import NDArray

Hashes = NDArray[numpy.uint64]

_OTHER = re.compile(r"[^0-9a-z\u3400-\u4dbf\u4e00-\u9fff]+")
_ODD = numpy.uint64(0x9E3779B97F4A7C15)
_STEP = numpy.uint64(0x100000001B3)


def comparable(text: str) -> str:
    """The letters, digits and Han characters of a text, in one width and case, without anything between them."""
    return _OTHER.sub("", unicodedata.normalize("NFKC", text).lower())


def shingles(text: str, size: int) -> Hashes:
    """The hash of every run of `size` characters of a comparable text, in order; of the whole text if it is shorter."""
    codes = numpy.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype="<u4").astype(numpy.uint64)
    count = max(len(codes) - size + 1, 1)
    hashes = numpy.zeros(count, dtype=numpy.uint64)
    for place in range(min(size, len(codes))):
        hashes *= _STEP
        hashes += codes[place : place + count]
    return _mix(hashes)


def _mix(hashes: Hashes) -> Hashes:
    mixed = (hashes ^ (hashes >> numpy.uint64(29))) * _ODD
    mixed ^= mixed >> numpy.uint64(32)
    return mixed * _ODD
