"""Whatever a page holds, its reading is text that a database takes: no NULs, no halves of surrogate pairs."""

import random
import re
from collections.abc import Iterator
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

import pytest

from notices.page import Page
from pipelines.understand import understand
from spiders.readers import read

PAGES = Path(__file__).parent.parent / "pages"
ADDRESSES = {
    "miit": "https://www.miit.gov.cn/gzcy/yjzj/art/2026/art_1.html",
    "wechat": "https://mp.weixin.qq.com/s/AbCdEf",
    "site": "https://a.example/x",
}
ODD = ("\\x00", "\\x26#0;", "&#0;", "&#xD800;", "&#55296;", "\\ud800", "\\u0000", "\\uD83D\\uDE00", "\x00", "%00")
UNWRITABLE = re.compile("[\x00\ud800-\udfff]")


def texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, tuple):
        for one in value:
            yield from texts(one)
    elif hasattr(value, "__dataclass_fields__"):
        for name in value.__dataclass_fields__:
            yield from texts(getattr(value, name))


@pytest.mark.parametrize("name", ["wechat/normal_2025", "wechat/image_captioned", "wechat/repost_full", "miit/article"])
def test_characters_that_no_database_takes_stay_outside(name: str) -> None:
    chance, whole = random.Random(name), (PAGES / f"{name}.html").read_text(encoding="utf-8")
    read_whole = 0
    for odd in ODD:
        for _ in range(10):
            text = whole
            for _ in range(chance.choice([3, 60])):
                place = chance.randrange(len(text))
                text = text[:place] + odd + text[place:]
            page = Page(ADDRESSES[name.partition("/")[0]], text.encode(), datetime.now(timezone.utc))
            found = read(page)
            made = (found, understand(found.article) if found.article else ())
            read_whole += bool(found.article)
            assert not [one for one in texts(made) if UNWRITABLE.search(one)], odd
    assert read_whole > len(ODD)
