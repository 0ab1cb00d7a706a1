"""`policywatch export`: every page kept, one JSON line each."""

from cli.desk import desk
from cli.printing import as_json


def export() -> None:
    """Print every page kept with its article, notice and fields, one JSON line each.

    Example: policywatch export > pages.jsonl
    """
    from scheduler.export import export as rows

    with desk(logs=False) as at:
        for row in rows(at.store):
            as_json(row)
