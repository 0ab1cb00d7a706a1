"""Recorded pages and lists, damaged at random: every reader answers or says LayoutChanged, nothing else is raised."""

import random
import time
from datetime import datetime, timezone
from pathlib import Path

import pytest

from config.sources import load_sources, read_sources
from notices.page import Page
from spiders.listing import Ask, LayoutChanged
from spiders.lists import reader_of
from spiders.readers import read

FOLDER = Path(__file__).parent.parent / "pages"
SECONDS = 60
ADDRESSES = (
    *("https://mp.weixin.qq.com/s/x", "https://www.miit.gov.cn/a", "https://www.cac.gov.cn/a", "https://a.example/x"),
    *("https://www.samr.gov.cn/a", "https://www.gov.cn/x", "https://www.tc260.org.cn/x", "https://www.mot.gov.cn/x"),
    "https://yyglxxbsgw.ndrc.gov.cn/public/submission-service/column/x",
)
PIECES = (
    *(b"<", b'"', b"'", b"{", b"}", b"null", b"[]", b"</div>", b"<!--", b"\x00", b"1e999", b'"items":3,'),
    *(b"\\u", b"\\ud800", b"http://[]/", b"//[x]/", b"https://a:b/", b"http://a:0/", b":99999/", b"[", b"]"),
)
HEAD = 300  # bytes in which declarations stand: half of the damage is there


def damaged(chance: random.Random, body: bytes) -> bytes:
    broken = bytearray(body)
    for _ in range(chance.randint(0, 4)):
        place = chance.randrange(min(chance.choice((HEAD, len(broken))), len(broken)) + 1)
        match chance.randrange(4):
            case 0:
                del broken[place : place + chance.randint(1, 400)]
            case 1:
                broken[place:place] = chance.choice(PIECES)
            case 2:
                del broken[place + 1 :]
            case _:
                broken[place : place + 1] = bytes([chance.randrange(256)])
    return bytes(broken)


@pytest.mark.soak
def test_no_damage_makes_a_reader_raise(seed: int) -> None:
    print(f"seed {seed}")
    chance = random.Random(seed)
    paths = sorted(path for path in FOLDER.rglob("*.*") if path.suffix in {".html", ".api", ".xml", ".json"})
    bodies = [path.read_bytes() for path in paths]  # in one order everywhere, so that a seed means the same damage
    own = read_sources((FOLDER / "sources.yaml").read_text(encoding="utf-8"))
    sources = [*load_sources(), *own]
    end, count = time.monotonic() + SECONDS, 0
    while time.monotonic() < end:
        body = damaged(chance, chance.choice(bodies))
        read(Page(chance.choice(ADDRESSES), body, datetime.now(timezone.utc)))
        source = chance.choice(sources)
        for ask in (*reader_of(source).first(source), Ask(source.url, "list"), Ask(source.url, "feed")):
            try:
                reader_of(source).read(source, ask, Page(ask.url, body, datetime.now(timezone.utc)))
            except LayoutChanged as error:
                assert str(error)
        count += 1
    print(f"{count} damaged pages")
    assert count > 100
