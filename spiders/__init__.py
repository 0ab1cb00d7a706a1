"""Fetch: one small file a site; a page in, an article out."""
