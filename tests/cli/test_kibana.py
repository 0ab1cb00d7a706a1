"""`policywatch kibana` as a command: the file, the import, and what is said where either cannot be."""

import json
from pathlib import Path

from kibana_double import Kibana, started

from tests.commands import run


def test_what_is_exported_is_what_is_imported(tmp_path: Path) -> None:
    file = tmp_path / "objects.ndjson"
    named = {"POLICYWATCH_ELASTICSEARCH_INDEX": "mine"}
    done = run(tmp_path, "kibana", "export", "--output", str(file), **named)
    assert (done.returncode, done.stdout) == (0, ""), done.stderr
    objects = file.read_text(encoding="utf-8")
    assert run(tmp_path, "kibana", "export", **named).stdout == objects
    assert {json.loads(line)["attributes"].get("name") for line in objects.splitlines()} >= {"来源运行"}
    assert '"title":"mine-notices"' in objects.replace(": ", ":")
    with started() as url:
        done = run(tmp_path, "kibana", "import", "--url", url, "--json", POLICYWATCH_KIBANA_API_KEY="good", **named)
        assert json.loads(done.stdout) == {"objects": len(objects.splitlines())}, done.stderr
        assert objects.encode() in Kibana.asked[0][2]


def test_what_cannot_be_done_is_said_in_a_line(tmp_path: Path) -> None:
    missing = tmp_path / "missing" / "x.ndjson"
    with started() as url:
        authority = tmp_path / "ca.crt"
        authority.write_text("no certificate", encoding="utf-8")
        calls = {
            ("kibana", "export", "--output", str(missing)): "cannot be written",
            ("kibana", "export", "--output", "x.json"): "ends in .ndjson",
            ("kibana", "import", "--url", url): "set POLICYWATCH_KIBANA_API_KEY",
            ("kibana", "import", "--url", "http://kibana:port"): "cannot be reached",
        }
        for arguments, said in calls.items():
            done = run(tmp_path, *arguments)
            assert done.returncode in (1, 2) and said in done.stderr, (arguments, done.stderr)
            assert "Traceback" not in done.stderr
        done = run(tmp_path, "kibana", "import", "--url", url, POLICYWATCH_ELASTICSEARCH_CA=str(authority))
        assert done.returncode == 1 and "cannot be reached" in done.stderr and "Traceback" not in done.stderr
