"""Prints the quality figures: ingests the archive of a folder of labels and scores what the commands print.

    python docs/figures/eval.py ../shared/data [--keep FOLDER]

Every figure comes from the command line's own JSON, scored by the folder's `score.py`; the wrong cases follow each.
"""

import argparse
import subprocess
import sys
import tempfile
from pathlib import Path

from eval_elastic import elastic_quality
from eval_embedded import embedded_quality, policywatch

HERE = Path(__file__).parent


def main() -> None:
    """Ingests, exports, extracts and searches, and prints every figure."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("labels", type=Path)
    parser.add_argument("--keep", type=Path, help="keep the store and the scored files in this folder")
    given = parser.parse_args()
    labels = given.labels.resolve()
    with tempfile.TemporaryDirectory() as scratch:
        folder = given.keep.resolve() if given.keep else Path(scratch)
        data = folder / "store"
        print(policywatch("ingest", str(labels / "archive.tar.xz"), "--json", data=data).strip(), flush=True)
        for scored in embedded_quality(labels, data, folder):
            print(scored, end="", flush=True)
        elastic_quality(labels, folder)
    subprocess.run([sys.executable, str(HERE / "triples.py")], check=True)
    sys.exit(subprocess.run([sys.executable, str(HERE / "eval_alerts.py"), str(labels)]).returncode)


if __name__ == "__main__":
    main()
