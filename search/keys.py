"""Keyword values by which notices are found: every name of a body or law leads to the same one."""

from collections.abc import Iterable, Iterator, Mapping
from functools import cache

from config.issuers import issuer_table
from config.synonyms import synonyms
from notices.notice import Notice
from pipelines.terms import find_terms
from search.tokenizer import key


def keys_of(field: str, value: str) -> tuple[str, ...]:
    """What a value given in a query is compared with in a keyword field: one of these must be held."""
    own = key(value)
    return (names_of(field).get(own, own),)


def names_of(field: str) -> Mapping[str, str]:
    """The names that stand for others in a keyword field, both in the form in which values are compared."""
    names = {"issuer": _issuers, "document": _synonyms, "terms": _synonyms}.get(field)
    return names() if names else {}


def keywords(notice: Notice) -> Iterator[tuple[str, str, str]]:
    """The keyword values of a notice: field, value as it is compared, value as it is shown.

    A department also stands for the body it belongs to.
    """
    fields = notice.fields
    values: dict[str, Iterable[str]] = {
        "issuer": (name for one in fields.issuers for name in (one, *_bodies(one))),
        "account": (carrier.account for carrier in notice.carriers),
        "document": fields.documents,
        "number": (fields.doc_number,),
        "terms": (*notice.terms, *(term for title in notice.titles[1:] for term in find_terms(title))),
    }
    for field, some in values.items():
        for value in some:
            if value:
                yield field, keys_of(field, value)[0], value


def _bodies(department: str) -> Iterator[str]:
    """The body at the beginning of a department's name."""
    table = issuer_table().names
    for end in range(len(department) - 1, 2, -1):
        if department[:end] in table:
            yield table[department[:end]]
            return


@cache
def _issuers() -> dict[str, str]:
    names = _synonyms() | {key(name): key(body) for name, body in issuer_table().names.items()}
    return {name: names.get(body, body) for name, body in names.items()}  # a synonym's own name may be an alias there


@cache
def _synonyms() -> dict[str, str]:
    return {key(name): key(entry.name) for entry in reversed(synonyms()) for name in entry.names}
