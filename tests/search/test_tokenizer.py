"""The tokenizer, its fast twin, and FTS5 agree on every code point."""

import random
import sqlite3

import pytest

from search.bulk import spaced_tokens
from search.tokenizer import Terms, key, terms, tokens, words


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("工信部", "工信 信部 部"),
        ("工信，信部", "工信 信 信部 部"),
        ("5G网络", "5g 网ǀ 网络 络"),
        ("5G 网络", "5g 网ǀ 网络 络"),
        ("2024年", "2024 年ǀ 年"),
        ("GB/T 39786—2021", "gb t 39786 2021"),
        ("ＧＢ／Ｔ　３９７８６", "gb t 39786"),
        ("徵求\u200b意見", "征求 求意 意见 见"),
        ("清朗・２０２５年", "清朗 朗 2025 年ǀ 年"),
        ("カナ〇々", "カナ ナ〇 〇々 々"),
        ("⑩😀x\ue000y", "10 x y"),
        ("工", "工"),
        ("—！", ""),
        ("\x00工\ud800信", "工 信"),
    ],
)
def test_tokens(text: str, wanted: str) -> None:
    assert " ".join(tokens(text)) == wanted == spaced_tokens(text)


def test_a_long_run_is_cut() -> None:
    assert tokens("x" * 300 + "网") == ["x" * 255, "网ǀ", "网"]
    assert spaced_tokens("x" * 300 + "网") == "x" * 255 + " 网ǀ 网"


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("工信部", Terms(("工信", "信部"))),
        ("税", Terms(("税",), open_end=True)),
        ("2024年", Terms(("2024", "年ǀ"))),
        ("第5批", Terms(("第", "5", "批ǀ"))),
        ("安全，管理", Terms(("安全", "全", "管理"))),
        ("亿，元", Terms(("亿", "元"), open_end=True)),
        ("5G", Terms(("5g",))),
        ("，", Terms(())),
    ],
)
def test_what_a_phrase_looks_for(text: str, wanted: Terms) -> None:
    assert terms(text) == wanted


def test_words_and_keys() -> None:
    assert words("工信部、网信办") == ["工信部", "网信办"]
    assert words("GB/T") == ["gb/t"]
    assert key("工信部网安〔2024〕214号") == key("工信部网安[2024] 214号") == "工信部网安2024214号"
    assert key("—") == "—"


def test_fts5_reads_exactly_our_tokens_at_every_code_point() -> None:
    base = sqlite3.connect(":memory:")
    base.execute("CREATE VIRTUAL TABLE t USING fts5 (x, content='', tokenize='ascii')")
    base.execute("CREATE VIRTUAL TABLE v USING fts5vocab (t, instance)")
    wanted: dict[int, list[str]] = {}
    codes = [*range(0xD800), *range(0xE000, 0x32400), *range(0xE0000, 0x110000, 97)]
    for start in range(0, len(codes), 64):  # each between others, so that joining and parting both would show
        text = "".join(f"信{chr(code)}b " for code in codes[start : start + 64])
        assert spaced_tokens(text) == " ".join(tokens(text))
        wanted[start + 1] = tokens(text)
        base.execute("INSERT INTO t (rowid, x) VALUES (?, ?)", (start + 1, " ".join(wanted[start + 1])))
    found: dict[int, list[str]] = {}
    for token, row in base.execute("SELECT term, doc FROM v ORDER BY doc, offset"):
        found.setdefault(row, []).append(token)
    assert found == wanted


def test_the_fast_twin_agrees_on_random_text() -> None:
    chance = random.Random(3)
    for _ in range(5000):
        text = "".join(
            chance.choice("工信部网aB5９，。 \u200b䶵\U00020000カé㊿\ud800〇") for _ in range(chance.randint(0, 14))
        )
        assert " ".join(tokens(text)) == spaced_tokens(text)
