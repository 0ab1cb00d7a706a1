"""The saved WeChat pages in the shared folder against their expected values; skipped where they are absent."""

import csv
import os
from datetime import datetime, timezone
from pathlib import Path

import pytest
from parsel import Selector

from notices.article import Reading
from notices.kinds import PageState
from notices.page import Page
from spiders.readers import read

ROOT = Path(__file__).parent.parent.parent
SHARED = Path(os.environ.get("POLICYWATCH_SHARED", ROOT.parent / "shared")) / "pages"
EXPECTED = SHARED / "wechat_expected.tsv"
STATES = {
    "normal": PageState.ARTICLE,
    "normal(2018)": PageState.ARTICLE,
    "repost-fulltext": PageState.ARTICLE,
    "text": PageState.ARTICLE,
    "image": PageState.IMAGE,
    "share-only": PageState.SHARE,
    "error:该内容已被发布者删除": PageState.DELETED,
    "error:此内容因违规无法查看": PageState.VIOLATION,
    "error:该内容暂时无法查看": PageState.GONE,
    "error:链接已过期": PageState.GONE,
    "error:[verify page]": PageState.BLOCKED,
}

pytestmark = pytest.mark.skipif(not EXPECTED.exists(), reason="the shared pages are not here")


def rows() -> list[dict[str, str]]:
    if not EXPECTED.exists():
        return []
    with EXPECTED.open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE))


def saved(file: str) -> Reading:
    body = (SHARED / file).read_bytes()
    return read(Page(url="https://mp.weixin.qq.com/s/saved", body=body, fetched_at=datetime.now(timezone.utc)))


@pytest.mark.parametrize("row", rows(), ids=lambda row: row["file"].rsplit("/", 1)[-1])
def test_a_saved_page_has_its_expected_state_and_fields(row: dict[str, str]) -> None:
    reading = saved(row["file"])
    assert reading.state is STATES[row["kind"]]
    assert (reading.article is not None) == (reading.state in {PageState.ARTICLE, PageState.IMAGE})
    if reading.state is PageState.SHARE:
        assert "__biz=" in reading.moved_to
    if reading.article is None:
        return
    article = reading.article
    assert article.published_at is not None
    found = (article.account, int(article.published_at.timestamp()), article.biz, article.mid, article.idx)
    assert found == (row["nickname"], int(row["ct"]), row["biz"], row["mid"], row["idx"])
    assert article.source_url == row["source_url"]
    wanted = " ".join(row["title"].replace("\\n", " ").split())
    assert article.title == wanted[:64].rstrip()  # a post without a title has its whole text there


def test_no_character_of_a_body_is_lost() -> None:
    for row in rows():
        if row["kind"].startswith(("normal", "repost")):
            page = (SHARED / row["file"]).read_text(encoding="utf-8")
            nodes = Selector(text=page).xpath("//*[@id='js_content']//text()[not(ancestor::script or ancestor::style)]")
            wanted = sorted("".join("".join(nodes.getall()).split()))
            article = saved(row["file"]).article
            assert article is not None
            kept = [char for char in "".join(article.body.split()) if char not in "|-"]
            assert [char for char in wanted if char not in "|-"] == sorted(kept), row["file"]
