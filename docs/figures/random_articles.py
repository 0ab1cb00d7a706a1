"""Draws random articles and shows what became of each beside the file it came from, to be read by a person.

    python docs/figures/random_articles.py ../shared/data/archive.tar.xz FOLDER [--number N] [--seed SEED] [--type TYPE]

FOLDER is a data folder that the archive was ingested into. The seed is printed first and draws the same articles again.
Of each article: its fields, its cleaned text, and the lines of its file that are not in it, except those of many files.
"""

import argparse
import json
import os
import random
import re
import subprocess
import sys
import tarfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

MANY = 0.04  # of the drawn files: what so many have is the reader's interface
ROOT = Path(__file__).parent.parent.parent
FIELDS = (
    *("path", "account", "published_at", "notice_type", "comment_start", "comment_end", "evidence", "doc_number"),
    *("issuers", "documents", "emails", "phones", "credit", "attachments", "truncated"),
)
_LINK = re.compile(r"!?\[([^\]]*)\]\([^)]*\)")  # of Markdown: its words count, its address does not
_MARKS = re.compile(r"[\W_]+")


def exported(folder: Path) -> Iterator[dict[str, Any]]:
    """The pages of a data folder that are articles, as `policywatch export` prints them."""
    call = [sys.executable, "-m", "policywatch", "export"]
    environment = {**os.environ, "POLICYWATCH_DATA": str(folder)}
    with subprocess.Popen(call, cwd=ROOT, env=environment, stdout=subprocess.PIPE, encoding="utf-8") as running:
        for line in running.stdout or ():
            row = json.loads(line)
            if row["article_id"] and row["page_state"] == "article":
                yield row


def files(archive: Path, wanted: set[str]) -> dict[str, str]:
    """The text of some of an archive's files."""
    found = {}
    with tarfile.open(archive) as opened:
        for member in opened:
            if member.name in wanted and (file := opened.extractfile(member)):
                found[member.name] = file.read().decode("utf-8", "replace")
    return found


def left_out(source: str, body: str) -> list[str]:
    """The lines of a file whose letters are not in the text that was made of it."""
    kept = letters(body)
    parts = source.split("\n---\n", 1)
    return [line.strip() for line in parts[-1].split("\n") if letters(line) and letters(line) not in kept]


def letters(text: str) -> str:
    return _MARKS.sub("", _LINK.sub(r"\1", text))


def main() -> None:
    """Draws and prints."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("archive", type=Path)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--number", type=int, default=100)
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(1_000_000))
    parser.add_argument("--type", default="", help="only articles of this notice type")
    given = parser.parse_args()
    print(f"seed {given.seed}")
    rows = [row for row in exported(given.folder.resolve()) if given.type in ("", row["notice_type"])]
    rows.sort(key=lambda row: str(row["path"]))
    drawn = random.Random(given.seed).sample(rows, min(given.number, len(rows)))
    sources = files(given.archive, {row["path"] for row in drawn})
    left = [left_out(sources.get(row["path"], ""), row["body"]) for row in drawn]
    met = Counter(line for lines in left for line in set(lines))
    for number, (row, lines) in enumerate(zip(drawn, left, strict=True), 1):
        print(f"\n===== {number} article {row['article_id']}: {row['title']}")
        print("\n".join(f"{name}: {row[name]}" for name in FIELDS if row[name]))
        print(f"----- text\n{row['body']}")
        print("----- left out", *(line for line in lines if met[line] <= MANY * len(drawn)), sep="\n")


if __name__ == "__main__":
    main()
