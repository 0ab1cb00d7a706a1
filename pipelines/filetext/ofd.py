"""OFD files, the state's own page format: a zip of XML pages whose text codes are read in their order."""

import io
import re
import zipfile

from lxml import etree

from pipelines.filetext.result import FileOutcome, Unreadable

LARGEST_PAGE = 16 * 1024 * 1024
MOST_PAGES = 2_000

_PAGE = re.compile(r"(?:^|/)Pages/Page_(\d+)/Content\.xml$", re.IGNORECASE)


def read_ofd(body: bytes) -> str:
    """The text of an OFD file, one line a text object; raises Unreadable."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=False)
    try:
        with zipfile.ZipFile(io.BytesIO(body)) as parts:
            pages = sorted((int(match[1]), name) for name in parts.namelist() if (match := _PAGE.search(name)))
            if any(parts.getinfo(name).file_size > LARGEST_PAGE for _, name in pages):
                raise Unreadable(FileOutcome.TOO_LARGE, f"a page of it is larger than {LARGEST_PAGE >> 20} MB")
            roots = [etree.fromstring(parts.read(name), parser) for _, name in pages[:MOST_PAGES]]
    except (zipfile.BadZipFile, etree.XMLSyntaxError, KeyError, OSError, ValueError) as error:
        raise Unreadable(FileOutcome.UNREADABLE, f"no OFD document can be read from it ({error})") from None
    lines = [
        "".join(code.text or "" for code in text.iter("{*}TextCode"))
        for root in roots
        for text in root.iter("{*}TextObject")
    ]
    return "\n".join(lines)
