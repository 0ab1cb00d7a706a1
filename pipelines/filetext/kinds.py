"""What a file is: its first bytes and its parts say it; its name is asked last, for names lie."""

import io
import zipfile
from enum import StrEnum

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_PICTURES = (b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"BM", b"II*\x00", b"MM\x00*")
_HEAD = 1024


class FileKind(StrEnum):
    """The formats that are told apart."""

    DOC = "doc"
    DOCX = "docx"
    XLS = "xls"
    XLSX = "xlsx"
    PDF = "pdf"
    OFD = "ofd"
    ZIP = "zip"
    HTML = "html"
    TEXT = "txt"
    PROTECTED = "protected"
    PICTURE = "picture"
    PACKED = "rar or 7z"
    RTF = "rtf"
    UNKNOWN = "unknown"


def kind_of(name: str, body: bytes) -> FileKind:
    """The format of a file: WPS's own files are Word's or Excel's inside."""
    head = body[:_HEAD]
    if body.startswith(_OLE):
        return _of_ole(body)
    if body.startswith(b"PK"):
        return _of_zip(body)
    if b"%PDF-" in head:
        return FileKind.PDF
    if body.startswith((b"Rar!", b"7z\xbc\xaf")):
        return FileKind.PACKED
    if body.startswith(_PICTURES):
        return FileKind.PICTURE
    if head.lstrip().startswith(b"{\\rtf"):
        return FileKind.RTF
    if b"<html" in head.lower() or b"<table" in head.lower():
        return FileKind.HTML
    named = name.lower().rpartition(".")[2] in ("txt", "csv", "md")
    return FileKind.TEXT if named or b"\x00" not in body[:8192] else FileKind.UNKNOWN


def _of_ole(body: bytes) -> FileKind:
    """The names of an OLE file's streams stand in its directory, two bytes a letter."""
    for stream, kind in (
        ("EncryptedPackage", FileKind.PROTECTED),
        ("WordDocument", FileKind.DOC),
        ("Workbook", FileKind.XLS),
        ("Book", FileKind.XLS),
    ):
        if stream.encode("utf-16-le") in body:
            return kind
    return FileKind.UNKNOWN


def _of_zip(body: bytes) -> FileKind:
    try:
        with zipfile.ZipFile(io.BytesIO(body)) as parts:
            names = set(parts.namelist())
    except (zipfile.BadZipFile, OSError, ValueError):
        return FileKind.ZIP
    for part, kind in (
        ("word/document.xml", FileKind.DOCX),
        ("xl/workbook.xml", FileKind.XLSX),
        ("xl/workbook.bin", FileKind.XLSX),
        ("OFD.xml", FileKind.OFD),
    ):
        if part in names:
            return kind
    return FileKind.ZIP
