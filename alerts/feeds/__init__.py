"""Feeds and calendars: what a subscription told, for whoever reads it with a program of their own."""
