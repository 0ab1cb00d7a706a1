"""The commands that write to Elasticsearch, as processes of their own, and what they print."""

import json
from pathlib import Path
from typing import Any

from elasticsearch import Elasticsearch

from tests.commands import run

ARTICLE = """---
title: 样例第{number}号公告公开征求意见
url: https://example.gov.cn/es/{number}.html
source: 样例来源
date: 2026-11-{number:02}
fetch_date: 2026-11-20T08:00:00
---

样例第{number}号公告的正文，一共{number}条，与别的样例都不相同。意见请于2026年12月{number}日前反馈给样例第{number}处。
"""


def test_ingest_doctor_retry_and_reindex(tmp_path: Path, elasticsearch_url: str, elastic_base: str) -> None:
    given: Any = {"POLICYWATCH_ELASTICSEARCH_URL": elasticsearch_url, "POLICYWATCH_ELASTICSEARCH_INDEX": elastic_base}
    source = tmp_path / "in"
    source.mkdir()
    for number in (10, 11, 12):
        (source / f"{number}.md").write_text(ARTICLE.format(number=number), encoding="utf-8")
    done = run(tmp_path / "data", "ingest", str(source), "--json", **given)
    assert (done.returncode, json.loads(done.stdout)["notices"]) == (0, 3), done.stderr
    checks = json.loads(run(tmp_path / "data", "doctor", "--json", **given).stdout)
    assert [one["state"] for one in checks if one["check"] == "elasticsearch"] == ["ok", "ok"]
    assert json.loads(run(tmp_path / "data", "elasticsearch", "retry", "--json", **given).stdout) == {
        "tried": 0,
        "refused": 0,
    }
    done = run(tmp_path / "data", "reindex", "--json", **given)
    assert (done.returncode, json.loads(done.stdout)["notices"]) == (0, 3), done.stderr
    with Elasticsearch(elasticsearch_url) as client:
        assert client.count(index=f"{elastic_base}-notices")["count"] == 3
        assert list(client.indices.get_alias(name=f"{elastic_base}-notices-write")) == [f"{elastic_base}-notices-v2"]


def test_ingest_does_its_work_without_the_server_and_says_what_waits(tmp_path: Path) -> None:
    (tmp_path / "10.md").write_text(ARTICLE.format(number=10), encoding="utf-8")
    key = "a-key-nobody-may-see"
    away: Any = {
        "POLICYWATCH_ELASTICSEARCH_URL": "http://u:hidden@127.0.0.1:9",
        "POLICYWATCH_ELASTICSEARCH_API_KEY": key,
    }
    done = run(tmp_path / "data", "ingest", str(tmp_path), "--json", **away)
    assert done.returncode == 0 and json.loads(done.stdout)["notices"] == 1
    assert "cannot be reached" in done.stderr and "the index catches up later" in done.stderr
    reports = [done, run(tmp_path / "data", "doctor", **away), run(tmp_path / "data", "settings", **away)]
    reports.append(run(tmp_path / "data", "reindex", **away))
    assert [one.returncode for one in reports] == [0, 1, 0, 1]
    assert len(reports[-1].stderr.splitlines()) == 1
    assert not [one for one in reports if key in one.stdout + one.stderr or "hidden" in one.stdout + one.stderr]


def test_role_prints_the_request(tmp_path: Path) -> None:
    asked = json.loads(run(tmp_path, "elasticsearch", "role", "--json", POLICYWATCH_ELASTICSEARCH_INDEX="mine").stdout)
    (indices,) = asked["role_descriptors"]["mine"]["indices"]
    assert indices["names"] == ["mine-*"] and "all" not in indices["privileges"]
    shown = run(tmp_path, "elasticsearch", "role").stdout
    assert shown.startswith("POST /_security/api_key\n{") and '"policywatch-*"' in shown
