"""Layouts as the Markdown that robots show, in which nothing of a page's text is markup or a mention."""

import re

from alerts.lines import Layout, Line, Span

# None of the robots documents an escape, so that what could be markup is written in its full-width form.
_WIDE = str.maketrans({char: chr(ord(char) + 0xFEE0) for char in "[]<>`*~#|\\&"})
_MENTION = re.compile(r"(?<![A-Za-z0-9._%+-])@|@(?![A-Za-z0-9-]+\.[A-Za-z])")  # an @ that is in no mail address


def unmarked(text: str) -> str:
    """The text without a character that Markdown, HTML or a mention begins with."""
    return _MENTION.sub("＠", text).translate(_WIDE)


def markdown(layout: Layout, end: str = "\n") -> str:
    """A layout as Markdown; `end` is how the platform ends a line."""
    return "\n\n".join(end.join(_line(line) for line in block) for block in layout)


def _line(line: Line) -> str:
    return "".join(_span(span) for span in line)


def _span(span: Span) -> str:
    told = unmarked(span.text)
    if span.url:
        return f"[{told.strip() or span.url}]({span.url})"
    return f"**{told.strip()}**" if span.strong and told.strip() else told
