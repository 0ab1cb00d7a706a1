"""Prints how well Elasticsearch ranks the labelled queries, for the store that `eval.py` made.

    python docs/figures/eval_elastic.py ../shared/data FOLDER      (FOLDER as given to eval.py --keep)

The server is started as the tests start it; where none can be, one line says so.
"""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

HERE = Path(__file__).parent
ROOT = HERE.parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "tests" / "servers")]

from elastic_files import NoServer  # noqa: E402
from elastic_shared import shared_server  # noqa: E402

INDEX = "policywatch-figures"


@contextmanager
def elasticsearch(data: Path) -> Iterator[dict[str, str]]:
    """The environment of commands that search a store's notices on a real server; raises NoServer."""
    with shared_server(quick=False) as url:
        given = {"POLICYWATCH_DATA": str(data), "POLICYWATCH_ELASTICSEARCH_URL": url}
        environment = {**os.environ, **given, "POLICYWATCH_ELASTICSEARCH_INDEX": INDEX}
        try:
            run(environment, "reindex", "--json")
            yield environment
        finally:
            forget(url)


def run(environment: dict[str, str], *arguments: str) -> str:
    """What a command of this checkout prints."""
    call = [sys.executable, "-m", "policywatch", *arguments]
    done = subprocess.run(call, env=environment, cwd=ROOT, stdout=subprocess.PIPE, text=True, encoding="utf-8")
    if done.returncode:
        sys.exit(f"policywatch {arguments[0]} ended with {done.returncode}")
    return done.stdout


def elastic_quality(labels: Path, folder: Path) -> None:
    """nDCG@10 on Elasticsearch, each line marked with the engine's name."""
    results = folder / "results-elasticsearch.jsonl"
    try:
        with elasticsearch(folder / "store") as environment, results.open("w", encoding="utf-8") as file:
            for line in (labels / "queries.jsonl").read_text(encoding="utf-8").splitlines():
                query = json.loads(line)
                found = json.loads(run(environment, "search", "--json", "--limit", "10", "--", query["query"]))
                file.write(json.dumps({"qid": query["qid"], "result": found}, ensure_ascii=False) + "\n")
    except NoServer as reason:
        print(f"elasticsearch not measured: {reason}")
        return
    call = [sys.executable, str(labels / "score.py"), "queries", str(labels), str(results), "--wrong"]
    printed = subprocess.run(call, check=True, stdout=subprocess.PIPE, text=True, encoding="utf-8").stdout
    print("".join(f"elasticsearch {line.strip()}\n" for line in printed.splitlines()), end="", flush=True)


def forget(url: str) -> None:
    """Deletes what the figures left on a server."""
    from elasticsearch import Elasticsearch

    with Elasticsearch(url, request_timeout=60) as client:
        for name in client.indices.get(index=f"{INDEX}-*", features="aliases"):
            client.indices.delete(index=name)


if __name__ == "__main__":
    elastic_quality(Path(sys.argv[1]).resolve(), Path(sys.argv[2]).resolve())
