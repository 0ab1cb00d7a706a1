"""The embedded index: replaced exactly once, repaired when it does not fit, untouched by a kill."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pytest

from notices.notice import Notice
from notices.problem import Problem
from search.find import find, matching
from search.index import Index
from search.parse import parse

WRITER = """
import sys; sys.path[:0] = [{root!r}, {here!r}]
from pathlib import Path
from conftest import make
from search.index import Index
with Index(Path({folder!r})) as index:
    while True:
        at = index.position
        some = range(at % 40 + 1, at % 40 + 6)
        index.replace(some, [make(n, f"第{{at}}次", body="税费征管 " * 400) for n in some], at, at + 1)
"""


def test_a_kill_leaves_whole_transactions(tmp_path: Path, now: datetime) -> None:
    with Index(tmp_path) as index:
        index.clear("the store")
    root, here = str(Path(__file__).parents[2]), str(Path(__file__).parent)
    code = WRITER.format(root=root, here=here, folder=str(tmp_path))
    for _ in range(3):
        with Index(tmp_path) as index:
            before = index.position
        child = subprocess.Popen([sys.executable, "-c", code])
        with Index(tmp_path) as index:
            while index.position < before + 20 and child.poll() is None:
                time.sleep(0.01)
        os.kill(child.pid, signal.SIGKILL)
        child.wait()
        with Index(tmp_path) as index:
            assert index.position >= before + 20
            index.database.execute("INSERT INTO texts (texts) VALUES ('integrity-check')")
            held = {row[0] for row in index.database.execute("SELECT id FROM docs")}
            assert set(matching(index, parse("税费征管", now).tree)) == held
            last = index.position - 1
            assert len(matching(index, parse(f'title:"第{last}次"', now).tree)) == 5


def test_another_process_that_was_first_is_noticed(index: Index, make_notice: object) -> None:
    assert callable(make_notice)
    assert index.replace([1], [make_notice(1, "甲")], 0, 5)
    assert not index.replace([1], [make_notice(1, "乙")], 0, 4)
    assert index.position == 5


def test_an_index_of_another_version_says_so_and_is_made_anew(index: Index, now: datetime) -> None:
    index.database.execute("UPDATE state SET value = '0.0' WHERE name = 'format'")
    index.database.execute("DROP TABLE docs")
    assert not index.fits("the store", 9)
    with pytest.raises(Problem, match="reindex"):
        find(index, "税", now=now)
    index.clear("the store")
    assert index.fits("the store", 9) and find(index, "税", now=now).total == 0


@pytest.mark.parametrize(
    ("query", "ids"),
    [
        ("venmo 和", {1, 2}),
        ("venmo 发", {2, 3}),  # in whichever form it is written
        ("venmo title:发", {3}),
        ("title:venmo 附件:和", {2}),
        ("venmo 和 发", {2}),
        ("venmo -和", {3}),
        ("和 发", {2, 4}),
        ("和", {1, 2, 4}),
        ("type:other 和", {1, 2, 4}),
        ("venmo OR 和", {1, 2, 3, 4}),
    ],
)
def test_a_single_character_finds_what_holds_it(
    index: Index, now: datetime, make_notice: Callable[..., Notice], query: str, ids: set[int]
) -> None:
    notices = [
        make_notice(1, "paypal和venmo", body="甲"),
        make_notice(2, "venmo", body="發行乙", attachments=("和.pdf",)),
        make_notice(3, "venmo发布", body="丙"),
        make_notice(4, "发布", body="丁和"),
    ]
    assert index.replace([1, 2, 3, 4], notices, index.position, index.position + 1)
    assert set(matching(index, parse(query, now).tree)) == ids
