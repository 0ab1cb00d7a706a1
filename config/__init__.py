"""Defaults: settings, sources, dictionary and synonyms."""
