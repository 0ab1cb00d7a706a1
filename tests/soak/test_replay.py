"""A part of the archive as if live: every labelled consultation told once, on its first day, and nothing else."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
LABELS = Path(os.environ.get("POLICYWATCH_SHARED", str(ROOT.parent / "shared"))) / "data"

pytestmark = [
    pytest.mark.soak(long=True),
    pytest.mark.timeout(1200),
    pytest.mark.skipif(not (LABELS / "archive.tar.xz").exists(), reason="no archive: see POLICYWATCH_SHARED"),
]


def test_the_days_around_labelled_consultations_tell_of_each_once() -> None:
    call = [sys.executable, str(ROOT / "docs" / "figures" / "eval_alerts.py"), str(LABELS), "--around", "1"]
    done = subprocess.run(call, cwd=ROOT, stdout=subprocess.PIPE, text=True, encoding="utf-8")
    print(f"\n{done.stdout}")
    assert done.returncode == 0
    assert "alerts_twice 0 " in done.stdout
