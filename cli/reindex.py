"""`policywatch reindex`: rebuilds the index from the store."""

import time

from cli.desk import desk
from cli.printing import AsJson, as_json, say


def reindex(json: AsJson = False) -> None:
    """Rebuild the index from the store beside the live one, then swap.

    Example: policywatch reindex
    """
    from search.projector import reindex as run

    start = time.perf_counter()
    with desk() as at:
        number = run(at.store, at.settings.data)
        if at.settings.elasticsearch_url:
            from search.elastic.connection import connected
            from search.elastic.rebuild import rebuild

            with connected(at.settings) as elastic:
                number = rebuild(at.store, elastic)
    seconds = round(time.perf_counter() - start, 3)
    if json:
        as_json({"notices": number, "seconds": seconds})
    else:
        say(f"{number} notices indexed in {seconds:.1f} s")
