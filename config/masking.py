"""Keeps secrets out of whatever is printed: what was once read as a secret is shown as ***."""

import re
from urllib.parse import unquote, urlsplit

MASK = "***"
_known: set[str] = set()
_LONG = 16  # a piece of an address this long is a key, not a word
_SHORT = 6  # the least of a secret that is looked for: shorter ones would take words out of sentences


def remember(*secrets: str) -> None:
    """Makes `masked` hide these from now on; each process remembers what it reads."""
    _known.update(secret for secret in secrets if len(secret) >= _SHORT)


def remember_address(url: str, *, every_piece: bool = False) -> None:
    """Makes `masked` hide what is secret in an address: its password, its parameters and its long pieces.

    With `every_piece` short ones and the host too: in some services' addresses a topic or a key stands anywhere.
    """
    try:
        parts = urlsplit(url)
        host, password = parts.hostname or "", parts.password or ""
    except ValueError:
        remember(url)
        return
    rest = url.partition("://")[2]
    pieces = [piece for piece in re.split(r"[/?&=@:,]", rest) if len(piece) >= _LONG]
    pieces += re.split(r"[/@:,#]", rest.partition("?")[0]) if every_piece else []
    values = [value for value in re.split(r"[&=]", parts.query)[1::2] if len(value) > _SHORT]
    whole = [f"{parts.path}?{parts.query}"] if parts.query else []
    known = [password, *pieces, *values, *whole]
    remember(*(secret for one in known for secret in (one, unquote(one)) if every_piece or secret.lower() != host))


def masked(text: str) -> str:
    """The text without any secret that this process knows."""
    for secret in sorted(_known, key=len, reverse=True):
        text = text.replace(secret, MASK)
    return text
