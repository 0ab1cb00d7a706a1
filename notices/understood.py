"""An article that went through every pure stage, ready to be grouped and stored."""

from dataclasses import dataclass

from notices.article import Article
from notices.fields import Fields


@dataclass(frozen=True, slots=True)
class Fingerprint:
    """What grouping compares of a text.

    `exact` is a hash of the whole normalised text; `signature` a fixed-length sketch of its shingles; `keys` are signed
    64-bit numbers: two articles are compared if they share at least one; `marks` are guard words (stage, batch, issue
    number, ...) written `kind:value`. All are pure functions of the article and its fields.
    """

    exact: int
    signature: bytes
    keys: tuple[int, ...]
    marks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Understood:
    """A cleaned article with what every stage found in it.

    `key` is its identity (see `notices.identity`); `terms` are entries of the synonym file truly found; `words` are the
    distinct words of the text, most frequent first; `leads` are the identities of the pages that it names or links to.
    """

    key: str
    article: Article
    fields: Fields
    terms: tuple[str, ...]
    words: tuple[str, ...]
    fingerprint: Fingerprint
    leads: tuple[str, ...] = ()
