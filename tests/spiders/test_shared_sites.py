"""The saved pages and lists of official sites in the shared folder; skipped where they are absent.

Nothing of their text stands here: what is expected is read from the page's own marks, or is a number, day or address.
"""

import os
import re
from datetime import date, datetime, timezone
from pathlib import Path

import pytest

from config.sources import Source, load_sources
from notices.article import Article
from notices.page import Page
from pipelines.clean import clean
from pipelines.fields import read_fields
from spiders.listing import Ask, LayoutChanged, Listing
from spiders.lists import reader_of
from spiders.readers import read

ROOT = Path(__file__).parent.parent.parent
SHARED = Path(os.environ.get("POLICYWATCH_SHARED", ROOT.parent / "shared")) / "pages"
MIIT, CAC = "https://www.miit.gov.cn/gzcy/yjzj/art/2026/", "https://www.cac.gov.cn/2026-09/18/"
SERVICE = "https://yyglxxbsgw.ndrc.gov.cn/public/submission-service/column/"

pytestmark = pytest.mark.skipif(not SHARED.is_dir(), reason="the shared pages are not here")

# file, address, account, published, deadline of the text, attachments
PAGES = [
    ("miit/art_3c2e4c31f3174237ba8575b3d8a8745d.html", MIIT, "工业和信息化部", "2026-09-04T10:06", "2026-09-10", 2),
    ("miit/art_ebc8c235df1b4582bcbdb5b54a1d0125.html", MIIT, "工业和信息化部", "2026-09-14T20:26", "2026-10-14", 1),
    ("other/cac/c_1784217637474922.htm", CAC, "国家互联网信息办公室", "2026-06-26T18:25", "2026-08-25", 3),
    ("other/cac/c_1787072711938509.htm", CAC, "国家互联网信息办公室", "2026-07-29T18:00", "2026-08-28", 0),
    ("other/cac/c_1791482017777471.htm", CAC, "国家互联网信息办公室", "2026-09-18T17:00", "2026-10-17", 0),
    (
        *("other/samr/art_645badc2faaa4f7fa52f9ba11ba7a0bd.html", "https://www.samr.gov.cn/hd/zjdc/art/2026/"),
        *("国家市场监督管理总局", "2026-09-16T10:09", "2026-10-16", 2),
    ),
    (
        *("other/mot/t20260727_4210542.html", "https://www.mot.gov.cn/hudong/yijianzhengji/202607/"),
        *("交通运输部", "2026-07-27T15:18", "2026-08-27", 1),
    ),
    ("other/ndrc/getArticleDetail.json", SERVICE, "国家发展和改革委员会", "2026-09-04T00:00", "2026-10-04", 1),
    (
        *("other/tc260/suggestion-detail.html", "https://www.tc260.org.cn/portal/suggestion-detail/"),
        *("全国网络安全标准化技术委员会", "", "", 2),
    ),
]
# file, source, step, rows, of them with a deadline, first row's day and deadline
LISTS = [
    ("miit/yjzj_list_unit.json", "miit-yjzj", "list", 4, 4, "2026-09-20", "2026-10-17"),
    ("miit/jgsj_unit_RECONSTRUCTED.json", "miit-bureaux", "list", 2, 0, "2026-09-11", ""),
    ("miit/search_info_20260922.json", "miit-search", "list", 5, 0, "2026-09-23", ""),
    ("other/cac/list_A093802.html", "cac-wxan", "list", 4, 0, "2026-09-18", ""),
    ("other/samr/list_zjdc_unit.json", "samr-zjdc", "list", 5, 5, "2026-09-17", "2026-10-17"),
    ("other/mohurd/list_unit.json", "mohurd-zqyj", "list", 2, 2, "", "2026-10-18"),
    ("other/gov/ZUIXINZHENGCE.sample.json", "gov-zuixin", "list", 5, 0, "2026-09-24", ""),
    ("other/tc260/portal_suggestion_item.html", "tc260", "list", 1, 1, "2026-02-11", "2026-04-12"),
]


def saved(file: str, base: str, **listed: str) -> Article:
    body = (SHARED / file).read_bytes()
    name = file.rsplit("/", 1)[-1].replace(".json", "?articleId=x")
    page = Page(base + name, body, datetime.now(timezone.utc), listed_title=listed.get("title", ""))
    article = read(page).article
    assert article is not None, read(page)
    return article


def listing(file: str, name: str, step: str) -> Listing:
    source = {source.name: source for source in load_sources()}[name]
    first = reader_of(source).first(source)[0]
    ask = first if first.step == step else Ask(source.fallback or source.url, step, note={"column": source.url})
    return reader_of(source).read(source, ask, Page(ask.url, (SHARED / file).read_bytes(), datetime.now(timezone.utc)))


@pytest.mark.parametrize("row", PAGES, ids=lambda row: row[0])
def test_a_saved_page_of_a_regulator(row: tuple[str, str, str, str, str, int]) -> None:
    file, base, account, published, deadline, files = row
    article = saved(file, base)
    page = (SHARED / file).read_text(encoding="utf-8")
    named = re.search(r'ArticleTitle" content="([^"]+)"|<h1[^>]*>\s*([^<]+?)\s*</h1>|"articleTitle": "([^"]+)"', page)
    title = re.sub("<BR>", "", next(filter(None, named.groups()))) if named else ""
    assert article.title == title or (not title and article.title == article.attachments[0].name)
    assert (article.account, article.official, len(article.attachments)) == (account, True, files)
    assert (article.published_at.isoformat()[:16] if article.published_at else "") == published
    if deadline:
        assert read_fields(clean(article)).comment_end == date.fromisoformat(deadline)
    assert "<" not in article.body and len(article.body) > 20


@pytest.mark.parametrize("row", LISTS, ids=lambda row: row[0])
def test_a_saved_list_of_a_regulator(row: tuple[str, str, str, int, int, str, str]) -> None:
    file, source, step, rows, deadlines, day, ends = row
    found = listing(file, source, step)
    assert (len(found.rows), sum(one.ends_on is not None for one in found.rows)) == (rows, deadlines)
    first = found.rows[0]
    assert (first.published_at.date().isoformat() if first.published_at else "") == day
    assert (first.ends_on.isoformat() if first.ends_on else "") == ends
    assert all(one.url.startswith("https://") and one.title and "\n" not in one.title for one in found.rows)


def test_the_saved_shell_names_its_list_and_a_refused_unit_says_so() -> None:
    asks = listing("miit/column_shell_RECONSTRUCTED.html", "miit-yjzj", "shell").asks
    assert "pageId=ff3aac0962cb45e48e8e4da69450e847" in asks[0].url and "%E5%8F%B3%E4%BE%A7" in asks[0].url
    with pytest.raises(LayoutChanged):
        listing("miit/unit_bad_tag_RECONSTRUCTED.json", "miit-yjzj", "list")


def test_the_saved_album() -> None:
    url = "https://mp.weixin.qq.com/mp/appmsgalbum?__biz=a==&action=getalbum&album_id=1"
    source = Source("album", "album", url)
    (ask,) = reader_of(source).first(source)
    body = (SHARED / "wechat/other/album_getalbum_sanitized.json").read_bytes()
    found = reader_of(source).read(source, ask, Page(ask.url, body, datetime.now(timezone.utc)))
    assert len(found.rows) == 2 and found.next_page is not None
    assert "begin_msgid=10002&begin_itemidx=1" in found.next_page.url
