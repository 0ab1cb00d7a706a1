"""The tables of the store, the same on SQLite and PostgreSQL."""

from notices.schema.articles import article_keys, article_versions, articles, forgotten, inputs, links, pages
from notices.schema.crawling import hosts, sources, visits
from notices.schema.groups import corrections, cursors, events, meta, notice_aliases, notices
from notices.schema.matters import matter_facts, matter_keys, matter_moves, ties
from notices.schema.telling import calendar, deliveries, matched, posts, subscriptions, told
from notices.schema.types import SHANGHAI, Instant, Json, metadata

__all__ = [
    "SHANGHAI",
    "Instant",
    "Json",
    "article_keys",
    "article_versions",
    "articles",
    "calendar",
    "corrections",
    "cursors",
    "deliveries",
    "events",
    "forgotten",
    "hosts",
    "inputs",
    "links",
    "matched",
    "matter_facts",
    "matter_keys",
    "matter_moves",
    "meta",
    "metadata",
    "notice_aliases",
    "notices",
    "pages",
    "posts",
    "sources",
    "subscriptions",
    "ties",
    "told",
    "visits",
]
