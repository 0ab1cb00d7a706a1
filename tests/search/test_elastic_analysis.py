"""Elasticsearch makes the same tokens, phrases and keyword values of a text as Python does, on a real server."""

import os
import random
import tarfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from elasticsearch import Elasticsearch

from notices.normal import table
from search.elastic.templates import index_body
from search.fields import TYPES
from search.keys import keys_of, names_of
from search.tokenizer import HAN, LATIN, key, terms, tokens, words

ARCHIVE = Path(os.environ.get("POLICYWATCH_SHARED", Path(__file__).parents[3] / "shared")) / "data/archive.tar.xz"
GAP = 100  # positions between two texts of one request

Analyse = Callable[[str, list[str]], list[list[str]]]


@pytest.fixture(scope="module")
def server(elasticsearch_url: str, elastic_module_base: str) -> Iterator[tuple[Elasticsearch, str]]:
    name = f"{elastic_module_base}-analysis"
    body = index_body("notices", {})
    body["settings"]["index"] |= {"analyze.max_token_count": 2_000_000}
    with Elasticsearch(elasticsearch_url, request_timeout=120) as client:
        client.indices.create(index=name, **body)
        yield client, name


@pytest.fixture(scope="module")
def analyse(server: tuple[Elasticsearch, str]) -> Analyse:
    """The tokens of texts, each text's apart: a first text without tokens marks where they begin."""
    client, name = server

    def run(analyzer: str, texts: list[str]) -> list[list[str]]:
        marked = [part for text in texts for part in ("x1x", text)]
        answer = client.indices.analyze(index=name, analyzer=analyzer, text=marked)["tokens"]
        found: list[list[str]] = []
        last = -GAP
        for row in answer:
            if row["position"] - last >= GAP and row["token"] == "x1x":
                found.append([])
            else:
                found[-1].append(row["token"])
            last = row["position"]
        return found

    return run


def odd_text(chance: random.Random) -> str:
    """Han, kana, Latin, marks, forms that normalise, any code point; runs of all lengths."""
    kinds: list[Callable[[], str]] = [
        lambda: chr(chance.randint(0x4E00, 0x9FFF)),
        lambda: chance.choice("工信部关于征求意见的通知年月日第号"),
        lambda: chance.choice("abcXYZ0189éßŸǀƻ"),
        lambda: chance.choice("，。、 \n\t《》-._/+&@#:'%~〇々〆・ーカあ①㈠ⅷ\u200b\u3000\ufeff"),
        lambda: chr(chance.choice(list(table()))),
        lambda: chr(chance.choice([one for span in (*HAN, *LATIN) for one in span])),
        lambda: chr(chance.choice([chance.randint(0x20, 0xD7FF), chance.randint(0xE000, 0x32FFF)])),
    ]
    return "".join(chance.choice(kinds)() * chance.choice([1, 1, 1, 2]) for _ in range(chance.randint(0, 40)))


@pytest.mark.parametrize("seed", range(3))
def test_tokens_of_odd_texts(analyse: Analyse, seed: int) -> None:
    chance = random.Random(seed)
    texts = [odd_text(chance) for _ in range(1_000)]
    texts += ["y" * 300 + "网", "工" * 300, "5G" * 200]
    assert [len(text) for text in texts if text][:1]
    for text, found in zip(texts, analyse("notice_text", texts), strict=True):
        assert found == tokens(text), repr(text)


@pytest.mark.soak
@pytest.mark.skipif(not ARCHIVE.is_file(), reason=f"no archive at {ARCHIVE}: set POLICYWATCH_SHARED")
def test_tokens_of_the_archive(analyse: Analyse) -> None:
    seen = 0
    with tarfile.open(ARCHIVE) as archive:
        some: list[str] = []
        for entry in archive:
            if not entry.isfile() or not entry.name.endswith(".md"):
                continue
            file = archive.extractfile(entry)
            assert file
            some.append(file.read().decode("utf-8", "replace"))
            if len(some) == 20:
                assert analyse("notice_text", some) == [tokens(text) for text in some]
                seen += len(some)
                some = []
    print(f"{seen} texts")
    assert seen > 15_000


@pytest.mark.parametrize("seed", range(2))
def test_phrases_leave_their_last_run_open(analyse: Analyse, seed: int) -> None:
    chance = random.Random(seed)
    texts = [odd_text(chance) for _ in range(500)]
    for text, found in zip(texts, analyse("notice_phrase", texts), strict=True):
        assert found == list(terms(text).tokens), repr(text)


@pytest.mark.parametrize("seed", range(2))
def test_a_word_is_its_phrase(analyse: Analyse, seed: int) -> None:
    """What stands without spaces is one row of tokens, and beside it the row joined, which no text holds."""
    chance = random.Random(seed)
    texts = [odd_text(chance) for _ in range(500)]
    for text, found in zip(texts, analyse("notice_words", texts), strict=True):
        wanted: list[str] = []
        for word in (word for part in text.split() for word in words(part)):
            row = list(terms(word).tokens)
            wanted += (["_".join(row)[:255]] if len(row) > 1 else []) + row
        assert found == wanted, repr(text)


@pytest.mark.parametrize("seed", range(2))
def test_keyword_values(analyse: Analyse, server: tuple[Elasticsearch, str], seed: int) -> None:
    client, name = server
    chance = random.Random(seed)
    known = {
        "issuer": chance.sample(sorted(names_of("issuer")), 40),
        "name": chance.sample(sorted(names_of("document")), 40),
        "plain": ["CCF 计算机-安全", "乙·号", "——", "样本〔2026〕12号", "Ａ１"],
    }
    fields = {"issuer": "issuer", "name": "document", "plain": "account"}
    for normalizer, values in known.items():
        for value in (*values, *(text for _ in range(40) if (text := odd_text(chance)).strip())):
            found = client.indices.analyze(index=name, normalizer=normalizer, text=value)["tokens"]
            wanted = keys_of(fields[normalizer], value)[0]
            assert "".join(row["token"] for row in found).strip() == wanted, repr(value)
    for value, kind in TYPES.items():
        found = client.indices.analyze(index=name, normalizer="type", text=value.upper())["tokens"]
        assert [row["token"] for row in found] == [kind.value]


def test_names_lead_to_one_value_however_often_they_are_followed() -> None:
    for field in ("issuer", "document", "terms"):
        names = names_of(field)
        assert not {name: names[meant] for name, meant in names.items() if names.get(meant, meant) != meant}
        assert all(key(name) == name for name in names)
