"""Makes text and addresses from pages safe to stand in any message."""

import unicodedata
from urllib.parse import quote, urlsplit

LONGEST = 300  # characters of a title or a sentence
LONGEST_URL = 1_000  # characters of an address that is still linked to
_KEPT = "%/:?#&=+,;~!$@-._"  # of an address: what ends no link in Markdown, HTML or a line is left as it is


def line(value: str, longest: int = LONGEST) -> str:
    """One line of at most so many characters: control characters of a page become spaces, format characters go.

    Format characters would turn the reading direction of what follows, or hide between two others.
    """
    kept = (" " if not char.isprintable() else char for char in value if unicodedata.category(char) != "Cf")
    flat = " ".join("".join(kept).split())
    return flat if len(flat) <= longest else flat[: longest - 1] + "…"


def web(url: str) -> str:
    """An http or https address in which nothing ends a link or a line, empty for any other address."""
    try:
        parts = urlsplit(url.strip())
        known = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        return ""
    if not known:
        return ""
    host = parts.netloc.rpartition("@")[2]
    asked = f"?{parts.query}" if parts.query else ""
    named = f"#{parts.fragment}" if parts.fragment else ""
    made = f"{parts.scheme}://{_host(host)}{_quoted(parts.path)}{_quoted(asked)}{_quoted(named)}"
    return made if len(made) <= LONGEST_URL else ""


def _quoted(part: str) -> str:
    return quote(part, safe=_KEPT, errors="replace")


def _host(host: str) -> str:
    try:
        return host.encode("idna").decode() if not host.isascii() else quote(host, safe=":[]-._")
    except UnicodeError:
        return quote(host, safe=":[]-._", errors="replace")
