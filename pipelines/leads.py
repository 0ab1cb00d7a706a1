"""Leads: the pages that a page names as its original or links to, read before cleaning takes the addresses away."""

import html
import re

from notices.addresses import joined
from notices.article import Article
from notices.identity import host_of, identity

MANY = 12  # links: a page with more of them is a list, and what it links to says little of it
LONGEST = 600  # characters of an address

_ADDRESS = re.compile(r"https?://[^\s\x00-\x20<>\"'）)，。；、（】\]]{4,600}")
_BEHIND = re.compile(r"\]\(\s?<?(/[^\s()<>]{3,600})>?\s?\)")
_PICTURE = re.compile(r"\.(?:png|jpe?g|gif|webp|bmp|svg|css|js)$", re.IGNORECASE)
_ASSETS = re.compile(r"https?://(?:[^/?#\s]*[.@])?(?:qpic|qlogo|gtimg)\.cn(?=[/:?#]|$)", re.IGNORECASE)


def leads(article: Article, key: str) -> tuple[str, ...]:
    """The identities of the pages that an article, not yet cleaned, leads to, its named original first.

    `key` is its own identity, which is none of them; a page with many links has only its named original.
    """
    original = [article.source_url] if article.source_url else []
    body = article.body
    found = [*article.links, *(_ADDRESS.findall(body) if "://" in body else [])]
    if "](/" in body:
        found += [joined(article.url, path) for path in _BEHIND.findall(body)]
    cut = (html.unescape(raw).rstrip(".,;:!?") for raw in found)
    files = {attachment.url for attachment in article.attachments}
    pages = dict.fromkeys(address for address in cut if address not in files and _page(address))
    named = dict.fromkeys(identity(address) for address in original if len(address) <= LONGEST)
    linked = dict.fromkeys(map(identity, pages))
    linked.pop(key, None)
    named.pop(key, None)
    return tuple(named | linked) if len(linked) <= MANY else tuple(named)


def _page(address: str) -> bool:
    return not _ASSETS.match(address) and not _PICTURE.search(address) and bool(host_of(address))
