"""Zip files: the text of every member that can be read, under its name, within limits that no bomb gets past."""

import io
import zipfile
from collections.abc import Callable, Iterator

from pipelines.filetext.result import FileOutcome, FileText, Unreadable

MOST_MEMBERS = 200
LARGEST_MEMBER = 64 * 1024 * 1024
LARGEST_SUM = 256 * 1024 * 1024
DEEPEST = 2  # a zip within a zip, no further

Read = Callable[[str, bytes, int], FileText]


def read_zip(body: bytes, read: Read, depth: int) -> str:
    """The texts of a zip file's members, each under its name; raises Unreadable where none of them has one."""
    if depth >= DEEPEST:
        raise Unreadable(FileOutcome.UNSUPPORTED, f"a zip file more than {DEEPEST} deep")
    try:
        with zipfile.ZipFile(io.BytesIO(body)) as parts:
            found = list(_members(parts, read, depth))
    except (zipfile.BadZipFile, OSError, ValueError) as error:
        raise Unreadable(FileOutcome.UNREADABLE, f"no zip file can be read from it ({error})") from None
    texts = [f"{name}\n{one.text}" for name, one in found if one.outcome is FileOutcome.READ]
    if not texts:
        reasons = "; ".join(dict.fromkeys(f"{name}: {one.reason or one.outcome}" for name, one in found))[:300]
        locked = bool(found) and all(one.outcome is FileOutcome.PROTECTED for _, one in found)
        raise Unreadable(
            FileOutcome.PROTECTED if locked else FileOutcome.NO_TEXT, reasons or "there is nothing in the zip file"
        )
    return "\n".join(texts)


def _members(parts: zipfile.ZipFile, read: Read, depth: int) -> Iterator[tuple[str, FileText]]:
    room = LARGEST_SUM
    for member in [one for one in parts.infolist() if not one.is_dir()][:MOST_MEMBERS]:
        name = _name(member).rpartition("/")[2]
        room -= member.file_size
        if member.file_size > LARGEST_MEMBER or room < 0:
            yield name, FileText(FileOutcome.TOO_LARGE, reason=f"{member.file_size >> 20} MB when unpacked")
        elif member.flag_bits & 1:
            yield name, FileText(FileOutcome.PROTECTED, reason="it asks for a password")
        else:
            try:
                with parts.open(member) as file:
                    inner = file.read(LARGEST_MEMBER + 1)  # what the directory says of a size may be a lie
            except (zipfile.BadZipFile, NotImplementedError, OSError, ValueError, EOFError) as error:
                yield name, FileText(FileOutcome.UNREADABLE, reason=f"damaged ({error})")
                continue
            yield name, read(name, inner[:LARGEST_MEMBER], depth + 1)


def _name(member: zipfile.ZipInfo) -> str:
    """A member's name: without the UTF-8 flag it is GBK, for Chinese Windows wrote it."""
    if member.flag_bits & 0x800:
        return member.filename
    try:
        return member.filename.encode("cp437").decode("gb18030")
    except UnicodeError:
        return member.filename
