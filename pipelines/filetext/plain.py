"""Text files, and pages that were saved under a document's name."""

import codecs

from lxml import html

from pipelines.filetext.result import FileOutcome, Unreadable

_BOMS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))


def read_text(body: bytes) -> str:
    """The text of bytes in UTF-8, UTF-16 with its mark, or GB 18030; raises Unreadable."""
    for mark, encoding in _BOMS:
        if body.startswith(mark):
            return body.decode(encoding, "replace").lstrip("\ufeff")
    for encoding in ("utf-8", "gb18030"):
        try:
            return body.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise Unreadable(FileOutcome.UNREADABLE, "the bytes are text neither in UTF-8 nor in GB 18030")


def read_html(body: bytes) -> str:
    """The words of a page, a line for every paragraph and row."""
    root = html.document_fromstring(read_text(body) or " ")
    for element in root.xpath("//script | //style | //head"):
        element.drop_tree()
    for element in root.iter("p", "div", "tr", "br", "li", "h1", "h2", "h3"):
        element.tail = f"\n{element.tail or ''}"
    for element in root.iter("td", "th"):
        element.tail = f" {element.tail or ''}"
    return str(root.text_content())
