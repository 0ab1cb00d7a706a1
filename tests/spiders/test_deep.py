"""Elements that are never closed bury a text deeper than lxml reads: it is read to its end all the same."""

import json
from datetime import datetime, timezone

import pytest

from notices.page import Page
from spiders.deep import MOST
from spiders.readers import read

MIIT = '<div id="con_title">样例通知</div><div id="con_con">{}</div>'
WECHAT = '<h1 id="activity-name">样例通知</h1><div class="rich_media_content" id="js_content">{}</div>'
LINES = 2_200  # lxml reads some 2,045 of them
NDRC = "https://yyglxxbsgw.ndrc.gov.cn/public/submission-service/column/getArticleDetail?articleId=1"
WAYS = {
    "site": ("https://www.miit.gov.cn/a/art_1.html", MIIT, {}),
    "wechat": ("https://mp.weixin.qq.com/s/abc", WECHAT, {}),
    "service": (NDRC, "", {}),
    "feed": ("https://mp.weixin.qq.com/s/abc", "{}", {"x-feed-account": "样例观察"}),
}


def lines(url: str, body: str, headers: dict[str, str]) -> list[str]:
    found = read(Page(url, body.encode(), datetime.now(timezone.utc), headers=headers)).article
    assert found is not None
    return found.body.split("\n")


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("opening", ["<div>", "<p><span>", "<section style='x'>"])
def test_a_text_behind_thousands_of_open_elements_is_whole(way: str, opening: str) -> None:
    url, template, headers = WAYS[way]
    said = [f"第{number}条，按<b>本办法</b>报\n送材料。" for number in range(LINES)]
    text = "<script>不是正文</script>" + "".join(f"{opening}{one}<!-- 注 -->" for one in said)
    wanted = [f"第{number}条，按本办法报送材料。" for number in range(LINES)]
    answer = json.dumps({"data": {"articleTitle": "样例通知", "articleContent": text}})
    assert lines(url, template.format(text) or answer, headers) == wanted


def test_a_page_of_too_many_tags_to_be_read_again_keeps_what_was_read() -> None:
    url, template, headers = WAYS["site"]
    text = "".join(f"<div>第{number}条，按本办法报送材料。" for number in range(MOST))
    assert 1_500 < len(lines(url, template.format(text), headers)) < 2_100
