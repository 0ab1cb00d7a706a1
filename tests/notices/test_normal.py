"""The normalisation table is what its generator makes, and one pass of it is enough."""

import importlib.util
import json
import random
from pathlib import Path
from types import ModuleType

import pytest

from notices import normal
from notices.normal_codes import normalise_whole

ROOT = Path(__file__).parents[2]


def _generator() -> ModuleType:
    spec = importlib.util.spec_from_file_location("make_normal", ROOT / "docs" / "make_normal.py")
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_checked_in_table_is_the_generated_one() -> None:
    pytest.importorskip("opencc")
    wanted = json.loads(json.dumps(_generator().generate()))
    held = json.loads((ROOT / "config" / "normal.json").read_text(encoding="utf-8"))
    # another Python or opencc may know more code points: what both know must be the same
    assert {key: held[key] for key in wanted.keys() & held.keys()} == {
        key: wanted[key] for key in wanted.keys() & held.keys()
    }
    assert len(wanted.keys() ^ held.keys()) < 200


@pytest.mark.parametrize(
    ("text", "form"),
    [
        ("ＧＢ／Ｔ　３９７８６", "gb/t 39786"),
        ("徵求意見", "征求意见"),
        ("⻛险⻓期⼯信", "风险长期工信"),
        ("工\u200b信\ufeff部\u00ad令\ufe0f", "工信部令"),
        ("⑩㊿㈠㎡Ⅳ", "1050(一)m2iv"),
        ("ﬁle ẞ Σς İ", "file ß σσ i"),
        ("ｶﾅ", "カナ"),
        ("\ud800工", "\ud800工"),
        ("", ""),
    ],
)
def test_forms(text: str, form: str) -> None:
    assert normal.normalise(text) == form


def test_one_pass_is_enough_and_offsets_point_into_the_original() -> None:
    chance = random.Random(5)
    keys = [chr(code) for code in normal.table()]
    for size in (0, 1, 40, 400):
        text = "".join(chance.choice(["工", "a", " ", "。", chance.choice(keys)]) for _ in range(size))
        once = normal.normalise(text)
        assert normal.normalise(once) == once == text.translate(normal.table())
        aligned, offsets = normal.aligned(text)
        assert aligned == once
        assert len(offsets) == len(once) + 1 and list(offsets) == sorted(offsets) and offsets[-1] == size
        assert all(char in normal.normalise(text[at]) for char, at in zip(once, offsets, strict=False))


def test_words_stand_in_a_text_where_they_stand_in_its_normal_form() -> None:
    chance = random.Random(8)
    chars = [*map(chr, normal.table()), *"工信部Ab１\u200b㎡", "𠀀"]
    found = 0
    for _ in range(3_000):
        text = "".join(chance.choices(chars, k=30)) + "".join(chance.choices(chars[-10:], k=10))
        whole, offsets = normal.aligned(text)
        at = chance.randrange(len(whole))
        word = whole[at : at + chance.randint(1, 3)]
        part, places = normal.aligned(text, normal.forms_of([word]))
        first, second = whole.find(word), part.find(word)
        assert list(offsets[first : first + len(word) + 1]) == list(places[second : second + len(word) + 1]), (
            text,
            word,
        )
        found += part != whole
    assert found > 2_000


def test_whole_texts_come_out_as_short_ones_do() -> None:
    chance = random.Random(5)
    chars = [*map(chr, normal.table()), *"工信部AbＡ１·\u200b\x00\ud800é㎡", "𠀀"]
    for _ in range(500):
        text = "".join(chance.choices(chars, k=chance.randrange(40)))
        assert normalise_whole(text) == normal.normalise(text)
