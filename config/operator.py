"""The operator's own files: where each is looked for, and how `init` writes the first copy."""

from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path

from pydantic import SecretStr

from config.settings import FILE, Settings

DEFAULTS = ("sources.yaml", "channels.yaml", "subscriptions.yaml", "dictionary.txt", "synonyms.yaml")


_own: list[Path] = []


def use(folder: Path) -> None:
    """Makes this process read configuration files from the operator's folder first; each process calls it once."""
    _own[:] = [folder]


def folders() -> list[Path]:
    """The folders this process reads configuration from first, to hand to a process of its own."""
    return list(_own)


def text(name: str) -> str:
    """The text of a configuration file: the operator's copy if there is one, else the default."""
    for folder in _own:
        if (folder / name).is_file():
            return (folder / name).read_text(encoding="utf-8")
    return files("config").joinpath(name).read_text(encoding="utf-8")


def content(name: str) -> bytes:
    """The bytes of a file of the operator's, by its name in that folder or by its path; raises OSError."""
    for folder in _own:
        if (folder / name).is_file():
            return (folder / name).read_bytes()
    return Path(name).read_bytes()


def write_files(settings: Settings) -> tuple[list[Path], list[Path]]:
    """Writes the files that are not there yet; returns those written and those kept."""
    settings.config.mkdir(parents=True, exist_ok=True)
    written, kept = [], []
    for name, text in _texts():
        path = settings.config / name
        if path.exists():
            kept.append(path)
        else:
            path.write_text(text, encoding="utf-8")
            written.append(path)
    return written, kept


def _texts() -> Iterator[tuple[str, str]]:
    yield FILE, _commented_settings()
    for name in DEFAULTS:
        yield name, files("config").joinpath(name).read_text(encoding="utf-8")


def _commented_settings() -> str:
    lines = ["# Settings of policywatch. Take a line's # away to change it; the environment wins over this file.", ""]
    for name, field in Settings.model_fields.items():
        if name in ("data", "config"):
            continue  # they say where this file is, so only the environment can set them
        default = field.default.get_secret_value() if isinstance(field.default, SecretStr) else field.default
        lines += [f"# {field.description}", f"# {name}: {default!r}".replace("'", '"'), ""]
    return "\n".join(lines)
