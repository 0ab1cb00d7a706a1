"""Archived articles from folders, Markdown files and tar archives, one at a time whatever their size."""

import hashlib
import lzma
import os
import stat
import tarfile
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from notices.problem import Problem

LARGEST = 40_000_000  # bytes of one page; a 3 MB WeChat page is the largest that is real
TARS = (".tar", ".tar.gz", ".tgz", ".tar.xz", ".txz")
BROKEN = (tarfile.TarError, lzma.LZMAError, zlib.error, EOFError, OSError)


@dataclass(frozen=True, slots=True)
class Found:
    """A file of an input: its path inside it, and its bytes, or the outcome it ends in without being read."""

    path: str
    body: bytes = b""
    outcome: str = ""
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Input:
    """A folder, file or archive that was named; `digest` tells a whole archive seen before, empty for the others."""

    path: Path
    digest: bytes = b""

    @property
    def is_tar(self) -> bool:
        """Whether it is an archive."""
        return self.path.name.lower().endswith(TARS)

    def files(self) -> Iterator[Found]:
        """Its articles, in a fixed order; a file that cannot be read is found with its outcome."""
        if self.is_tar:
            return _members(self.path)
        return _folder(self.path) if self.path.is_dir() else iter([_read(self.path, _writable(self.path.name))])


def inputs(paths: Sequence[Path]) -> list[Input]:
    """The inputs of these paths; raises Problem when one is not there or of no kind that is read."""
    found = []
    for path in paths:
        if not path.exists():
            raise Problem(f"{path} is not there: name a folder, a .md file or a .tar, .tar.gz or .tar.xz archive")
        if path.is_file() and not path.name.lower().endswith((*TARS, ".md")):
            raise Problem(f"{path} is neither a folder nor .md, .tar, .tar.gz or .tar.xz: unpack or convert it first")
        one = Input(path)
        found.append(Input(path, _digest(path)) if one.is_tar else one)
    return found


def _digest(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, lambda: hashlib.blake2b(digest_size=20)).digest()
    except OSError as error:
        raise Problem(f"{path} cannot be read ({error.strerror}): check its rights") from None


def _folder(root: Path) -> Iterator[Found]:
    closed: list[OSError] = []
    names: list[Path] = []
    for folder, below, files in os.walk(root, onerror=closed.append):
        below.sort()
        names += [Path(folder, name) for name in (*files, *below) if name.endswith(".md")]
    for path in sorted(names):
        name = _writable(path.relative_to(root).as_posix())
        kind = stat.S_IFMT(path.lstat().st_mode)
        if kind == stat.S_IFLNK:
            yield Found(name, outcome="refused", reason="a link")
        elif kind == stat.S_IFREG:
            yield _read(path, name)
    for error in closed:
        name = _writable(Path(str(error.filename)).relative_to(root).as_posix())
        yield Found(name, outcome="unreadable", reason=error.strerror or str(error))


def _writable(name: str) -> str:
    """A file's name as text that a database takes, whatever bytes it was made of."""
    return name.encode("utf-8", "surrogateescape").decode("utf-8", "replace")


def _read(path: Path, name: str) -> Found:
    try:
        if path.stat().st_size > LARGEST:
            return Found(name, outcome="too_large", reason=f"more than {LARGEST // 1_000_000} MB")
        return Found(name, path.read_bytes())
    except OSError as error:
        return Found(name, outcome="unreadable", reason=error.strerror or str(error))


def _members(archive: Path) -> Iterator[Found]:
    try:
        with tarfile.open(archive, "r|*") as tar:
            for member in tar:
                if not member.isdir() and (member.name.endswith(".md") or not member.isfile()):
                    yield _member(tar, member)
    except BROKEN as error:
        said = " ".join(str(error).split()) or type(error).__name__
        yield Found(archive.name, outcome="unreadable", reason=f"the archive ends early or is damaged ({said})")


def _member(tar: tarfile.TarFile, member: tarfile.TarInfo) -> Found:
    name = _writable(member.name).removeprefix("./")
    place = PurePosixPath(name)
    if place.is_absolute() or ".." in place.parts:
        return Found(name, outcome="refused", reason="a path that leaves the archive")
    if not member.isfile():
        return Found(name, outcome="refused", reason="a link or a device")
    if member.size > LARGEST:
        return Found(name, outcome="too_large", reason=f"more than {LARGEST // 1_000_000} MB")
    file = tar.extractfile(member)
    body = file.read() if file else b""
    if len(body) < member.size:
        raise tarfile.ReadError("unexpected end of data")
    return Found(name, body)
