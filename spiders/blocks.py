"""An HTML element as plain text: paragraphs on lines, rows as `| a | b |`, list items as `- a`."""

import re

from lxml import etree

SKIPPED = {"script", "style", "noscript", "template", "head", "textarea", "select", "object", "iframe"}
BREAKS = {
    *("address", "article", "aside", "blockquote", "body", "center", "dd", "details", "div", "dl", "dt", "fieldset"),
    *("figcaption", "figure", "footer", "form", "h1", "h2", "h3", "h4", "h5", "h6", "header", "hr", "li", "main"),
    *("nav", "ol", "p", "pre", "section", "summary", "table", "tbody", "thead", "tfoot", "tr", "ul", "caption"),
}
CELLS = {"td", "th"}
_WRAP = "\x1f"  # stands for a line break of the source until it is known what it lies between
_WIDE = r"[\u2e80-\u9fff\uf900-\ufaff\uff00-\uffef\u201c\u201d]"
_WRAPPED = re.compile(r"[ \t\r]*\n\s*")
_GAP = re.compile(rf"(?<={_WIDE})[ {_WRAP}]*{_WRAP}[ {_WRAP}]*(?={_WIDE})")
_SPACES = re.compile(rf"[ \t\r\f\v\xa0\u3000\u2002\u2003{_WRAP}]+")
_LONE = re.compile(r"^-\n(?![-|])", re.MULTILINE)  # the text of an item often stands in a paragraph of its own
_BULLET = re.compile(r"^- (?=[-•·●■◆▪○]\s)")


def plain_text(root: etree._Element) -> str:
    """The text of an element, one paragraph, row or item a line, without leading, trailing or doubled blanks.

    Inline elements leave no gap; a table with a single column, or one that holds another table, is only layout and
    gives plain paragraphs; scripts, styles and frames give nothing.
    """
    if not isinstance(root.tag, str):  # a page of nothing but a comment
        return ""
    writer = _Writer(root)
    skipped: etree._Element | None = None
    for event, element in etree.iterwalk(root, events=("start", "end", "comment", "pi")):
        if skipped is None and event == "start" and element.tag in SKIPPED:
            skipped = element
        elif skipped is None and event == "start":
            writer.start(element)
        elif skipped is None and event == "end":
            writer.end(element)
        elif skipped is None or (event == "end" and element is skipped):
            skipped = None
            writer.tail(element)
    return writer.text()


def tidy(text: str) -> str:
    """The text with blanks collapsed inside lines, lines stripped, and no empty lines."""
    lines = (_SPACES.sub(" ", line).strip() for line in _GAP.sub("", text).split("\n"))
    return "\n".join(line for line in lines if line)


def flowing(text: str) -> str:
    """The text for `tidy` with its line breaks as such of the source, which only separate words."""
    return _WRAPPED.sub(_WRAP, text) if "\n" in text else text


def one_line(text: str) -> str:
    """The text on one line; a line break of the source between two Han characters leaves no gap."""
    return " ".join(tidy(_WRAPPED.sub(_WRAP, text)).split())


class _Writer:
    """Writes an element's text in document order; knows the tables, rows and `pre` elements that are open."""

    def __init__(self, root: etree._Element) -> None:
        self.root = root
        self.pieces: list[str] = []
        self.grids: list[bool] = []
        self.row: list[str] = []
        self.cell = 0
        self.kept = 0

    def start(self, element: etree._Element) -> None:
        tag = element.tag
        if tag == "br" or tag in BREAKS:
            self.pieces.append("\n")
        if tag == "table":
            self.grids.append(_is_grid(element))
        elif tag == "tr":
            self.row = []
        elif tag in CELLS:
            self.pieces.append("\n")
            self.cell = len(self.pieces)
        elif tag == "li":
            self.pieces.append("- ")
        elif tag == "pre":
            self.kept += 1
        if element.text:
            self._add(element.text)

    def end(self, element: etree._Element) -> None:
        tag = element.tag
        grid = bool(self.grids) and self.grids[-1]
        if tag in CELLS and grid:
            cell = " ".join(tidy("".join(self.pieces[self.cell :])).split("\n"))
            del self.pieces[self.cell :]
            self.row.append(cell.replace("|", "｜"))
        elif tag == "tr" and grid and any(self.row):
            self.pieces.append("| " + " | ".join(self.row) + " |")
        elif tag == "table":
            self.grids.pop()
        elif tag == "pre":
            self.kept -= 1
        if tag in BREAKS or tag in CELLS:
            self.pieces.append("\n")
        self.tail(element)

    def tail(self, element: etree._Element) -> None:
        if element is not self.root and element.tail:
            self._add(element.tail)

    def text(self) -> str:
        lines = _LONE.sub("- ", tidy("".join(self.pieces).replace("\u2028", "\n"))).split("\n")
        return "\n".join(_BULLET.sub("", line) for line in lines if line != "-")

    def _add(self, text: str) -> None:
        self.pieces.append(text if self.kept else flowing(text))


def _is_grid(table: etree._Element) -> bool:
    """Whether a table has cells side by side and none of them holds a table."""
    if next(table.iterdescendants("table"), None) is not None:
        return False
    return any(sum(cell.tag in CELLS for cell in row) > 1 for row in table.iterdescendants("tr"))
