"""The engine that answers searches: the embedded index, or Elasticsearch where the settings name one."""

from collections.abc import Collection, Iterator
from datetime import datetime
from typing import TYPE_CHECKING, Protocol

from config.settings import Settings

if TYPE_CHECKING:
    from search.answer import Hit, Result
    from search.parse import Query


class Engine(Protocol):
    """Answers queries over all notices; every engine gives the same set, and ranks it alike."""

    def find(
        self, text: str, *, now: datetime, limit: int = 10, sort: str = "relevance", facets: bool = False
    ) -> "Result":
        """The exact matches and, by relevance and where they are fewer than `limit`, looser ones after them."""

    def matching(self, query: "Query", notice_ids: Collection[int] | None = None) -> set[int]:
        """The query's exact answer, among these notices only unless None."""

    def each(self, text: str, *, now: datetime, sort: str = "published") -> Iterator["Hit"]:
        """Every exact match, by `published` or `deadline`, however many; their texts are never held together."""

    def close(self) -> None:
        """Lets go of files and connections."""


def opened(settings: Settings) -> Engine:
    """The engine of the settings, to be closed by the caller; raises Problem when it cannot be read."""
    if settings.elasticsearch_url:
        from search.elastic.find import Remote

        return Remote.of(settings)
    from search.embedded import Embedded

    return Embedded(settings.data)
