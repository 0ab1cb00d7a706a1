"""Addresses as pages write them: joined and split without ever raising, whatever stands there."""

from urllib.parse import SplitResult, urljoin, urlsplit

NONE = SplitResult("", "", "", "", "")


def joined(base: str, link: str) -> str:
    """The whole address of a link on a page; empty for a link that cannot be one, such as `http://[`."""
    try:
        return urljoin(base, link)
    except ValueError:
        return ""


def parts_of(url: str) -> SplitResult:
    """The parts of an address, its port one that can be read; all of them empty for text that is no address."""
    try:
        parts = urlsplit(url)
        return NONE if parts.port == 0 else parts
    except ValueError:  # an address such as http://[ or a port that is no number
        return NONE
