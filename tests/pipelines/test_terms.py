"""Terms: names count where they mean the entry, and only there."""

import random

import pytest

from config import synonyms
from config.settings import SettingsError
from pipelines.terms import Entry, entries, find_terms, names


@pytest.mark.parametrize(
    ("text", "terms"),
    [
        ("工信部等三部门", ["工业和信息化部"]),
        ("徵求MIIT的意見", ["工业和信息化部"]),
        ("SUMMIITS", []),
        ("中国密码学会年会", []),
        ("中国密码学会谈国密改造", ["国产密码"]),
        ("平等保护各类主体", []),
        ("等保2.0", ["网络安全等级保护"]),
        ("等保测评机构", ["网络安全等级保护", "等级测评"]),
        ("相关基础设施与海关基地", []),
        ("某省委网信办与中央网信办", ["国家互联网信息办公室"]),
        ("某省委网信办", []),
        ("个人信息保护法律责任", []),
        ("工\u200b信部", ["工业和信息化部"]),
        ("工信，信部", []),
        ("AI法案", ["人工智能法案", "人工智能"]),
        ("OpenAI", []),
    ],
)
def test_found(text: str, terms: list[str]) -> None:
    assert list(find_terms(text)) == terms


def _slow(entry: Entry, text: str) -> bool:
    """Every occurrence of every name, looked at one by one."""
    for name in entry.names:
        if names()[name] is not entry:
            continue
        for at in range(len(text) - len(name) + 1):
            if not text.startswith(name, at):
                continue
            around = text[max(0, at - 1) : at + 1], text[at + len(name) - 1 : at + len(name) + 1]
            if any(len(two) == 2 and two.isascii() and two.isalnum() for two in around if at or two is around[1]):
                continue
            spans = ((p, p + len(c)) for c in entry.not_in for p in range(len(text)) if text.startswith(c, p))
            if not any(start <= at and at + len(name) <= end for start, end in spans):
                return True
    return False


def test_the_fast_search_finds_what_the_slow_one_finds() -> None:
    chance = random.Random(11)
    pieces = [name for entry in entries() for name in (*entry.names, *entry.not_in)] + list("的国保a1 ，")
    for _ in range(300):
        text = "".join(
            part[: chance.randint(1, len(part))] if chance.random() < 0.4 else part
            for part in chance.choices(pieces, k=6)
        )
        assert list(find_terms(text)) == [entry.name for entry in entries() if _slow(entry, text)], text


@pytest.mark.parametrize(
    "text",
    [
        "- name: 甲\n  names: [乙 丙]",
        "甲: 乙",
        "- {names: [乙]}",
        "- {name: 甲, nams: []}",
        "- [",
        "- {name: 甲, names: 乙}",
    ],
)
def test_a_bad_file_is_one_clear_error(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(synonyms.operator, "text", lambda name: text)
    with pytest.raises(SettingsError, match=r"synonyms\.yaml"):
        synonyms.synonyms.__wrapped__()
