"""Understand: one stage a file, each a pure function."""
