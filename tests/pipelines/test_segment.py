"""Segment: jieba's words whichever library cuts, the dictionary's terms whole, and no more than fits."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

import pipelines.segment as stage
from config import operator
from notices.article import Article

TEXT = (
    "海洋局办公室关于公开征求《区块链和分布式记账技术标准体系建设指南（征求意见稿）》意见的通知。"
    "各沿海省、自治区、直辖市通信管理局，专精特新“小巨人”企业应当落实IPv6规模部署与5G+工业互联网要求，"
    "按照GB/T 22239-2019开展等级保护测评，完善关键信息基础设施"
    "供应链安全制度，修复CVE-2026-10001等漏洞，每年至少报送3.5%的样本；王小舟与李大桨在青岛签署了谅解备忘录，"
    "有意见请于2026年12月20日前发至kj@sea.example，网址www.sea.example/a?b=1。使用C++与AT&T终端的单位另行通知。"
)
HAN = re.compile(r"[㐀-鿿]")


@pytest.fixture(autouse=True)
def no_terms(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(stage, "find_terms", lambda text: ("工业和信息化部",) if "工信部" in text else ())
    stage.cutter.cache_clear()
    yield
    operator.use(Path())
    stage.cutter.cache_clear()


def article(body: str, title: str = "") -> Article:
    return Article("https://www.sea.example/1", title, body=body)


def test_both_libraries_find_the_same_words() -> None:
    pytest.importorskip("jieba", reason="jieba comes with the dev extra")
    rust, python = stage.rust_cutter(), stage.python_cutter()
    assert [token for token in rust.tokens(TEXT) if HAN.search(token)] == [
        token for token in python.tokens(TEXT) if HAN.search(token)
    ]
    assert stage.words(TEXT, rust) == stage.words(TEXT, python)


def test_jieba_stands_in_where_rjieba_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("jieba", reason="jieba comes with the dev extra")

    def missing() -> stage.Cutter:
        raise ImportError("rjieba")

    with_rjieba = stage.segment(article(TEXT))
    stage.cutter.cache_clear()
    monkeypatch.setattr(stage, "rust_cutter", missing)
    assert stage.segment(article(TEXT)) == with_rjieba


def test_terms_of_the_dictionary_stay_whole_and_so_do_their_parts() -> None:
    words = stage.segment(article("区块链和分布式记账技术不同于区块链。工业互联网平台靠工业互联网。征求意见稿"))[1]
    assert {"区块链和分布式记账技术", "区块链", "工业互联网平台", "工业互联网", "征求意见稿"} <= set(words)
    assert len(stage.dictionary()) == len(set(stage.dictionary())) > 150


def test_words_come_most_frequent_first_and_carry_meaning() -> None:
    words = stage.segment(article("海图 和 海图 以及 灯塔，a 8 99 的 Radar v2.5 radar 灯塔 海图", title="雷达"))[1]
    assert words[:2] == ("海图", "灯塔")
    assert set(words) == {"海图", "灯塔", "雷达", "Radar", "radar", "v2.5"}


def test_the_operators_dictionary_wins(tmp_path: Path) -> None:
    (tmp_path / "dictionary.txt").write_text("# 船名\n雪龙二号极地科考船\n", encoding="utf-8")
    operator.use(tmp_path)
    assert stage.dictionary() == ["雪龙二号极地科考船"]
    assert "雪龙二号极地科考船" in stage.segment(article("雪龙二号极地科考船启航"))[1]


def test_terms_are_looked_for_in_title_and_body() -> None:
    assert stage.segment(article("通知", title="工信部"))[0] == ("工业和信息化部",)
    assert stage.segment(article("工信部"))[0] == ("工业和信息化部",)


@pytest.mark.parametrize("body", ["", "\n\n", "。" * 100, "海" * 1_000_000, "a" * 1_000_000, "\x00\ufffd🚢"])
def test_odd_texts_are_cut_too(body: str) -> None:
    words = stage.segment(article(body))[1]
    assert all(2 <= len(word) <= stage.LONGEST_WORD for word in words)


def test_no_more_words_than_fit() -> None:
    assert (
        len(stage.segment(article(" ".join(f"word{chr(97 + n % 26)}{chr(97 + n // 26)}" for n in range(600))))[1])
        == 300
    )
