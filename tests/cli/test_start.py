"""What a command does not wait for when it starts."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
LOGS = "from config.logs import configure; from config.settings import Settings; configure(Settings())"


@pytest.mark.parametrize(
    ("code", "unused"),
    [
        ("import cli.app", ("sqlalchemy", "structlog")),
        (LOGS, ("rich", "twisted")),
        ("import search.elastic", ("aiohttp", "httpx")),
    ],
)
def test_what_is_not_used_is_not_imported_and_can_be_later(code: str, unused: tuple[str, ...]) -> None:
    asked = f"{code}; import sys; known = {{*sys.modules}}; import {unused[-1]}; print(*known & {{*{unused}}})"
    done = subprocess.run([sys.executable, "-c", asked], cwd=ROOT, capture_output=True, text=True)
    assert (done.returncode, done.stdout) == (0, "\n"), done.stdout + done.stderr
