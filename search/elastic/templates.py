"""The index's settings and mappings: the JSON files of config/elasticsearch with our tables put in."""

import hashlib
import json
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from importlib.resources import files
from typing import Any

from notices.normal import table
from search.fields import TYPES
from search.keys import names_of
from search.tokenizer import HAN, JOINING, LATIN, LONGEST, MARK, VERSION, key

FORMAT = "1"  # of the documents; a change of a file here, of the tokenizer or of a table is noticed by itself
OPEN, CLOSE = "\ue000", "\ue001"  # around a whole value, so that only whole values are mapped


@cache
def analysis() -> dict[str, Any]:
    """The component template of the analysis: the tokenizer, the normalisation table and the names, filled in."""
    made: dict[str, Any] = _filled(_read("analysis"), _parts(), _lists())
    return made


def index_template(name: str, base: str) -> dict[str, Any]:
    """The index template of a file, `notices` or `sources`, for indices whose names begin with `base`."""
    made: dict[str, Any] = _filled(_read(name), {"base": base}, {})
    return made


def index_body(name: str, meta: Mapping[str, str]) -> dict[str, Any]:
    """What creates an index: the same as its templates together, so that none of them need be on the server."""
    parts = [_read(name)["template"]]
    if name == "notices":
        parts.append(analysis()["template"])
    settings: dict[str, Any] = {}
    mappings: dict[str, Any] = {}
    for part in parts:
        settings |= part.get("settings", {})
        mappings |= part.get("mappings", {})
    return {"settings": settings, "mappings": mappings | {"_meta": dict(meta)}}


@cache
def projection(kind: str = "notices") -> str:
    """The version of what an index of a kind, `notices` or `sources`, holds: another one must be built anew."""
    parts = [index_body(kind, {})["mappings"], *([analysis()] if kind == "notices" else [])]
    made = json.dumps(parts, sort_keys=True)
    return f"{FORMAT}.{VERSION}.{hashlib.sha256(made.encode()).hexdigest()[:8]}"


def _read(name: str) -> dict[str, Any]:
    text = files("config").joinpath("elasticsearch").joinpath(f"{name}.json").read_text(encoding="utf-8")
    read: dict[str, Any] = json.loads(text)
    return read


def _filled(value: Any, parts: Mapping[str, str], lists: Mapping[str, Any]) -> Any:
    """The value with every {NAME} of its strings replaced; a string that is only a list's name becomes the list."""
    if isinstance(value, dict):
        return {name: _filled(one, parts, lists) for name, one in value.items()}
    if isinstance(value, list):
        return [_filled(one, parts, lists) for one in value]
    if not isinstance(value, str):
        return value
    if value.startswith("{") and value[1:-1] in lists:
        return lists[value[1:-1]]
    for name, text in parts.items():
        value = value.replace(f"{{{name}}}", text)
    return value


def _parts() -> dict[str, str]:
    joining = "".join(f"\\x{{{ord(char):X}}}" for char in sorted(JOINING))
    return {
        "HAN": _class(HAN), "LATIN": _class(LATIN), "MARK": MARK, "JOINING": joining, "OPEN": OPEN, "CLOSE": CLOSE,
    }  # fmt: skip


def _lists() -> dict[str, Any]:
    types = {key(name): kind.value for name, kind in TYPES.items()}
    return {
        "LONGEST": LONGEST,
        "letters": [f"{_escaped(char)} => ALPHA" for char in _odd()],
        "normal": list(_mappings({chr(code): form for code, form in table().items()} | {MARK: " "})),
        "issuers": list(_whole(names_of("issuer"))),
        "names": list(_whole(names_of("document"))),
        "types": list(_whole(types)),
    }


def _odd() -> Iterator[str]:
    """Characters of our runs that are no letters to Unicode, or were none to an older one."""
    for first, last in HAN:
        for code in range(first, min(last, 0xFFFF) + 1):
            if unicodedata.category(chr(code))[0] != "L" or 0x4DB6 <= code <= 0x4DBF or code >= 0x9FEB:
                yield chr(code)


def _class(ranges: Sequence[tuple[int, int]]) -> str:
    """Code points as a Java pattern has them inside brackets."""
    return "".join(f"\\x{{{first:X}}}-\\x{{{last:X}}}" for first, last in ranges)


def _whole(names: Mapping[str, str]) -> Iterator[str]:
    return _mappings({f"{OPEN}{name}{CLOSE}": meant for name, meant in sorted(names.items()) if name != meant})


def _mappings(pairs: Mapping[str, str]) -> Iterator[str]:
    """Rules of a `mapping` char filter."""
    for old, new in pairs.items():
        yield f"{_escaped(old)} => {_escaped(new)}"


def _escaped(text: str) -> str:
    """Text as a rule has it: it would strip spaces, read backslashes and end at a line's end. The rest stays short."""
    return "".join(char if char.isalnum() or ord(char) > 0x2029 else f"\\u{ord(char):04x}" for char in text)
