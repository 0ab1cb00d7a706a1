"""Pages into stored articles, against bs4's html.parser with trafilatura on the same saved pages; parse ms a page.

    python docs/figures/bench_pages.py ../shared

CPU seconds of one process, the best of several rounds that take turns: what other programs do counts little.
"""

import argparse
import sqlite3
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import datetime, timezone
from pathlib import Path
from urllib.parse import urlsplit

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE.parent.parent))

from notices.article import Reading  # noqa: E402
from notices.page import Page  # noqa: E402
from notices.pagefile import PageFile  # noqa: E402
from notices.store import Store  # noqa: E402
from pipelines.keep import keep  # noqa: E402
from pipelines.understand import understand  # noqa: E402
from spiders.readers import read  # noqa: E402
from tests.spiders.shapes import ADDRESSES, SHAPES, shaped  # noqa: E402

ROUNDS = 5
BATCH = 8  # as the crawl keeps them
LARGE = 2_500_000  # bytes of the pages that count as 3 MB
TELLING = 0.02  # seconds below which a ratio is noise


def cpu(work: Callable[[], object]) -> float:
    """CPU seconds that a piece of work takes."""
    before = time.process_time()
    work()
    return time.process_time() - before


def saved(shared: Path, number: int) -> list[Page]:
    """The saved WeChat pages that hold an article, each round's a little different, so that none is known."""
    pages = []
    for place, path in enumerate(sorted((shared / "pages" / "wechat").rglob("*.html"))):
        body = path.read_bytes() + f"<!-- {number} -->".encode()
        page = Page(f"https://mp.weixin.qq.com/s/{number}-{place}", body, datetime.now(timezone.utc))
        if read(page).article is not None:
            pages.append(page)
    return pages


def ours(pages: list[Page], store: Store, kept: PageFile) -> None:
    """As the crawl does it: bytes kept, page read, article understood, grouped and stored with its event."""
    for start in range(0, len(pages), BATCH):
        batch: list[tuple[Page, Reading]] = []
        for page in pages[start : start + BATCH]:
            kept.put(page.body, "wechat")
            batch.append((page, read(page)))
        keep(store, kept, [(page, one, understand(one.article) if one.article else None) for page, one in batch])


def plain(pages: list[Page], database: sqlite3.Connection) -> None:
    """The plain assembly: html.parser for the title, trafilatura for the text, a row for each; no bytes kept."""
    import trafilatura
    from bs4 import BeautifulSoup

    for page in pages:
        text = page.body.decode("utf-8", "replace")
        heading = BeautifulSoup(text, "html.parser").find(id="activity-name")
        body = trafilatura.extract(text, include_tables=True) or ""
        row = (page.url, heading.get_text(strip=True) if heading else "", body)
        database.execute("INSERT INTO articles VALUES (?, ?, ?)", row)
    database.commit()


def page_figures(shared: Path, folder: Path) -> None:
    """Prints the figures; `folder` is scratch."""
    rounds = [saved(shared, number) for number in range(ROUNDS)]
    database = sqlite3.connect(folder / "plain.db")
    database.execute("CREATE TABLE articles (url TEXT, title TEXT, body TEXT)")
    count = len(rounds[0])
    with Store.open(f"sqlite:///{folder}/store.db", folder) as store, PageFile(folder / "bench-pages") as kept:
        took, against = [], []
        for pages in rounds:
            against.append(cpu(lambda pages=pages: plain(pages, database)) / count)  # type: ignore[misc]
            took.append(cpu(lambda pages=pages: ours(pages, store, kept)) / count)  # type: ignore[misc]
            packing = cpu(kept.pack) / count
    database.close()
    print(
        f"page_to_article {min(against[1:]) / min(took[1:]):.1f} times the pages a second of html.parser + trafilatura "
        f"({min(took[1:]) * 1000:.1f} ms against {min(against[1:]) * 1000:.1f} ms a page, {count} pages; "
        f"packing the bytes afterwards: {packing * 1000:.1f} ms a page)"
    )
    large = [page for page in rounds[0] if len(page.body) >= LARGE]
    parsed = [min(cpu(lambda page=page: read(page)) for _ in range(ROUNDS)) for page in large]  # type: ignore[misc]
    print(
        f"page_parse {statistics.median(parsed) * 1000:.1f} ms a page of "
        f"{statistics.mean(len(page.body) for page in large) / 1e6:.1f} MB, worst {max(parsed) * 1000:.1f} ms",
        flush=True,
    )


def shape_figures() -> None:
    """How much longer a page of a strange shape takes when it is twice as large: twice, not four times."""
    growth = {}
    for name in SHAPES:
        for url in ADDRESSES:
            pages = [Page(url, shaped(name, part), datetime.now(timezone.utc)) for part in (2, 1)]
            half, whole = (min(cpu(lambda page=page: read(page)) for _ in range(3)) for page in pages)  # type: ignore[misc]
            if whole > TELLING:
                growth[f"{name}, {urlsplit(url).netloc}"] = whole / half
    worst = max(growth, key=lambda one: growth[one])
    print(
        f"page_shapes {statistics.median(growth.values()):.1f} times the time for twice the size, "
        f"worst {growth[worst]:.1f} ({worst}; {len(growth)} pages that take long enough to tell)",
        flush=True,
    )


def main() -> None:
    """Measures in a scratch folder."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("shared", type=Path)
    with tempfile.TemporaryDirectory(prefix="policywatch-bench-") as folder:
        page_figures(parser.parse_args().shared.resolve(), Path(folder))
    shape_figures()


if __name__ == "__main__":
    main()
