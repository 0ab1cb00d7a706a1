"""Every recorded page against the JSON beside it; a new site adds files, not test code."""

import json
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

import pytest

from notices.page import Page
from spiders.readers import read

FOLDER = Path(__file__).parent.parent / "pages"
PAGES = sorted(path for path in FOLDER.rglob("*.html"))
ADDRESSES = {
    "wechat": "https://mp.weixin.qq.com/s/{stem}",
    "miit": "https://www.miit.gov.cn/gzcy/yjzj/art/2026/art_{stem}.html",
    "site": "https://www.example.gov.cn/2026/{stem}.html",
}


def read_page(path: Path) -> dict[str, Any]:
    """What the parsers make of a recorded page, as JSON."""
    url = ADDRESSES[path.parent.name].format(stem=path.stem)
    reading = read(Page(url=url, body=path.read_bytes(), fetched_at=datetime(2026, 11, 23, tzinfo=timezone.utc)))
    shown: dict[str, Any] = {"page_state": reading.state.value, "reason": reading.reason, "moved_to": reading.moved_to}
    if reading.article:
        article = reading.article
        names = ("title", "account", "precision", "biz", "mid", "idx", "origin_account", "source_url", "official")
        shown |= {name: getattr(article, name) for name in names}
        shown["published_at"] = article.published_at.isoformat() if article.published_at else None
        shown["attachments"] = [[file.name, file.url] for file in article.attachments]
        shown["body"] = article.body.split("\n")
    return {name: value for name, value in shown.items() if value or name == "page_state"}


@pytest.mark.parametrize("path", PAGES, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_a_recorded_page_reads_as_expected(path: Path) -> None:
    expected = path.with_suffix(".json")
    found = read_page(path)
    if not expected.exists():
        expected.write_text(json.dumps(found, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
        pytest.fail(f"{expected.name} was missing: it is written now; review it, then run again")
    assert found == json.loads(expected.read_text(encoding="utf-8"))


def test_there_are_recorded_pages() -> None:
    assert len(PAGES) > 30
