"""`policywatch backup`: the whole store in one file."""

from pathlib import Path
from typing import Annotated

import typer

from cli.desk import desk
from cli.printing import AsJson, as_json, say


def backup(
    file: Annotated[Path, typer.Argument(help="The file to write; it must not be there yet.")], json: AsJson = False
) -> None:
    """Write the whole store to one file, taken while `run` works.

    Example: policywatch backup policywatch-2026-11-23.backup
    """
    from scheduler.backup import backup as run

    with desk() as at:
        report = run(at.store, at.pages, file)
    if json:
        as_json(report)
    else:
        say(f"{report.bytes / 1e6:.1f} MB written to {file} in {report.seconds:.1f} s")
