"""Reads a file of any known format; every file comes to exactly one outcome."""

import re
from collections.abc import Callable, Mapping

from pipelines.filetext.bundle import read_zip
from pipelines.filetext.kinds import FileKind, kind_of
from pipelines.filetext.ofd import read_ofd
from pipelines.filetext.pdf import read_pdf
from pipelines.filetext.plain import read_html, read_text
from pipelines.filetext.result import FileOutcome, FileText, Unreadable
from pipelines.filetext.sheet import read_sheets
from pipelines.filetext.word import read_doc, read_docx

LONGEST = 2_000_000  # characters of one file that are kept

READERS: Mapping[FileKind, Callable[[bytes], str]] = {
    FileKind.DOC: read_doc,
    FileKind.DOCX: read_docx,
    FileKind.XLS: read_sheets,
    FileKind.XLSX: read_sheets,
    FileKind.PDF: read_pdf,
    FileKind.OFD: read_ofd,
    FileKind.HTML: read_html,
    FileKind.TEXT: read_text,
}

_UNWRITABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")
_SPACES = re.compile(r"[ \t\u00a0\u3000\u2002\u2003]+")


def read_file(name: str, body: bytes, depth: int = 0) -> FileText:
    """The text of a file, or why it has none; `depth` counts the zip files around it."""
    if not body:
        return FileText(FileOutcome.NO_TEXT, reason="the file holds no bytes")
    kind = kind_of(name, body)
    try:
        text = read_zip(body, read_file, depth) if kind is FileKind.ZIP else _read(kind, body)
    except Unreadable as error:
        return FileText(error.outcome, kind=kind.value, reason=" ".join(str(error).split())[:300])
    laid_out = _laid_out(text)
    if not laid_out:
        return FileText(FileOutcome.NO_TEXT, kind=kind.value, reason="there is no word in it")
    return FileText(FileOutcome.READ, laid_out[:LONGEST], kind.value)


def _read(kind: FileKind, body: bytes) -> str:
    if kind is FileKind.PROTECTED:
        raise Unreadable(FileOutcome.PROTECTED, "the file asks for a password")
    reader = READERS.get(kind)
    if reader is None:
        raise Unreadable(FileOutcome.UNSUPPORTED, f"{kind.value} is not read")
    return reader(body)


def _laid_out(text: str) -> str:
    """Paragraphs on lines of their own, without empty ones, odd spaces and what cannot be stored."""
    plain = _UNWRITABLE.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))
    lines = (_SPACES.sub(" ", line).strip() for line in plain.split("\n"))
    return "\n".join(line for line in lines if line)
