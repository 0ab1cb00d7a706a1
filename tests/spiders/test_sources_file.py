"""sources.yaml beyond names and addresses: hosts, selectors, OPML files, lists that check each other."""

from pathlib import Path

import pytest

from config import operator
from config.settings import SettingsError
from config.sources import load, read_file, read_sources

PAGE = """- name: p
  kind: page
  url: https://www.example.gov.cn/list/
  selectors:
    row: ul li
"""
HOST = """- host: mp.weixin.qq.com
  robots: ignore
  robots_reason: decided by the operator
  delay: 10
"""


def test_a_host_has_its_own_policy_which_wins_over_the_source() -> None:
    file = read_file(PAGE + HOST)
    (source,) = file.sources
    ours, theirs = file.policy("mp.weixin.qq.com", source), file.policy("www.example.gov.cn", source)
    assert (ours.robots, ours.delay, ours.robots_reason) == ("ignore", 10, "decided by the operator")
    assert (theirs.robots, theirs.delay) == ("obey", source.delay)
    assert file.policy("elsewhere.example").robots == "obey"


@pytest.mark.parametrize(
    ("text", "named"),
    [
        (PAGE.replace("row: ul li", "row: 'ul >>'"), "line 4: selector row is 'ul >>': expected a CSS selector"),
        (PAGE.replace("row: ul li", "row: //li["), "selector row is '//li['"),
        (PAGE.replace("row: ul li", "lines: ul li"), "line 4: kind page needs selectors with 'row'"),
        (PAGE + "    linc: a\n", "selector 'linc' is not known: use row, link"),
        (PAGE + "    link_pattern: 'open'\n", "expected a regular expression with one group"),
        (PAGE + "    link_pattern: '(['\n", "expected a regular expression with one group"),
        (PAGE.replace("kind: page", "kind: feed"), "selectors are for the kinds page and json, not for feed"),
        (PAGE.replace("kind: page", "kind: json"), "kind json needs selectors with 'link'"),
        (PAGE + "  checks: [q]\n", "line 6: checks names 'q', which is no source"),
        (PAGE + "  may_be_empty: maybe\n", "may_be_empty is 'maybe': expected true or false"),
        (PAGE + "  file: a.opml\n", "line 6: file is read by kind opml only"),
        ("- name: o\n  kind: opml\n  file: missing.opml\n", "line 3: file missing.opml"),
        (HOST + HOST, "line 5: host 'mp.weixin.qq.com' is used twice"),
        (HOST.replace("  robots_reason: decided by the operator\n", ""), "line 2: robots: ignore needs robots_reason"),
        (HOST + "  every: 1h\n", "line 5: 'every' is not known: use host, robots"),
        (PAGE.replace("url: https://www.example.gov.cn/list/", "urls: [a]"), "urls is ['a']: expected a list"),
    ],
)
def test_a_mistake_is_named_with_its_line(text: str, named: str) -> None:
    with pytest.raises(SettingsError) as caught:
        read_sources(text)
    assert named in str(caught.value)
    assert "\n" not in str(caught.value)


def test_an_opml_file_lies_beside_sources_yaml(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "all.opml").write_text(
        '<opml version="2.0"><body><outline text="甲"><outline xmlUrl="https://b.example/1"/>'
        '<outline xmlUrl="https://b.example/2"/><outline xmlUrl="file:///etc/passwd"/></outline></body></opml>'
    )
    monkeypatch.setattr(operator, "_own", [tmp_path])
    (source,) = read_sources("- name: o\n  kind: opml\n  file: all.opml\n")
    assert source.addresses == ("https://b.example/1", "https://b.example/2")
    (tmp_path / "all.opml").write_text("<html>")
    with pytest.raises(SettingsError, match=r"line 3: file all\.opml: not an OPML file"):
        read_sources("- name: o\n  kind: opml\n  file: all.opml\n")


def test_the_shipped_file_names_every_regulator_and_obeys() -> None:
    file = load()
    names = {source.name.partition("-")[0] for source in file.sources}
    assert {"miit", "cac", "tc260", "samr", "mohurd", "mot", "ndrc", "gov", "nda", "oscca"} <= names
    assert {source.robots for source in file.sources} == {"obey"} and not file.hosts
    assert {source.kind for source in file.sources} == {"unit", "json", "page", "feed"}


def test_what_the_shipped_file_shows_as_an_example_is_valid() -> None:
    text = Path(operator.__file__).with_name("sources.yaml").read_text(encoding="utf-8")
    shown = [line.removeprefix("# ") for line in text[text.index("# WeChat.") :].splitlines() if line.startswith("# ")]
    examples = "\n".join(line for line in shown if line.startswith(("- ", "  ")) and "file:" not in line)
    file = read_file(examples.replace("kind: opml", "kind: opml\n  url: https://b.example/all.opml"))
    assert {source.kind for source in file.sources} == {"feed", "opml", "album"}
    assert [host.host for host in file.hosts] == ["mp.weixin.qq.com"]


def test_every_column_of_miit_has_a_second_list_but_those_of_bureaux() -> None:
    found = load().sources
    columns = {source.name for source in found if source.kind == "unit" and "miit.gov.cn" in source.url}
    checked = {name for source in found for name in source.checks if source.kind in {"json", "feed"}}
    assert columns - checked == {"miit-bureaux"} and len(columns) == 7
    (feed,) = (source for source in found if source.name == "miit-rss")
    (column,) = (source for source in found if source.name == "miit-yjzj")
    ids = feed.url.rpartition("columnIds=")[2].split(",")
    assert len(ids) == len(set(ids)) == len(feed.checks)
    assert (
        column.fallback.endswith(f"pageId={ids[0]}")
        and f"webId={feed.url.partition('webId=')[2][:32]}" in column.fallback
    )
