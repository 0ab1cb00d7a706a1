"""Kept pages: every body comes back as it was, once, and small where it shares a template."""

import gzip
import multiprocessing
import os
import random
import sqlite3
from pathlib import Path

import pytest

from notices.pagefile import PageFile, PageMissing, body_hash
from notices.problem import Problem

SHARED = Path(os.environ.get("POLICYWATCH_SHARED", Path(__file__).parents[3] / "shared"))


def template(seed: int, size: int = 400_000) -> bytes:
    chance = random.Random(seed)
    words = [bytes(chance.choices(b"abcdefghijklmnopqrstuvwxyz", k=7)) for _ in range(3000)]
    return b" ".join(chance.choice(words) for _ in range(size // 8))


def page(frame: bytes, number: int) -> bytes:
    text = random.Random(number).randbytes(1500).hex().encode()
    return frame[:150_000] + text + frame[150_000:]


def test_pages_of_one_template_cost_their_difference_and_read_back(tmp_path: Path) -> None:
    frames = [template(1), template(2)]
    bodies = [page(frames[number % 2], number) for number in range(20)]
    with PageFile(tmp_path) as pages:
        keys = pages.put_many([(body, "wechat") for body in bodies])
        size = (tmp_path / "pages.db").stat().st_size + (tmp_path / "pages.db-wal").stat().st_size
    with PageFile(tmp_path) as pages:
        assert [pages.get(key) for key in keys] == bodies
    database = sqlite3.connect(tmp_path / "pages.db")
    stored = [row[0] for row in database.execute("SELECT length(data) FROM bodies ORDER BY length(data)")]
    database.close()
    assert len(stored) == 20 and size > 0
    assert stored[17] < len(gzip.compress(bodies[0])) / 20
    assert sum(stored) < sum(len(gzip.compress(body)) for body in bodies) / 5


def test_pages_wait_for_their_difference_and_a_kill_costs_only_room(tmp_path: Path) -> None:
    frame = template(5)
    bodies = [page(frame, number) for number in range(6)]
    killed = PageFile(tmp_path)
    keys = [killed.put(body, "wechat") for body in bodies[:4]]
    assert [killed.get(key) for key in keys] == bodies[:4]
    assert killed.delete(keys[3:]) == 1
    killed._database.close()  # as a kill leaves it: nothing was packed
    before = stored_bytes(tmp_path)
    with PageFile(tmp_path) as pages:
        keys[3:] = pages.put_many([(body, "wechat") for body in bodies[3:]])
        assert pages.pack(1) == 1 and pages.pack() == 5 and pages.pack() == 0
        assert [pages.get(key) for key in keys] == bodies
    assert stored_bytes(tmp_path) < before / 2


def stored_bytes(folder: Path) -> int:
    database = sqlite3.connect(folder / "pages.db")
    total: int = database.execute("SELECT sum(length(data)) FROM bodies").fetchone()[0]
    database.close()
    return total


def test_an_unchanged_body_is_stored_once(tmp_path: Path) -> None:
    with PageFile(tmp_path) as pages:
        key = pages.put(b"the same body")
        assert key == body_hash(b"the same body") == pages.put_many([(b"the same body", ""), (b"another", "")])[0]
    database = sqlite3.connect(tmp_path / "pages.db")
    assert database.execute("SELECT count(*) FROM bodies").fetchone() == (2,)
    database.close()


@pytest.mark.parametrize("body", [b"", b"\x00", b"x" * 5_000_000, "正文".encode() * 10_000])
def test_any_bytes_come_back(tmp_path: Path, body: bytes) -> None:
    with PageFile(tmp_path) as pages:
        assert pages.get(pages.put(body, "wechat")) == body


def test_a_deleted_reference_takes_no_other_page_with_it(tmp_path: Path) -> None:
    frame = template(3)
    bodies = [page(frame, number) for number in range(6)]
    with PageFile(tmp_path) as pages:
        keys = pages.put_many([(body, "wechat") for body in bodies])
        assert pages.delete(keys[:1]) == 1
        with pytest.raises(PageMissing, match="restore"):
            pages.get(keys[0])
        assert [pages.get(key) for key in keys[1:]] == bodies[1:]
        assert pages.get(pages.put(bodies[0], "wechat")) == bodies[0]


def test_damage_is_found_and_named(tmp_path: Path) -> None:
    with PageFile(tmp_path) as pages:
        key = pages.put(b"a body that will be damaged" * 50)
        database = sqlite3.connect(tmp_path / "pages.db")
        database.execute("UPDATE bodies SET data = substr(data, 1, 20)")
        database.commit()
        database.close()
        with pytest.raises(PageMissing, match="damaged"):
            pages.get(key)
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "pages.db").write_bytes(b"no database" * 500)
    with pytest.raises(Problem, match="cannot be used"):
        PageFile(tmp_path / "other")


def put(folder: Path, start: int) -> None:
    frame = template(4)
    with PageFile(folder) as pages:
        for number in range(start, start + 8):
            pages.put(page(frame, number), "wechat")


def test_processes_that_write_at_once_lose_nothing(tmp_path: Path) -> None:
    context = multiprocessing.get_context("spawn")
    children = [context.Process(target=put, args=(tmp_path, start)) for start in (0, 4, 8)]
    for child in children:
        child.start()
    for child in children:
        child.join()
    assert [child.exitcode for child in children] == [0, 0, 0]
    frame = template(4)
    with PageFile(tmp_path) as pages:
        assert all(pages.get(body_hash(page(frame, number))) == page(frame, number) for number in range(16))


@pytest.mark.skipif(not (SHARED / "pages" / "wechat").is_dir(), reason="the saved WeChat pages are not there")
def test_real_wechat_pages_read_back_smaller_than_gzip(tmp_path: Path) -> None:
    bodies = [path.read_bytes() for path in sorted((SHARED / "pages" / "wechat" / "wae").rglob("*.html"))]
    with PageFile(tmp_path) as pages:
        keys = [pages.put(body, "wechat") for body in bodies]
        assert [pages.get(key) for key in keys] == bodies
    stored = (tmp_path / "pages.db").stat().st_size
    assert stored < sum(len(gzip.compress(body)) for body in bodies) / 4
