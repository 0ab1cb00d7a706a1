"""Segment: the words of a text as jieba parts them, and the policy terms truly found in it."""

import re
import warnings
from collections import Counter
from collections.abc import Callable, Iterable
from functools import cache
from itertools import islice
from typing import NamedTuple

from config import operator
from notices.article import Article
from pipelines.terms import find_terms

MOST_WORDS = 300
LONGEST_WORD = 64  # characters; longer runs are keys, hashes and addresses

_WORD = re.compile(r"[A-Za-z㐀-鿿]")
_LATIN = re.compile(r"[a-zA-Z0-9]+(?:\.\d+)?%?")
_COMMON = """
一个 一些 一种 一是 二是 三是 以及 以上 以下 并且 或者 如果 因为 所以 但是 而且 然而 不过 虽然 可以 能够 可能 应当
应该 需要 必须 进行 通过 根据 按照 依据 为了 对于 关于 由于 其中 其他 其它 这个 这些 这种 那个 那些 我们 你们 他们
它们 自己 什么 怎么 如何 没有 不是 就是 还是 也是 都是 已经 正在 将会 之后 之前 之间 同时 目前 此外 另外 因此 从而
以便 及其 等等 相关 有关 方面 情况 问题 主要 包括 使用 提供 具有 成为 作为 表示 认为
the and of to in for is on with that this be are as by an or it from at
"""
_STOP_WORDS = frozenset(_COMMON.split())


def segment(article: Article) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The policy terms found in a cleaned article, and its distinct words, most frequent first, at most MOST_WORDS."""
    text = f"{article.title}\n{article.body}"
    return find_terms(text), words(text, cutter())


class Cutter(NamedTuple):
    """A way of cutting: a text into all its tokens, and a token into the words it stands for."""

    tokens: Callable[[str], Iterable[str]]
    parts: Callable[[str], Iterable[str]]


def words(text: str, cutter: Cutter) -> tuple[str, ...]:
    """The distinct words that a cutter finds, most frequent first, the first met first among equals."""
    counts = {token: count for token, count in Counter(cutter.tokens(text)).items() if len(token) > 1}
    if any(token.isascii() and not token.isalnum() for token in counts):
        counts = _parted(counts, cutter)
    ranked = sorted(counts, key=counts.__getitem__, reverse=True)
    return tuple(islice(filter(_is_word, ranked), MOST_WORDS))


def _is_word(word: str) -> bool:
    if not 2 <= len(word) <= LONGEST_WORD or word in _STOP_WORDS:
        return False
    return "㐀" <= word[0] <= "鿿" or _WORD.search(word) is not None  # most begin with Han: seen without the pattern


def _parted(tokens: dict[str, int], cutter: Cutter) -> dict[str, int]:
    """The counts with the parts of a run of Latin in place of a run that holds signs, such as an address."""
    counts: dict[str, int] = {}
    for token, count in tokens.items():
        for part in cutter.parts(token) if token.isascii() and not token.isalnum() else (token,):
            counts[part] = counts.get(part, 0) + count
    return counts


@cache
def cutter() -> Cutter:
    """The cutter this machine has: rjieba, else the 26 times slower jieba, with the same dictionary."""
    try:
        return rust_cutter()
    except ImportError:
        return python_cutter()


def rust_cutter() -> Cutter:
    """rjieba, whose runs of Latin are parted as jieba parts them; raises ImportError where it is missing."""
    import rjieba

    jieba = rjieba.Jieba()
    for word in dictionary():
        jieba.add_word(word, jieba.suggest_freq(word), None)
    return Cutter(jieba.cut, lambda token: [token] if jieba.has_word(token) else _LATIN.findall(token))


def python_cutter() -> Cutter:
    """jieba itself; raises ImportError where it is missing."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # its last release predates today's Python and setuptools
        import jieba
    jieba.setLogLevel(60)
    tokenizer = jieba.Tokenizer()
    for word in dictionary():
        tokenizer.add_word(word, tokenizer.suggest_freq(word))
    return Cutter(tokenizer.cut, lambda token: [token])


def dictionary() -> list[str]:
    """The words of the dictionary file, the operator's or the default one."""
    lines = (line.strip() for line in operator.text("dictionary.txt").splitlines())
    return list(dict.fromkeys(line for line in lines if line and not line.startswith("#")))
