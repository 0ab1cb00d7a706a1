"""What a list's answer is when it holds no list: a wall, an error, or a page that changed."""

from parsel import Selector

from notices.kinds import PageState
from notices.page import Page
from spiders.decode import Undecodable, text_of
from spiders.listing import LayoutChanged, Walled
from spiders.walls import without_text


def text_of_list(answer: Page) -> str:
    """A list's answer as text; raises LayoutChanged for bytes that are none, Walled for a script in their place."""
    try:
        text = text_of(answer)
    except Undecodable as error:
        raise LayoutChanged(str(error)) from None
    if not text.strip():
        raise LayoutChanged("the list's answer is empty")
    return text


def no_list(text: str, otherwise: str) -> LayoutChanged:
    """The error for an answer without rows: Walled when it is a script in front of the site, else as said."""
    if text.lstrip()[:1] == "<":
        reading = without_text(Selector(text=text, type="html").root, text)
        if reading is not None and reading.state is PageState.BLOCKED:
            return Walled(f"{reading.reason}: the site wants a browser, leave it alone for a while")
    return LayoutChanged(otherwise)
