"""`parse` of a saved list: its rows, whatever named it; of a list that changed, what was missing."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from cli.app import app

PAGES = Path(__file__).parent.parent / "pages"
MIIT = "https://www.miit.gov.cn"
UNIT = f"{MIIT}/api-gateway/jpaas-publish-server/front/page/build/unit?pageId=p"


@pytest.fixture(autouse=True)
def _own_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("POLICYWATCH_DATA", str(tmp_path))


def parsed(file: Path, url: str) -> dict[str, object]:
    result = CliRunner().invoke(app, ["parse", str(file), "--url", url, "--json"])
    assert result.exit_code == 0, result.output
    shown = json.loads(result.stdout)
    assert isinstance(shown, dict)
    return shown


@pytest.mark.parametrize(
    ("file", "url", "source", "rows"),
    [
        ("miit/lists/miit-yjzj.list.json", UNIT, "miit-yjzj", 2),
        ("miit/lists/miit-yjzj.shell.html", f"{MIIT}/gzcy/yjzj/index.html", "miit-yjzj", 0),
        ("cac/lists/cac-wxan.list.html", "https://www.cac.gov.cn/hdfw/wxan/A093802index_1.htm", "cac-wxan", 2),
        (
            *("cac/lists/cac-wxfb.list.json", "https://www.cac.gov.cn/cms/JsonList?channelCode=A093702&perPage=20"),
            *("cac-wxfb", 2),
        ),
        ("gov/lists/gov-zuixin.list.json", "https://www.gov.cn/zhengce/zuixin/ZUIXINZHENGCE.json", "gov-zuixin", 2),
        ("feeds/lists/test-feed.feed.xml", "https://bridge.example/x", "saved", 2),
        ("feeds/lists/test-opml.opml.xml", "https://bridge.example/x.opml", "saved", 0),
        ("feeds/lists/test-album.album.json", "https://mp.weixin.qq.com/mp/appmsgalbum?f=json", "saved", 1),
    ],
)
def test_a_saved_list_shows_its_rows(file: str, url: str, source: str, rows: int) -> None:
    shown = parsed(PAGES / file, url)
    assert (shown["page_state"], shown["source"]) == ("empty", source)
    assert isinstance(shown["rows"], list) and len(shown["rows"]) == rows
    assert shown["rows"] or shown["asks"]


def test_a_refused_unit_says_so(tmp_path: Path) -> None:
    refused = tmp_path / "unit.json"
    refused.write_text('{"success": false, "data": {}}', encoding="utf-8")
    shown = parsed(refused, UNIT)
    assert shown["page_state"] == "error" and "success: false" in str(shown["reason"])


def test_a_list_that_changed_says_what_is_missing_and_a_page_is_a_page(tmp_path: Path) -> None:
    changed = tmp_path / "list.html"
    changed.write_text("<html><body><div class='new'>新版</div></body></html>", encoding="utf-8")
    shown = parsed(changed, "https://www.cac.gov.cn/hdfw/wxan/A093802index_1.htm")
    assert shown["page_state"] == "error" and "row 0" in str(shown["reason"])
    article = parsed(PAGES / "miit/article.html", f"{MIIT}/gzcy/yjzj/art/2026/art_1.html")
    assert article["page_state"] == "article" and "list" not in article
