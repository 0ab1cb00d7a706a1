"""The query language: what people paste is forgiven, what they got wrong points at the column."""

import os
import re
import tarfile
from datetime import datetime
from pathlib import Path

import pytest

from search.find import matches
from search.index import Index
from search.lexer import QueryError
from search.parse import parse
from search.tree import And, Keyword, Node, Not, Or, Range, Text

SHARED = Path(os.environ.get("POLICYWATCH_SHARED", "../shared"))


@pytest.mark.parametrize(
    ("query", "column", "says"),
    [
        ('数据 "网络安全', 4, "never closed"),
        ('"', 1, "never closed"),
        ("type:nothing", 6, "is no type"),
        ("is:closed", 4, "is unknown"),
        ("deadline < 2026-13-45", 12, "is no date"),
        ("published:yesterday", 11, "is no date"),
        ("issuer > 工信部", 1, "cannot be compared"),
        ("a deadline <", 3, "needs a value"),
        ("(" * 60 + "税" + ")" * 60, 51, "flatter"),
        ("税" * 2001, 2001, "at most 2000"),
    ],
)
def test_errors_point_at_the_column(now: datetime, query: str, column: int, says: str) -> None:
    with pytest.raises(QueryError, match=says) as caught:
        parse(query, now)
    assert caught.value.column == column
    assert "\n" not in str(caught.value) and str(caught.value).startswith(f"column {column}: ")


@pytest.mark.parametrize(
    "query",
    [
        *("", "，", "and", "or or", "not", "税 or", "or 税", "(税", "税)", "()", "系列(上)", "CVE-2024 -1", "税 - 费"),
        *("“税", "税”的", "not " * 301 + "税", "10:30", "http://example.org/a?b=c", "某某周报：本周", "-(税 or 费)"),
        *("发布：免杀", "类型：未知", "\ud800税", "\x00"),
    ],
)
def test_what_is_pasted_parses(index: Index, now: datetime, query: str) -> None:
    matches(index, parse(query.encode("utf-8", "replace").decode(), now), [1])


def _kind(node: Node) -> str:
    return type(node).__name__


@pytest.mark.parametrize(
    ("query", "kind"),
    [
        ("工信部", Keyword),
        ("MIIT", Keyword),
        ('"工信部"', Text),
        ("税费", Text),
        ("税费 征管", And),
        ("税费 OR 征管", Or),
        ("-税费", Not),
        ("税费-征管", And),
        ("type:征求意见", Keyword),
        ("截止≤2026年12月31日", Range),
        ("工信部数据", Or),
        ("title:(税费 or 征管)", Or),
        ("中国密码学会", Text),
        ("OpenAI", Text),
    ],
)
def test_what_is_read(now: datetime, query: str, kind: type[Node]) -> None:
    assert _kind(parse(query, now).tree) == kind.__name__


def test_a_strange_name_is_text_with_a_warning(now: datetime) -> None:
    query = parse("慢讯：税费", now)
    assert query.warnings == ("column 1: 慢讯 is no field, searched as text",)


def _archive_titles() -> list[str]:
    titles = {}
    with tarfile.open(SHARED / "data" / "archive.tar.xz") as archive:
        for member in archive:
            file = archive.extractfile(member) if member.isfile() else None
            match = re.search(r"^title: *(.+)$", file.read(2000).decode("utf-8", "replace"), re.M) if file else None
            if match:
                titles[match.group(1).strip()] = None
    return list(titles)


@pytest.mark.soak
def test_every_title_of_the_archive_parses_and_finds_itself(index: Index, now: datetime, make_notice: object) -> None:
    if not (SHARED / "data" / "archive.tar.xz").exists():
        pytest.skip("needs the archive of ../shared/data")
    assert callable(make_notice)
    titles = _archive_titles()
    assert len(titles) > 10_000
    index.replace([], [make_notice(number, title) for number, title in enumerate(titles, 1)], 0, 1)
    lost = [
        title for number, title in enumerate(titles, 1) if number not in matches(index, parse(title, now), [number])
    ]
    assert lost == []
