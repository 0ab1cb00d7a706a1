"""`policywatch restore`: a store back from a backup."""

from pathlib import Path
from typing import Annotated

import typer

from cli.desk import settings
from cli.printing import AsJson, as_json, say


def restore(
    file: Annotated[Path, typer.Argument(help="A file that `policywatch backup` wrote.")], json: AsJson = False
) -> None:
    """Put a backup in place of the store of the data folder; what was there is set aside, never deleted.

    Stop `policywatch run` first. A PostgreSQL database has to be empty.

    Example: POLICYWATCH_DATA=./again policywatch restore policywatch-2026-11-23.backup
    """
    from scheduler.restore import restore as run

    loaded = settings()
    report = run(file, loaded.store_url, loaded.data)
    if json:
        as_json(report)
    else:
        say(f"{report.bytes / 1e6:.1f} MB restored in {report.seconds:.1f} s; the index follows at the next command")
