"""The normalisation of whole texts: what `notices.normal.normalise` says, an array at a time, four times faster.

It is apart because numpy takes a tenth of a second to load, which a search from the shell has no use for.
"""

from functools import cache

import numpy
from numpy.typing import NDArray

from notices.normal import table

Codes = NDArray[numpy.uint32]

_PLANES = 0x110000
_GONE, _SEVERAL = _PLANES, _PLANES + 1  # no code points: a character that leaves nothing, one that becomes several


def normal_codes(text: str) -> Codes:
    """The code points of a normalised text, shape (characters,); a lone surrogate stays one."""
    made = _forms()[_codes(text)]
    highest = made.max(initial=0)
    if highest == _SEVERAL:
        for char in _several().keys() & set(text):
            text = text.replace(char, _several()[char])
        made = _forms()[_codes(text)]
        highest = made.max(initial=0)
    return made[made != _GONE] if highest == _GONE else made


def normalise_whole(text: str) -> str:
    """The normalised text, the same as `normalise` gives."""
    return normal_codes(text).tobytes().decode("utf-32-le", "surrogatepass")


def _codes(text: str) -> Codes:
    return numpy.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype="<u4")


@cache
def _forms() -> Codes:
    """Code point -> its normal form, or what says that this is not one code point."""
    forms = numpy.arange(_PLANES, dtype="<u4")
    for code, form in table().items():
        forms[code] = ord(form) if len(form) == 1 else _SEVERAL if form else _GONE
    return forms


@cache
def _several() -> dict[str, str]:
    return {chr(code): form for code, form in table().items() if len(form) > 1}
