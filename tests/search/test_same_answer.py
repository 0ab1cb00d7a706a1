"""Generated queries over generated notices: the embedded index answers as a look at every notice does."""

import importlib.util
import random
import sys
from datetime import date, datetime, timedelta
from pathlib import Path
from types import ModuleType

import pytest

from notices.kinds import NoticeType
from notices.notice import Notice
from search.find import find, matches, matching
from search.index import Index
from search.parse import parse

PIECES = [
    *(
        "工业和信息化部",
        "工信部",
        "网信办",
        "省委网信办",
        "中国密码学会",
        "国密",
        "等保测评",
        "平等保护",
        "数据安全",
        "征求意见",
    ),
    *(
        "安全管理办法",
        "草案",
        "征求意見稿",
        "第二批",
        "试行",
        "５G网络",
        "5G",
        "GB/T",
        "39786—2021",
        "ＧＢ",
        "3.5亿",
        "2024年",
    ),
    *(
        "〔2024〕114号",
        "税",
        "的",
        "是",
        "AI",
        "OpenAI",
        "CVE-2024-1",
        "⻛险",
        "网\u200b络",
        "カナ",
        "〇",
        "x",
        "y",
        "关于",
    ),
    *(
        "清朗・春节",
        "个人信息保护法",
        "个人信息保护法律",
        "not",
        "and",
        "or",
        "（征求意见稿）",
        "“清朗”",
        "：，",
        "。",
        "、",
        "\n",
    ),
]


def _load(name: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(name, Path(__file__).parent / f"{name}.py")
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


oracle = _load("oracle")
make = _load("conftest").make


def written(chance: random.Random, most: int) -> str:
    return "".join(
        chance.choice(PIECES) + chance.choice(["", "", "", " ", "，"]) for _ in range(chance.randint(1, most))
    )


def some_notice(chance: random.Random, number: int, now: datetime) -> Notice:
    return make(
        number,
        *dict.fromkeys(written(chance, 5) + "题" for _ in range(chance.randint(1, 3))),
        body=written(chance, 12),
        attachments=tuple(written(chance, 4) for _ in range(chance.randint(0, 2))),
        kind=chance.choice([NoticeType.CONSULTATION, *NoticeType]),
        issuers=tuple(chance.sample(["工业和信息化部", "工业和信息化部办公厅", "样本市政府"], chance.randint(0, 2))),
        accounts=tuple(chance.sample(["甲账号", "乙·号", "Seven"], chance.randint(1, 2))),
        number=chance.choice(["", "", f"样本〔2026〕{number % 7}号"]),
        published=chance.choice([None, now - timedelta(days=chance.randint(0, 200), hours=chance.randint(0, 30))]),
        end=chance.choice([None, date(2026, 11, 23) + timedelta(days=chance.randint(-40, 40))]),
        official=chance.random() < 0.2,
        changed=chance.random() < 0.2,
    )


@pytest.mark.parametrize("seed", range(4))
def test_same_answer(index: Index, now: datetime, seed: int) -> None:
    chance = random.Random(seed)
    held = {number: some_notice(chance, number, now) for number in range(1, 81)}
    index.replace(held, list(held.values()), 0, 1)
    gone = chance.sample(sorted(held), 20)  # updates and deletes leave nothing of the old text behind
    for number in gone[:10]:
        held[number] = some_notice(chance, number, now)
    for number in gone[10:]:
        del held[number]
    index.replace(gone, [held[number] for number in gone[:10]], 1, 2)
    generator = oracle.Generator(list(held.values()), now, seed)
    answered = 0
    for _ in range(500):
        asked = generator.query()
        wanted = {number for number, notice in held.items() if asked.meaning(notice)}
        query = parse(asked.text, now)
        assert set(matching(index, query.tree)) == wanted, asked.text
        assert matches(index, query, range(1, 41)) == {number for number in wanted if number <= 40}
        answered += 0 < len(wanted) < len(held)
        if answered % 20 == 0:
            found = find(index, asked.text, now=now, limit=len(held))
            assert {hit.notice_id for hit in found.hits if hit.exact} == wanted
            assert found.total == len(wanted) == sum(hit.exact for hit in found.hits[: len(wanted)])
    assert answered > 200
