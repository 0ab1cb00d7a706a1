"""What holds for every command: help with an example, JSON that scripts can read, exit statuses, one-line errors."""

import json
import shutil
from datetime import datetime
from pathlib import Path

import pytest

from notices.schema import SHANGHAI
from notices.store import Store
from pipelines.withdraw import withdraw
from tests.commands import run

COMMANDS = [
    "demo",
    "init",
    "settings",
    "ingest",
    "parse",
    "extract",
    "export",
    "search",
    "show",
    "crawl",
    "run",
    "reprocess",
    "reindex",
    "backup",
    "restore",
    "fix",
    "forget",
    "serve",
    "doctor",
]
ALERTS = ["add", "list", "preview", "test", "pause", "resume", "remove", "deliveries", "apply", "rotate", "retry"]
ELASTIC = ["role", "retry"]
ARTICLE = """---
title: 某部公开征求对《样例管理办法（征求意见稿）》的意见
url: https://example.gov.cn/notice/{number}.html
source: 样例来源
date: 2026-11-{number:02}
fetch_date: 2026-11-20T08:00:00
---

# 某部公开征求对《样例管理办法（征求意见稿）》的意见

为规范第{number}类样例活动，我部起草了《样例管理办法（征求意见稿）》，现向社会公开征求意见。

如有意见或建议，请于2026年12月{number}日前反馈。这一段只在第{number}篇里出现，说的是{number}号样例的{number}种情形。
"""


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with three ingested articles."""
    folder = tmp_path_factory.mktemp("filled")
    source = folder / "articles"
    source.mkdir()
    for number in (10, 11, 12):
        (source / f"{number}.md").write_text(ARTICLE.format(number=number), encoding="utf-8")
    done = run(folder / "data", "ingest", str(source), "--json")
    assert done.returncode == 0, done.stderr
    report = json.loads(done.stdout)
    assert report["pages"] == sum(report["outcomes"].values()) == 3
    return folder / "data"


@pytest.mark.parametrize(
    "command",
    [
        *COMMANDS,
        *(f"alerts {name}" for name in ALERTS),
        *(f"elasticsearch {name}" for name in ELASTIC),
        *(f"kibana {name}" for name in ("export", "import")),
        "sources list",
        "sources check",
    ],
)
def test_every_command_has_help_with_an_example(tmp_path: Path, command: str) -> None:
    done = run(tmp_path, *command.split(), "--help")
    assert done.returncode == 0, done.stderr
    assert "Example: " in done.stdout
    assert "policywatch" in done.stdout.split("Example: ")[1]


def test_search_prints_only_json_with_the_promised_names(filled: Path) -> None:
    result = json.loads(run(filled, "search", "样例管理办法 type:consultation", "--json").stdout)
    assert {"query", "warnings", "total", "engine", "hits"} <= set(result)
    hit = result["hits"][0]
    wanted = (
        "notice_id matter_id title exact score notice_type issuers published_at comment_end url carriers highlights"
    )
    assert set(wanted.split()) <= set(hit)
    assert {"path", "url", "account", "published_at"} <= set(hit["carriers"][0])


def test_search_and_show_tell_what_was_taken_down(filled: Path, tmp_path: Path) -> None:
    data = tmp_path / "data"
    shutil.copytree(filled, data)
    gone = datetime(2026, 11, 20, 8, tzinfo=SHANGHAI)
    with Store.open(f"sqlite:///{data / 'policywatch.db'}", data) as store:
        one, other = store.notices(store.notice_ids())[:2]
        with store.writing() as connection:
            assert withdraw(connection, one.carriers[0].article_id, gone, gone)
    assert run(data, "reindex").returncode == 0
    hits = json.loads(run(data, "search", "样例", "--json").stdout)["hits"]
    removed = {hit["notice_id"]: hit["removed"] for hit in hits}
    assert (
        removed[one.notice_id] == [{"url": one.url, "removed_at": gone.isoformat()}] and removed[other.notice_id] == []
    )
    rows = run(data, "search", "样例").stdout
    assert rows.count("removed from its site by 2026-11-20") == 1
    shown = run(data, "show", str(one.notice_id)).stdout
    assert f"removed from its site by 2026-11-20: {one.url}" in shown


def test_show_export_and_doctor_speak_json(filled: Path) -> None:
    found = json.loads(run(filled, "search", "样例", "--json").stdout)["hits"][0]["notice_id"]
    assert json.loads(run(filled, "show", str(found), "--json").stdout)["notice_id"] == found
    rows = [json.loads(line) for line in run(filled, "export").stdout.splitlines()]
    assert [row["path"] for row in rows] == ["10.md", "11.md", "12.md"]
    assert all(row["comment_end"] == f"2026-12-{row['path'][:2]}" for row in rows)
    checks = json.loads(run(filled, "doctor", "--json").stdout)
    assert {"check", "state", "detail", "advice"} <= set(checks[0])


def test_a_query_that_cannot_be_read_is_wrong_usage_and_names_the_column(filled: Path) -> None:
    done = run(filled, "search", '样例 "没有结束')
    assert done.returncode == 2
    assert len(done.stderr.splitlines()) == 1
    assert "column" in done.stderr


def test_all_bad_settings_are_named_together_and_end_with_2(tmp_path: Path) -> None:
    done = run(tmp_path, "search", "x", POLICYWATCH_WORKERS="many", POLICYWATCH_DATABASE_URL="nonsense")
    assert done.returncode == 2
    assert len(done.stderr.splitlines()) == 1
    assert "POLICYWATCH_WORKERS" in done.stderr
    assert "POLICYWATCH_DATABASE_URL" in done.stderr


@pytest.mark.parametrize(
    "arguments",
    [
        ("show", "999"),
        ("show", "9" * 30),
        ("ingest", "nowhere.tar"),
        ("parse", "nowhere", "--url", "https://a.example/"),
    ],
)
def test_work_that_fails_says_so_in_one_line_and_ends_with_1(filled: Path, arguments: tuple[str, ...]) -> None:
    done = run(filled, *arguments)
    assert done.returncode == 1
    assert done.stdout == ""
    assert len(done.stderr.splitlines()) == 1


@pytest.mark.parametrize(("named", "given"), [("addresses.txt", ""), ("ftp://a.example/x", ""), ("-", "a.example/x\n")])
def test_what_is_no_address_is_not_crawled(tmp_path: Path, named: str, given: str) -> None:
    done = run(tmp_path, "crawl", "--url", named, given=given)
    assert (done.returncode, done.stdout, len(done.stderr.splitlines())) == (2, "", 1)
    assert "is no http address" in done.stderr and "--url - < FILE" in done.stderr


def test_extract_reads_lines_and_reports_a_bad_one(tmp_path: Path) -> None:
    given = '{"id": "a", "title": "", "text": "请于9月30日前反馈意见。", "published_at": "2026-09-01"}\nnonsense\n'
    done = run(tmp_path, "extract", given=given)
    first, second = (json.loads(line) for line in done.stdout.splitlines())
    assert first["id"] == "a"
    assert first["comment_end"] == "2026-09-30"
    assert "line 2" in second["error"]
    assert done.returncode == 1


def test_doctor_makes_nothing_where_nothing_is(tmp_path: Path) -> None:
    done = run(tmp_path / "data", "doctor", "--json")
    assert done.returncode == 0, done.stderr
    checks = {row["check"]: row for row in json.loads(done.stdout)}
    assert checks["store"]["state"] == "warning" and "none yet" in checks["store"]["detail"]
    assert list(tmp_path.iterdir()) == []


def test_what_a_terminal_types_may_be_no_text(filled: Path) -> None:
    done = run(filled, "forget", "https://example.gov.cn/\udcff")
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize("arguments", [("search", "样例"), ("show", "1"), ("init",)])
def test_a_data_folder_that_cannot_be_is_said_in_a_line(tmp_path: Path, arguments: tuple[str, ...]) -> None:
    file = tmp_path / "file"
    file.write_text("", encoding="utf-8")
    done = run(file, *arguments)
    assert done.returncode == 2 and "POLICYWATCH_DATA" in done.stderr and "Traceback" not in done.stderr
    checks = json.loads(run(file, "doctor", "--json").stdout)
    assert [one["state"] for one in checks if "no folder" in one["detail"]] == ["failed"]


@pytest.mark.parametrize(
    ("named", "said"),
    [
        ({"POLICYWATCH_ELASTICSEARCH_CA": __file__}, "write https://"),
        ({"POLICYWATCH_ELASTICSEARCH_API_KEY": "密钥"}, "characters that none has"),
    ],
)
def test_settings_of_elasticsearch_that_cannot_be_are_said_in_a_line(
    tmp_path: Path, named: dict[str, str], said: str
) -> None:
    done = run(tmp_path, "search", "样例", POLICYWATCH_ELASTICSEARCH_URL="http://127.0.0.1:9", **named)
    assert done.returncode in (1, 2) and said in done.stderr and "Traceback" not in done.stderr
