"""Kibana: a readable description of what analysts open there, and the saved objects made of it."""
