"""Scores the grouping on invented triples: an official page, a repost of it, a text that holds it, and a near relative.

    python docs/figures/triples.py [FOLDER]

Every article of a triple arrives alone, the official page first, between and last; then all triples arrive together.
Prints precision, recall and F1 over pairs of articles, with the wrong pairs.
"""

import json
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import combinations
from pathlib import Path
from zoneinfo import ZoneInfo

ROOT = Path(__file__).parent.parent.parent
sys.path.insert(0, str(ROOT))

from notices.article import Article, Attachment  # noqa: E402
from notices.identity import article_key  # noqa: E402
from notices.understood import Understood  # noqa: E402
from pipelines.clean import clean  # noqa: E402
from pipelines.fields import read_fields  # noqa: E402
from pipelines.fingerprint import fingerprint  # noqa: E402
from pipelines.group import Group, partition  # noqa: E402
from pipelines.relate import Kind, Relation, near, relate  # noqa: E402

FOLDER = ROOT / "tests" / "pipelines" / "triples"
ORDERS = {
    "official first": ("official", "repost", "holder", "other"),
    "official between": ("holder", "repost", "official", "other"),
    "official last": ("other", "holder", "repost", "official"),
}


@dataclass(frozen=True, slots=True)
class Sample:
    """An article of a triple, as parsed and as understood: articles with the same `notice` are carriers of one."""

    notice: str
    role: str
    article: Article
    understood: Understood


@dataclass(slots=True)
class Shelf:
    """Articles as they arrive, one by one, each compared with those that share a key with it."""

    members: dict[int, Understood] = field(default_factory=dict)
    relations: dict[tuple[int, int], Relation] = field(default_factory=dict)
    holders: dict[int, list[int]] = field(default_factory=dict)
    groups: list[Group] = field(default_factory=list)

    def add(self, number: int, understood: Understood) -> None:
        """Takes an article in and groups the articles anew."""
        shared: dict[int, int] = {}
        for key in understood.fingerprint.keys:
            for other in self.holders.setdefault(key, []):
                shared[other] = shared.get(other, 0) + 1
            self.holders[key].append(number)
        for other, count in shared.items():
            if near(understood.fingerprint, self.members[other].fingerprint, count):
                pair = (min(number, other), max(number, other))
                self.relations[pair] = relate(self.members[other], understood)
        self.members[number] = understood
        self.groups = list(grouped(self.members, self.relations))


def grouped(members: dict[int, Understood], relations: dict[tuple[int, int], Relation]) -> Iterable[Group]:
    """The groups of every connected component."""
    part = {one: {one} for one in members}
    for (a, b), relation in relations.items():
        if relation.kind is Kind.SAME and part[a] is not part[b]:
            part[a] |= part[b]
            for one in part[b]:
                part[one] = part[a]
    for component in {id(one): one for one in part.values()}.values():
        inside = {
            pair: relation for pair, relation in relations.items() if pair[0] in component and pair[1] in component
        }
        yield from partition({one: members[one] for one in component}, inside)


def load(folder: Path = FOLDER) -> list[list[Sample]]:
    """The triples of a folder, each a list of its articles."""
    read = [json.loads(path.read_text(encoding="utf-8")) for path in sorted(folder.glob("*.json"))]
    return [[_sample(triple["name"], row) for row in triple["articles"]] for triple in read]


def _sample(name: str, row: dict[str, object]) -> Sample:
    parsed = _article(row)
    article = clean(parsed)
    fields = read_fields(article)
    understood = Understood(article_key(article), article, fields, (), (), fingerprint(article, fields))
    return Sample(f"{name} {row['notice']}", str(row["role"]), parsed, understood)


def _article(row: dict[str, object]) -> Article:
    published = datetime.fromisoformat(str(row["published_at"])).replace(tzinfo=ZoneInfo("Asia/Shanghai"))
    names = row.get("attachments", [])
    return Article(
        url=str(row["url"]),
        title=str(row["title"]),
        account=str(row["account"]),
        published_at=published,
        origin_account=str(row.get("origin_account", "")),
        body=str(row["body"]),
        attachments=tuple(
            Attachment(str(one), f"{row['url']}#{one}") for one in (names if isinstance(names, list) else [])
        ),
        truncated=bool(row.get("truncated")),
        official=bool(row.get("official")),
    )


def arrive(samples: Sequence[Sample]) -> Shelf:
    """What becomes of samples that arrive in their order."""
    shelf = Shelf()
    for number, sample in enumerate(samples):
        shelf.add(number, sample.understood)
    return shelf


def judge(samples: Sequence[Sample], groups: Sequence[Group]) -> tuple[int, int, int, list[str]]:
    """How many pairs were rightly joined, joined, and to be joined, with a line for each wrong pair."""
    place = {one: number for number, group in enumerate(groups) for one in group.members}
    hit = said = wanted = 0
    wrong = []
    for (i, a), (j, b) in combinations(enumerate(samples), 2):
        same, true = place[i] == place[j], a.notice == b.notice
        hit, said, wanted = hit + (same and true), said + same, wanted + true
        if same != true:
            wrong.append(f"  {a.notice} ({a.role}) and {b.notice} ({b.role}) {'joined' if same else 'kept apart'}")
    return hit, said, wanted, wrong


def report(name: str, judged: Iterable[tuple[int, int, int, list[str]]]) -> float:
    """Prints a line and the wrong pairs; returns F1."""
    counts = list(judged)
    hit, said, wanted = (sum(one[place] for one in counts) for place in range(3))  # type: ignore[misc]
    score = 2 * hit / (said + wanted) if said + wanted else 0.0
    precision, recall = hit / max(said, 1), hit / max(wanted, 1)
    print(f"triples_f1 {name} {score:.3f} (precision {precision:.3f}, recall {recall:.3f} of {wanted})")
    for line in [line for one in counts for line in one[3]]:
        print(line)
    return score


def main() -> None:
    """Prints the figure for each order of arrival, and for all triples together."""
    triples = load(Path(sys.argv[1]) if len(sys.argv) > 1 else FOLDER)
    for name, roles in ORDERS.items():
        ordered = [sorted(triple, key=lambda sample: roles.index(sample.role)) for triple in triples]
        report(name, (judge(triple, arrive(triple).groups) for triple in ordered))
    pooled = [sample for triple in triples for sample in triple]
    report("all together", [judge(pooled, arrive(pooled).groups)])


if __name__ == "__main__":
    main()
