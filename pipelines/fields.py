"""Placeholder until the field stage is there."""

from notices.article import Article
from notices.fields import Fields


def read_fields(article: Article) -> Fields:
    """Nothing yet."""
    return Fields()
