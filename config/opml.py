"""OPML: the subscription list that feed readers exchange, nested in folders as people keep it."""

from dataclasses import dataclass

from lxml import etree


@dataclass(frozen=True, slots=True)
class Subscription:
    """A feed that an OPML file names, with the name somebody gave it."""

    url: str
    title: str = ""


def feeds_of(content: bytes) -> tuple[Subscription, ...]:
    """The feeds of an OPML file, each address once, in its order; raises ValueError for a file that names none."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True, recover=True, huge_tree=False)
    try:
        root = etree.fromstring(content.lstrip(), parser)
    except (etree.XMLSyntaxError, ValueError):
        root = None
    if root is None or etree.QName(root).localname.lower() != "opml":
        raise ValueError("not an OPML file: its root element is opml")
    found: dict[str, Subscription] = {}
    for outline in root.iter("{*}outline"):
        values = {name.lower(): value.strip() for name, value in outline.attrib.items()}
        url = values.get("xmlurl", "")
        if url.startswith(("http://", "https://")):
            found.setdefault(url, Subscription(url, values.get("title") or values.get("text", "")))
    if not found:
        raise ValueError("the OPML names no feed: an outline with xmlUrl is one")
    return tuple(found.values())
