"""The variables that a WeChat page carries in its scripts."""

import html
import re
from collections.abc import Iterator

_STRING = r"""(?:"([^"\\\n]*(?:\\.[^"\\\n]*)*)"|'([^'\\\n]*(?:\\.[^'\\\n]*)*)')"""
_ASSIGNED = re.compile(r"\s*=\s*(?:[\w.$]+\s*=\s*)?(?=[\"'(\w])")
_ITEM = re.compile(r"\(?\s*(?:(?:htmlDecode|JsDecode)\(\s*)?" + _STRING)
_OR = re.compile(r"\s*\)?(?:\.html\(\w*\))?\s*\|\|\s*")
_DECODED = re.compile(r"\s*:\s*(?:JsDecode|htmlDecode)?\(?\s*" + _STRING)
_ELSE = re.compile(r"[^:\n]{0,120}:\s*(?:JsDecode\()?" + _STRING)
_ESCAPE = re.compile(r"\\(?:x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|u\{([0-9a-fA-F]{1,6})\}|(.))", re.DOTALL)
_PAIR = re.compile("[\ud800-\udbff][\udc00-\udfff]")
_LONE = re.compile("[\ud800-\udfff]")
_PLAIN = {"n": "\n", "r": "\r", "t": "\t", "b": "", "f": "", "v": "", "0": ""}


def variable(text: str, name: str) -> str:
    """The first non-empty string that the page assigns to `var name` or `window.name` in a `||` chain, HTML decoded."""
    for lead in (f"var {name}", f"window.{name}"):
        for position in _positions(text, lead):
            assigned = _ASSIGNED.match(text, position)
            if assigned and (value := _chain(text, assigned.end())):
                return html.unescape(value)
    return ""


def member(text: str, name: str) -> str:
    """The first non-empty string that an object of the page holds under `name: JsDecode(...)`.

    Scripts' escapes are decoded; what is left is as the server wrote it: HTML in a content, entities in a title.
    """
    for position in _positions(text, name):
        found = _DECODED.match(text, position) if not _inside_word(text, position - len(name)) else None
        value = script_text(found[1] if found[1] is not None else found[2]) if found else ""
        if value:
            return value
    return ""


def xml_value(text: str, name: str) -> str:
    """The string that older posts hold as `xml ? getXmlValue('name.DATA') ... : 'string'`, escapes decoded."""
    for position in _positions(text, f"getXmlValue('{name}.DATA')"):
        found = _ELSE.match(text, position)
        value = script_text(found[1] if found[1] is not None else found[2]) if found else ""
        if value:
            return value
    return ""


def cgi_data(text: str) -> str:
    """The page's data object, `window.cgiDataNew`, to the end of its script; all of the page where there is none."""
    start = text.find("window.cgiDataNew")
    end = text.find("</script", start) if start >= 0 else -1
    return text if start < 0 else text[start : end if end > 0 else len(text)]


def neighbourhood(text: str) -> str:
    """The scripts around the title's variable, where most others stand: 40 KB instead of 3 MB; all of a small page."""
    position = max(text.find("var msg_title"), text.find("window.msg_title"))
    return text if position < 0 else text[max(position - 8_000, 0) : position + 32_000]


def script_text(quoted: str) -> str:
    """What a JavaScript string holds: escapes decoded, surrogate pairs joined and lone ones dropped."""
    if "\\" not in quoted:
        return quoted
    decoded = _ESCAPE.sub(_unescaped, quoted)
    joined = _PAIR.sub(lambda pair: pair.group().encode("utf-16", "surrogatepass").decode("utf-16"), decoded)
    return _LONE.sub("", joined).replace("\x00", "")


def _chain(text: str, position: int) -> str:
    """The first non-empty string of `"" || 'b' || c` at a position; empty when something else stands there."""
    while item := _ITEM.match(text, position):
        value = script_text(item[1] if item[1] is not None else item[2])
        if value.strip():
            return value.strip()
        following = _OR.match(text, item.end())
        if not following:
            return ""
        position = following.end()
    return ""


def _positions(text: str, lead: str) -> Iterator[int]:
    """Where each occurrence of a name ends."""
    position = text.find(lead)
    while position >= 0:
        yield position + len(lead)
        position = text.find(lead, position + len(lead))


def _inside_word(text: str, start: int) -> bool:
    return start > 0 and (text[start - 1].isalnum() or text[start - 1] in "_$.")


def _unescaped(match: re.Match[str]) -> str:
    code = match[1] or match[2] or match[3]
    if code is None:
        return _PLAIN.get(match[4], match[4])
    number = int(code, 16)
    return chr(number) if number <= 0x10FFFF else ""
