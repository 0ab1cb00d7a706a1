import random
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from notices.pagefile import PageFile
from notices.schema import SHANGHAI
from notices.store import Store

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=SHANGHAI)
SUBJECTS = [
    "工业数据分类",
    "车联网卡实名",
    "算力设施节能",
    "应用商店管理",
    "电信设备进网",
    "网络产品漏洞",
    "云服务评估",
    "无线电频率",
]
PARTS = [
    "总体要求",
    "适用范围",
    "管理职责",
    "申请条件",
    "审查程序",
    "监督检查",
    "保障措施",
    "法律责任",
    "技术指标",
    "附则",
]
VERBS = [
    "应当建立",
    "负责组织",
    "定期报告",
    "不得擅自",
    "鼓励采用",
    "逐步完善",
    "统筹推进",
    "及时公开",
    "依法查处",
    "妥善保存",
]
THINGS = [
    "管理制度",
    "评估结果",
    "检测报告",
    "运行数据",
    "应急预案",
    "备案材料",
    "安全措施",
    "技术标准",
    "工作台账",
    "服务协议",
]


def body(seed: int, paragraphs: int = 8) -> str:
    chance = random.Random(seed)
    lines = []
    for number in range(paragraphs):
        words = [chance.choice(VERBS) + chance.choice(THINGS) + str(chance.randrange(1000)) for _ in range(9)]
        lines.append(f"{chance.choice(PARTS)}第{seed}之{number}。" + "，".join(words) + "。")
    return "\n\n".join(lines)


def archived(biz: str, mid: int, title: str, text: str, *, day: int = 1, fetched: int = 10, chksm: str = "a") -> bytes:
    url = f"https://mp.weixin.qq.com/s?__biz={biz}==&mid={mid}&idx=1&sn=5&chksm={chksm}#rd"
    times = f"date: 2026-03-{day:02}\nfetch_date: 2026-04-{fetched:02}T08:00:00"
    head = f"title: {title}\nurl: {url}\nsource: 样例{biz}\n{times}"
    return f"---\n{head}\n---\n\n# {title}\n\n{text}\n\n预览时标签不可点\n".encode()


def sample(number: int = 40) -> dict[str, bytes]:
    """Invented archived pages: single articles, reposts, changed copies of one article, cut copies and shells."""
    made: dict[str, bytes] = {}
    for one in range(number):
        title = f"{SUBJECTS[one % 8]}管理办法样例说明之{one}"
        text = body(one)
        made[f"{one:03}/a_{one}.md"] = archived(f"MzA{one:03}", 100 + one, title, text, day=2 + one % 9)
        if one % 4 == 0:
            made[f"{one:03}/b_{one}.md"] = archived(
                f"MzB{one:03}", 300 + one, f"转发：{title}", "编者按语。\n\n" + text, day=12
            )
        if one % 5 == 0:
            later = text.replace("应当", "必须") + "\n\n本文有更新，请以最新文本为准，特此说明。"
            made[f"{one:03}/c_{one}.md"] = archived(f"MzA{one:03}", 100 + one, title, later, fetched=20, chksm="b")
        if one % 7 == 0:
            cut = text[: len(text) // 2] + "..."
            made[f"{one:03}/d_{one}.md"] = archived(f"MzD{one:03}", 500 + one, title, cut, day=20)
        if one % 10 == 3:
            made[f"{one:03}/e_{one}.md"] = archived(f"MzE{one:03}", 700 + one, title, "该内容已被发布者删除")
    return made


def write(folder: Path, files: dict[str, bytes]) -> Path:
    for name, data in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    return folder


def state(store: Store) -> dict[str, Any]:
    """What must not depend on the order of arrival: groups, canonical articles, fields, the text that counts."""
    found = {}
    for notice in store.notices(store.notice_ids()):
        members = tuple(sorted(carrier.url.split("&chksm")[0] for carrier in notice.carriers))
        said = (
            notice.url.split("&chksm")[0],
            notice.titles[0],
            notice.body,
            notice.fields,
            notice.published_at,
            notice.official,
        )
        found[str(members)] = said
    return found


class Samples:
    """Invented pages, and stores to take them into: each data folder has a store of its own."""

    now = NOW
    body = staticmethod(body)
    archived = staticmethod(archived)
    files = staticmethod(sample)
    write = staticmethod(write)
    state = staticmethod(state)

    def __init__(self, address: Callable[[Path], str]) -> None:
        self.address = address

    def opened(self, folder: Path, **given: Any) -> tuple[Store, PageFile]:
        return Store.open(self.address(folder), folder, **given), PageFile(folder)


@pytest.fixture(scope="session")
def shared_samples() -> type[Samples]:
    return Samples


@pytest.fixture
def samples(store_address: Callable[[Path], str]) -> Samples:
    return Samples(store_address)


@pytest.fixture
def desk(samples: Samples, tmp_path: Path) -> Any:
    store, pages = samples.opened(tmp_path / "data")
    with store, pages:
        yield store, pages
