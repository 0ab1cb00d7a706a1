"""Word's files, old and new, and what WPS writes in their forms."""

import io
import shutil
import subprocess
import tempfile
import zipfile
from xml.etree import ElementTree

from pipelines.filetext.result import FileOutcome, Unreadable

ANTIWORD = "antiword"  # reads a few files that the library refuses; used where the machine has it
ANTIWORD_SECONDS = 20


def read_doc(body: bytes) -> str:
    """The text of a .doc or .wps file; raises Unreadable."""
    from legacy_doc import ExtractionOptions, LegacyDocError, extract_text

    options = ExtractionOptions(max_file_bytes=len(body) + 1, max_text_bytes=64 * 1024 * 1024)
    try:
        return str(extract_text(body, options=options).text)
    except (LegacyDocError, ValueError, IndexError, KeyError, OverflowError) as error:
        found = _antiword(body)
        if found.strip():
            return found
        said = f"{type(error).__name__}: {error}"
        if "encrypt" in said.lower() or "password" in said.lower():
            raise Unreadable(FileOutcome.PROTECTED, "the file asks for a password") from None
        raise Unreadable(FileOutcome.UNREADABLE, f"no Word document can be read from it ({said})") from None


def read_docx(body: bytes) -> str:
    """The text of a .docx file; raises Unreadable."""
    import docx2txt

    try:
        return str(docx2txt.process(io.BytesIO(body)))
    except (zipfile.BadZipFile, KeyError, ElementTree.ParseError, OSError, ValueError, NotImplementedError) as error:
        raise Unreadable(
            FileOutcome.UNREADABLE, f"no Word document can be read from it ({type(error).__name__}: {error})"
        ) from None


def _antiword(body: bytes) -> str:
    program = shutil.which(ANTIWORD)
    if program is None:
        return ""
    with tempfile.NamedTemporaryFile(suffix=".doc") as file:
        file.write(body)
        file.flush()
        call = [program, "-m", "UTF-8.txt", "-w", "0", file.name]
        try:
            done = subprocess.run(call, capture_output=True, timeout=ANTIWORD_SECONDS, check=False)
        except subprocess.TimeoutExpired:
            return ""
    return done.stdout.decode("utf-8", "replace") if done.returncode == 0 else ""
