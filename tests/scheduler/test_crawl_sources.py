"""sources.yaml: what it may say, and how a mistake in it is named."""

import pytest

from config.settings import SettingsError
from config.sources import load_sources, read_sources

GOOD = """
- name: a
  kind: unit
  url: https://www.miit.gov.cn/gzcy/yjzj/index.html
  every: 30m
- name: b
  kind: feed
  url: http://127.0.0.1:8000/feed.xml
  robots: ignore
  robots_reason: decided by the operator, written permission
  delay: 0.5
  bases: {mp.weixin.qq.com: "http://127.0.0.1:8000"}
"""


def test_sources_are_read_with_their_manners() -> None:
    one, other = read_sources(GOOD)
    assert (one.name, one.every, one.robots, one.delay) == ("a", 30, "obey", 3.0)
    assert (other.every, other.robots, other.delay, dict(other.bases)) == (
        *(60, "ignore", 0.5),
        {"mp.weixin.qq.com": "http://127.0.0.1:8000"},
    )


def test_the_shipped_sources_are_valid_and_obey_robots() -> None:
    shipped = load_sources()
    assert {source.robots for source in shipped} == {"obey"}
    assert "miit-yjzj" in {source.name for source in shipped}


@pytest.mark.parametrize("empty", ["", "# nothing\n", "[]"])
def test_no_source_is_no_mistake(empty: str) -> None:
    assert read_sources(empty) == ()


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("- name: a\n  kind: unit\n  url: x: y", "line 3"),
        ("name: a", "line 1: expected a list"),
        ("- name: a\n  kind: unit", "line 1: a source needs 'url'"),
        (GOOD.replace("kind: feed", "kind: fed"), "line 7: kind is 'fed': expected one of unit, json"),
        (GOOD.replace("every: 30m", "every: 30"), "line 5: every is 30: expected a number with m, h or d"),
        (GOOD.replace("  robots_reason: decided by the operator, written permission\n", ""), "needs robots_reason"),
        (GOOD.replace("name: b", "name: a"), "line 6: name 'a' is used twice"),
        (GOOD.replace("delay", "dely"), "line 11: 'dely' is not known"),
        (GOOD.replace("http://127.0.0.1:8000/feed.xml", "feed.xml"), "line 8: url is 'feed.xml': expected an address"),
        (GOOD.replace("0.5", "yes"), "delay is True"),
        (GOOD.replace("name: b", "name: [1]"), "line 6: name is [1]"),
        ("- 3", "line 1: a source needs 'name'"),
    ],
)
def test_a_mistake_is_named_with_its_line(text: str, named: str) -> None:
    with pytest.raises(SettingsError) as caught:
        read_sources(text)
    assert named in str(caught.value)
    assert "\n" not in str(caught.value)


def test_all_mistakes_are_named_together() -> None:
    with pytest.raises(SettingsError) as caught:
        read_sources(GOOD.replace("unit", "units").replace("0.5", "-1"))
    assert "line 3" in str(caught.value) and "line 11" in str(caught.value)
