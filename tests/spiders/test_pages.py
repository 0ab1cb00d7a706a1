"""Every recorded page and list against the JSON beside it; a new site adds files, not test code.

`tests/pages/<site>/address` holds the address of the folder's pages, with {stem} in it. `given` in an expected JSON is
what the list said of the page (`listed_title`, `listed_at`, `listed_ends`). A list is recorded as
`<site>/lists/<source>.<step>.<ending>`, the source being one of config/sources.yaml or tests/pages/sources.yaml.
"""

import json
from datetime import date, datetime, timezone
from pathlib import Path
from typing import Any

import pytest

from config.sources import Source, load_sources, read_sources
from notices.page import Page
from spiders.listing import Ask, Listing
from spiders.lists import reader_of
from spiders.readers import read

FOLDER = Path(__file__).parent.parent / "pages"
FETCHED = datetime(2026, 11, 23, tzinfo=timezone.utc)
PAGES = sorted(path.with_suffix("") for path in FOLDER.rglob("*") if path.suffix in {".html", ".api"})
LISTS = sorted(path for path in FOLDER.rglob("lists/*") if not path.name.endswith(".rows.json"))
PAGES = [path for path in PAGES if path.parent.name != "lists"]
NAMES = ("title", "account", "precision", "biz", "mid", "idx", "origin_account", "source_url", "official")


def sources() -> dict[str, Source]:
    own = read_sources((FOLDER / "sources.yaml").read_text(encoding="utf-8"))
    return {source.name: source for source in (*load_sources(), *own)}


def read_page(path: Path, given: dict[str, Any]) -> dict[str, Any]:
    """What the parsers make of a recorded page, as JSON."""
    file = next(path.with_suffix(ending) for ending in (".html", ".api") if path.with_suffix(ending).exists())
    address = (path.parent / "address").read_text(encoding="utf-8").strip().format(stem=path.name)
    listed_at, ends = given.get("listed_at"), given.get("listed_ends")
    reading = read(
        Page(
            url=given.get("url", address),
            body=file.read_bytes(),
            fetched_at=FETCHED,
            listed_title=given.get("listed_title", ""),
            listed_at=datetime.fromisoformat(listed_at) if listed_at else None,
            listed_ends=date.fromisoformat(ends) if ends else None,
        )
    )
    shown: dict[str, Any] = {"page_state": reading.state.value, "reason": reading.reason, "moved_to": reading.moved_to}
    if reading.article:
        article = reading.article
        shown |= {name: getattr(article, name) for name in NAMES}
        shown["url"] = article.url if article.url != address else ""
        shown["published_at"] = article.published_at.isoformat() if article.published_at else None
        shown["listed_ends"] = article.listed_ends.isoformat() if article.listed_ends else None
        shown["attachments"] = [[file.name, file.url] for file in article.attachments]
        shown["body"] = article.body.split("\n")
    return {name: value for name, value in shown.items() if value or name == "page_state"}


def read_list(path: Path) -> dict[str, Any]:
    """What the reader of a source makes of a recorded answer of its list, as JSON."""
    name, step = path.name.split(".")[:2]
    source = sources()[name]
    reader = reader_of(source)
    first = reader.first(source)[0]
    ask = first if first.step == step else Ask(source.fallback or source.url, step, note={"column": source.url})
    return shown_list(reader.read(source, ask, Page(ask.url, path.read_bytes(), FETCHED)))


def shown_list(found: Listing) -> dict[str, Any]:
    rows = [
        {
            "url": row.url,
            "title": row.title,
            "published_at": row.published_at.isoformat() if row.published_at else None,
            "ends_on": row.ends_on.isoformat() if row.ends_on else None,
            "account": row.account,
            "content": len(row.content),
        }
        for row in found.rows
    ]
    return {
        "rows": [{name: value for name, value in row.items() if value} for row in rows],
        "asks": [[ask.step, ask.url] for ask in found.asks],
        "next_page": found.next_page.url if found.next_page else None,
        "found": dict(found.found),
    }


def compare(found: dict[str, Any], expected: Path) -> None:
    """Fails when what was found is not what is expected; writes down what was found where nothing is expected yet."""
    wanted = json.loads(expected.read_text(encoding="utf-8")) if expected.exists() else {}
    given = {"given": wanted.pop("given")} if "given" in wanted else {}
    if not wanted:
        expected.write_text(json.dumps(given | found, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
        pytest.fail(f"{expected.name} was missing: it is written now; review it, then run again")
    assert found == wanted


@pytest.mark.parametrize("path", PAGES, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_a_recorded_page_reads_as_expected(path: Path) -> None:
    expected = path.with_suffix(".json")
    given = json.loads(expected.read_text(encoding="utf-8")).get("given", {}) if expected.exists() else {}
    compare(read_page(path, given), expected)


@pytest.mark.parametrize("path", LISTS, ids=lambda path: f"{path.parent.parent.name}/{path.name}")
def test_a_recorded_list_reads_as_expected(path: Path) -> None:
    compare(read_list(path), path.with_name(path.name + ".rows.json"))


def test_there_are_recorded_pages_of_every_kind_of_list() -> None:
    assert len(PAGES) > 50
    recorded = {sources()[path.name.split(".")[0]].kind for path in LISTS}
    assert recorded == {"unit", "json", "page", "feed", "opml", "album"}
