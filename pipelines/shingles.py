"""Shingles of a text: hashes of its overlapping runs of characters, after everything that reposts change is removed."""

from functools import cache

import numpy
from numpy.typing import NDArray

from notices.normal import normalise, table

Codes = NDArray[numpy.uint32]
Hashes = NDArray[numpy.uint64]

_PLANES = 0x110000
_BASIC = 0x10000
_RARE_HAN = slice(0x20000, 0x33480)
_STEP = numpy.uint64(0x100000001B3)
_ODD = numpy.uint64(0x9E3779B97F4A7C15)


def comparable(text: str) -> Codes:
    """The code points of a text's letters and digits in their normal form, without anything between them."""
    codes: Codes = _forms()[numpy.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype="<u4")]
    kept: Codes = codes[codes > 0]
    return kept


def spelled(codes: Codes) -> str:
    """The text of comparable code points."""
    return codes.astype("<u4").tobytes().decode("utf-32-le")


def shingles(codes: Codes, size: int) -> Hashes:
    """The hash of every run of `size` code points, in order; of all of them where there are fewer."""
    wide = codes.astype(numpy.uint64)
    count = max(len(wide) - size + 1, min(len(wide), 1))
    hashes = numpy.zeros(count, dtype=numpy.uint64)
    for place in range(min(size, len(wide))):
        hashes *= _STEP
        hashes += wide[place : place + count]
    hashes ^= hashes >> numpy.uint64(29)
    hashes *= _ODD
    hashes ^= hashes >> numpy.uint64(32)
    hashes *= _ODD
    return hashes


def distinct(hashes: Hashes) -> Hashes:
    """The different ones of some hashes, ascending; numpy's own `unique` takes five times as long."""
    ordered = numpy.sort(hashes)
    return ordered[numpy.concatenate(([True], ordered[1:] != ordered[:-1]))] if len(ordered) else ordered


def members(hashes: Hashes, ordered: Hashes) -> NDArray[numpy.bool_]:
    """Which of some hashes stand among ascending ones."""
    if not len(ordered):
        return numpy.zeros(len(hashes), dtype=numpy.bool_)
    found: NDArray[numpy.bool_] = (
        ordered[numpy.minimum(numpy.searchsorted(ordered, hashes), len(ordered) - 1)] == hashes
    )
    return found


@cache
def _forms() -> Codes:
    """Code point -> the code point that is compared, 0 for what is not."""
    forms = numpy.zeros(_PLANES, dtype=numpy.uint32)
    forms[_RARE_HAN] = numpy.arange(_RARE_HAN.start, _RARE_HAN.stop)
    surrogates = range(0xD800, 0xE000)
    for code in [*range(_BASIC), *(code for code in table() if code >= _BASIC)]:
        kept = "" if code in surrogates else [char for char in normalise(chr(code)) if char.isalnum()]
        forms[code] = ord(kept[0]) if len(kept) == 1 else 0
    return forms
