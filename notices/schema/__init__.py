"""The tables of the store, the same on SQLite and PostgreSQL."""

from notices.schema.articles import article_keys, article_versions, articles, forgotten, inputs, links, pages
from notices.schema.crawling import alarms, hosts, list_pages, listings, queue, runs, sources, visits
from notices.schema.files import article_files, files
from notices.schema.groups import corrections, cursors, events, meta, notice_aliases, notices
from notices.schema.matters import matter_facts, matter_keys, matter_moves, ties
from notices.schema.projecting import dead_letters
from notices.schema.telling import calendar, deliveries, matched, posts, subscriptions, told
from notices.schema.types import SHANGHAI, Instant, Json, metadata

__all__ = [
    "SHANGHAI",
    "Instant",
    "Json",
    "alarms",
    "article_files",
    "article_keys",
    "article_versions",
    "articles",
    "calendar",
    "corrections",
    "cursors",
    "dead_letters",
    "deliveries",
    "events",
    "files",
    "forgotten",
    "hosts",
    "inputs",
    "links",
    "list_pages",
    "listings",
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
    "queue",
    "runs",
    "sources",
    "subscriptions",
    "ties",
    "told",
    "visits",
]
