"""An installed wheel does, in an empty folder, what the checkout does."""

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent
ROOMS = ("config", "notices", "spiders", "pipelines", "search", "alerts", "scheduler", "cli")


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the built wheel unpacked, as an installer would lay it out."""
    out = tmp_path_factory.mktemp("wheel")
    build = "import sys; from hatchling.build import build_wheel; print(build_wheel(sys.argv[1]))"
    done = subprocess.run([sys.executable, "-c", build, str(out)], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    with zipfile.ZipFile(out / done.stdout.split()[-1]) as wheel:
        wheel.extractall(out / "site")
    return out / "site"


def run(installed: Path, folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Runs the installed program from an empty folder, the checkout out of sight."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("POLICYWATCH_")}
    environment["PYTHONPATH"] = str(installed)
    call = [sys.executable, "-P", "-m", "policywatch", *arguments]
    return subprocess.run(call, cwd=folder, env=environment, capture_output=True, text=True, encoding="utf-8")


def test_the_wheel_holds_the_rooms_and_the_entry_and_nothing_else(installed: Path) -> None:
    tops = {path.name for path in installed.iterdir() if not path.name.endswith(".dist-info")}
    assert tops == {*ROOMS, "policywatch.py"}


def test_every_data_file_of_the_rooms_is_in_the_wheel(installed: Path) -> None:
    tracked = [path for room in ROOMS for path in (ROOT / room).rglob("*") if path.is_file()]
    wanted = {str(path.relative_to(ROOT)) for path in tracked if "__pycache__" not in path.parts}
    assert wanted == {str(path.relative_to(installed)) for room in ROOMS for path in (installed / room).rglob("*.*")}


def test_the_demo_runs_from_the_wheel_in_an_empty_folder(installed: Path, tmp_path: Path) -> None:
    done = run(installed, tmp_path, "demo")
    assert done.returncode == 0, done.stderr
    assert "Open for comment" in done.stdout
    where = run(installed, tmp_path, "doctor", "--json")
    assert str(ROOT) not in where.stdout
