"""PDF files: the text layer of every page; a page that is a picture has none."""

import re
import unicodedata

from pipelines.filetext.result import FileOutcome, Unreadable

MOST_PAGES = 2_000
FULL = 0.9  # of the widest line's width: a line that reaches so far was broken by the page and not by its writer

_ENDED = re.compile(r"[。！？；：!?;:]\s*$")
_BEGINS = re.compile(
    r"第[一二三四五六七八九十百零〇\d]{1,6}[章节条]|[（(]?[一二三四五六七八九十]{1,3}[）)、]|\d{1,2}[.、)）]|附\s?件|[|•·]"
)


def read_pdf(body: bytes) -> str:
    """The text of a PDF file; raises Unreadable."""
    import pypdfium2

    try:
        document = pypdfium2.PdfDocument(body)
    except pypdfium2.PdfiumError as error:
        if "password" in str(error).lower():
            raise Unreadable(FileOutcome.PROTECTED, "the file asks for a password") from None
        raise Unreadable(FileOutcome.UNREADABLE, f"no PDF can be read from it ({error})") from None
    try:
        pages = [_page(document, number) for number in range(min(len(document), MOST_PAGES))]
    except pypdfium2.PdfiumError as error:
        raise Unreadable(FileOutcome.UNREADABLE, f"a page of it cannot be read ({error})") from None
    finally:
        document.close()
    if not any(text.strip() for text in pages):
        raise Unreadable(FileOutcome.NO_TEXT, f"{len(pages)} pages are pictures without a text layer")
    return "\n".join(joined(text) for text in pages)


def joined(page: str) -> str:
    """The text of a page with whole paragraphs: what the page's width broke is put together without a gap."""
    lines = [line.strip() for line in page.split("\n")]
    widest = max(map(_width, lines), default=0)
    parts: list[str] = []
    goes_on = False
    for line in lines:
        if goes_on and line and not _BEGINS.match(line):
            latin = parts[-1][-1:].isascii() and line[:1].isascii()
            parts[-1] += f" {line}" if latin else line
        else:
            parts.append(line)
        goes_on = bool(line) and _width(line) >= FULL * widest and not _ENDED.search(line)
    return "\n".join(parts)


def _width(line: str) -> int:
    return sum(2 if unicodedata.east_asian_width(char) in "WF" else 1 for char in line)


def _page(document: "object", number: int) -> str:
    page = document[number]  # type: ignore[index]
    layer = page.get_textpage()
    try:
        return str(layer.get_text_range()).replace("\r\n", "\n").replace("\ufffe", "")
    finally:
        layer.close()
        page.close()
