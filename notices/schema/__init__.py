"""The tables of the store, the same on SQLite and PostgreSQL."""

from notices.schema.articles import article_keys, article_versions, articles, forgotten, inputs, links, pages
from notices.schema.crawling import hosts, sources, visits
from notices.schema.groups import corrections, cursors, events, meta, notice_aliases, notices
from notices.schema.telling import deliveries, matched, posts, subscriptions
from notices.schema.types import SHANGHAI, Instant, Json, metadata

__all__ = [
    "SHANGHAI",
    "Instant",
    "Json",
    "article_keys",
    "article_versions",
    "articles",
    "corrections",
    "cursors",
    "deliveries",
    "events",
    "forgotten",
    "hosts",
    "inputs",
    "links",
    "matched",
    "meta",
    "metadata",
    "notice_aliases",
    "notices",
    "pages",
    "posts",
    "sources",
    "subscriptions",
    "visits",
]
