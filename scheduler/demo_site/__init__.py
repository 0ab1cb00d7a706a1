"""The sample site of `policywatch demo`: an official column, a feed of reposts, and the walls between them."""

from scheduler.demo_site.site import serve, sources

__all__ = ["serve", "sources"]
