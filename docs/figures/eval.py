"""Prints the quality figures: ingests the archive of a folder of labels and scores what the commands print.

    python docs/figures/eval.py ../shared/data [--keep FOLDER]

Every figure comes from the command line's own JSON, scored by the folder's `score.py`; the wrong cases follow each.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from eval_elastic import elastic_quality

HERE = Path(__file__).parent


def policywatch(*arguments: str, data: Path, given: str | None = None) -> str:
    """Runs a command of this checkout in a store of its own and returns what it printed."""
    environment = {**os.environ, "POLICYWATCH_DATA": str(data)}
    done = subprocess.run(
        [sys.executable, "-m", "policywatch", *arguments],
        env=environment,
        cwd=HERE.parent.parent,
        input=given,
        stdout=subprocess.PIPE,
        text=True,
        encoding="utf-8",
    )
    if done.returncode:
        sys.exit(f"policywatch {' '.join(arguments[:2])} ended with {done.returncode}")
    return done.stdout


def score(labels: Path, command: str, *files: Path) -> str:
    """What the labels' scorer prints, with the wrong cases."""
    call = [sys.executable, str(labels / "score.py"), command, str(labels), *map(str, files), "--wrong"]
    return subprocess.run(call, check=True, stdout=subprocess.PIPE, text=True, encoding="utf-8").stdout


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
        exported = folder / "export.jsonl"
        exported.write_text(policywatch("export", data=data), encoding="utf-8")
        print(score(labels, "articles", exported), end="", flush=True)
        sentences = score(labels, "sentences")
        extracted = folder / "extracted.jsonl"
        extracted.write_text(policywatch("extract", data=data, given=sentences), encoding="utf-8")
        print(score(labels, "deadlines", extracted), end="", flush=True)
        results = folder / "results.jsonl"
        with results.open("w", encoding="utf-8") as file:
            for line in (labels / "queries.jsonl").read_text(encoding="utf-8").splitlines():
                query = json.loads(line)
                found = json.loads(policywatch("search", "--json", "--limit", "10", "--", query["query"], data=data))
                file.write(json.dumps({"qid": query["qid"], "result": found}, ensure_ascii=False) + "\n")
        print(score(labels, "queries", results), end="", flush=True)
        elastic_quality(labels, folder)
    subprocess.run([sys.executable, str(HERE / "triples.py")], check=True)
    sys.exit(subprocess.run([sys.executable, str(HERE / "eval_alerts.py"), str(labels)]).returncode)


if __name__ == "__main__":
    main()
