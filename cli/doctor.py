"""`policywatch doctor`: what is well, what is not, what to do."""

import typer

from cli.desk import now
from cli.printing import AsJson, as_json, say


def doctor(json: AsJson = False) -> None:
    """Check settings, store, index, sources, channels and clock, and say what to do about what is not well.

    Example: policywatch doctor
    """
    from scheduler.doctor import doctor as run

    checks = run(now())
    if json:
        as_json(checks)
    else:
        for check in checks:
            say(f"{check.state:8} {check.check:10} {check.detail}")
            if check.advice:
                say(f"{'':20}{check.advice}")
    if any(check.state == "failed" for check in checks):
        raise typer.Exit(1)
