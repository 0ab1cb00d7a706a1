"""What the embedded engine's commands print, scored with the labels: `eval.py` shows it and a soak test holds it."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent


def policywatch(*arguments: str, data: Path, given: str | None = None) -> str:
    """Runs a command of this checkout in a store of its own and returns what it printed; exits when it fails."""
    done = subprocess.run(
        [sys.executable, "-m", "policywatch", *arguments],
        env={**os.environ, "POLICYWATCH_DATA": str(data)},
        cwd=ROOT,
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


def embedded_quality(labels: Path, data: Path, folder: Path) -> Iterator[str]:
    """The scores of articles, of sentences and of queries over the store in `data`; `folder` keeps what was scored."""
    exported = folder / "export.jsonl"
    exported.write_text(policywatch("export", data=data), encoding="utf-8")
    yield score(labels, "articles", exported)
    extracted = folder / "extracted.jsonl"
    extracted.write_text(policywatch("extract", data=data, given=score(labels, "sentences")), encoding="utf-8")
    yield score(labels, "deadlines", extracted)
    results = folder / "results.jsonl"
    with results.open("w", encoding="utf-8") as file:
        for line in (labels / "queries.jsonl").read_text(encoding="utf-8").splitlines():
            query = json.loads(line)
            found = json.loads(policywatch("search", "--json", "--limit", "10", "--", query["query"], data=data))
            file.write(json.dumps({"qid": query["qid"], "result": found}, ensure_ascii=False) + "\n")
    yield score(labels, "queries", results)
