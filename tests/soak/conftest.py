"""The archive, taken in once for all tests of a soak."""

import os
from pathlib import Path

import pytest
from elastic_files import locked

from docs.figures.eval_embedded import policywatch

ROOT = Path(__file__).parents[2]
DATA = Path(os.environ.get("POLICYWATCH_SHARED", ROOT.parent / "shared")) / "data"


@pytest.fixture(scope="session")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with the whole archive in it, and the report of that in a file; who writes to it takes a copy."""
    base = tmp_path_factory.getbasetemp()
    data = (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / "archive"
    with locked(data.with_name("archive.lock")):
        if not (data / "report.json").exists():
            report = policywatch("ingest", str(DATA / "archive.tar.xz"), "--json", data=data)
            (data / "report.json").write_text(report)
    return data
