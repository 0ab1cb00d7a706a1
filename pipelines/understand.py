"""The pure stages in their order: what a parsed article becomes before it is grouped."""

from dataclasses import replace

from notices.article import Article
from notices.identity import article_key
from notices.understood import Understood
from pipelines.clean import clean
from pipelines.fields import read_fields
from pipelines.fingerprint import fingerprint
from pipelines.leads import leads
from pipelines.segment import segment

RULES = 3  # raised with every change of a stage's rules, so that `reprocess --from-version` finds older pages


def understand(article: Article) -> Understood:
    """A parsed article cleaned, its fields read, segmented and fingerprinted."""
    cleaned = replace(clean(article), links=())  # what they say goes on as leads
    fields = read_fields(cleaned)
    terms, words = segment(cleaned)
    key, found = article_key(article), fingerprint(cleaned, fields)
    kept = replace(cleaned, listed_ends=None)  # the fields have it now, and an article's row does not
    return Understood(key, kept, fields, terms, words, found, leads(article, key))
