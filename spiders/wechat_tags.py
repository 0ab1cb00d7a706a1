"""Single tags of a WeChat page, found without parsing its 3 MB."""

from collections.abc import Iterator

_LONGEST = 2_000  # characters of a tag: without a limit a page of nothing but "<" takes minutes


def tags(text: str, mark: str) -> Iterator[tuple[int, int]]:
    """Where each tag that holds a mark begins and ends, in the order of the page."""
    position = text.find(mark)
    while position >= 0:
        start = text.rfind("<", max(position - _LONGEST, 0), position)
        end = text.find(">", position, position + _LONGEST)
        if start >= 0 and end >= 0 and text.find(">", start, position) < 0:
            yield start, end + 1
        position = text.find(mark, position + len(mark))


def tag_with_id(text: str, name: str) -> tuple[int, str]:
    """Where the first tag with an id begins, and the tag; (-1, "") when there is none."""
    for quote in "\"'":
        for start, end in tags(text, f"id={quote}{name}{quote}"):
            return start, text[start:end]
    return -1, ""
