"""Generated queries over generated notices: index, memory and watchlist answer as a look at every notice does."""

import random
from datetime import date, datetime, timedelta

import pytest

from notices.kinds import NoticeType
from notices.notice import Notice
from search.clauses import clauses
from search.dated import depends
from search.find import find, matches, matching
from search.index import Index
from search.memory import Held, holds
from search.parse import parse
from search.watchlist import Watchlist
from tests.search import oracle
from tests.search.conftest import make

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
    taken = [Held.of(notice) for notice in held.values()]
    trees, answers = {}, {}
    answered = 0
    for number in range(500):
        asked = generator.query()
        wanted = {number for number, notice in held.items() if asked.meaning(notice)}
        query = parse(asked.text, now)
        assert set(matching(index, query.tree)) == wanted, asked.text
        assert {one.notice_id for one in taken if holds(query.tree, one)} == wanted, asked.text
        trees[number], answers[number] = query.tree, wanted
        assert matches(index, query, range(1, 41)) == {one for one in wanted if one <= 40}
        answered += 0 < len(wanted) < len(held)
        if answered % 20 == 0:
            found = find(index, asked.text, now=now, limit=len(held))
            assert {hit.notice_id for hit in found.hits if hit.exact} == wanted
            assert found.total == len(wanted) == sum(hit.exact for hit in found.hits[: len(wanted)])
    assert answered > 200
    watched = Watchlist(trees)
    for one in taken:
        assert watched.matching(one, now) == {number for number in trees if one.notice_id in answers[number]}


def test_a_watchlist_takes_its_time_from_the_event(now: datetime, make_notice: object) -> None:
    assert callable(make_notice)
    chance = random.Random(7)
    taken = [Held.of(some_notice(chance, number, now)) for number in range(1, 81)]
    texts = [
        *(
            "is:open",
            "-is:open",
            "deadline < now+7d",
            "published >= now-30d",
            "published > today",
            "published <= now-9d",
        ),
        *("deadline:today", "published:2026-11", "not (deadline >= now/d or 草案)", "type:consultation 截止>now-1w"),
    ]
    watched = Watchlist({number: parse(text, now).tree for number, text in enumerate(texts)})
    for days in (-200, -31, -1, 0, 1, 29, 40):
        then = now + timedelta(days=days, hours=5)
        trees = {number: parse(text, then).tree for number, text in enumerate(texts)}
        for one in taken:
            wanted = {number for number, tree in trees.items() if holds(tree, one)}
            assert watched.matching(one, then) == wanted


def test_a_watchlist_takes_queries_of_many_alternatives(now: datetime) -> None:
    chance = random.Random(8)
    taken = [Held.of(some_notice(chance, number, now)) for number in range(1, 81)]
    wide = "(税 or 的 or 是 or AI or x or 5G or type:news) (数据安全 or 草案 or 试行 or GB or 第二批 or is:official)"
    texts = ["", "not 税", "-(税 or 的)", wide, f"-({wide})", f"({wide}) or 关于", "税 -税", "-(税 -税)"]
    trees = {number: parse(text, now).tree for number, text in enumerate(texts)}
    assert clauses(trees[3]) is None and clauses(trees[6]) == [] and clauses(trees[0])
    watched = Watchlist(trees)
    for one in taken:
        assert watched.matching(one, now) == {number for number, tree in trees.items() if holds(tree, one)}


def test_what_moves_with_time_is_known(now: datetime) -> None:
    moving = ["is:open", "甲 -(乙 or published > now-1d)", "截止：今天", "deadline < TODAY"]
    still = ["", "甲", "is:official", "published > 2026-11-01", "-type:news", '"now"', "deadline:2026"]
    assert all(depends(parse(text, now).tree) for text in moving)
    assert not any(depends(parse(text, now).tree) for text in still)
