"""Ingest: every kind of input, every kind of bad input, and nothing done twice."""

import io
import multiprocessing
import os
import random
import tarfile
from pathlib import Path
from typing import Any

import pytest

from config.settings import Settings
from notices.problem import Problem
from scheduler.indexing import Indexing
from scheduler.ingest import ingest
from search.projector import behind


def pack(path: Path, files: dict[str, bytes], mode: str = "w:gz") -> Path:
    with tarfile.open(path, mode) as tar:  # type: ignore[call-overload]
        for name, data in files.items():
            entry = tarfile.TarInfo(name)
            entry.size = len(data)
            tar.addfile(entry, io.BytesIO(data))
    return path


@pytest.mark.both_databases
def test_folder_and_archives_give_the_same_and_a_second_time_nothing(desk: Any, samples: Any, tmp_path: Path) -> None:
    store, pages = desk
    files = samples.files()
    folder = samples.write(tmp_path / "in", files)
    report = ingest(store, pages, [folder], now=samples.now)
    assert report.pages == len(files) == sum(report.outcomes.values())
    assert report.failed == 0 and report.outcomes["deleted"] == 4
    assert report.articles == len(files) - 4 - 8  # shells, and changed copies of an article
    before, last = samples.state(store), store.last_event()
    for name, mode in (("a.tar", "w"), ("a.tar.gz", "w:gz"), ("a.tar.xz", "w:xz")):
        again = ingest(store, pages, [pack(tmp_path / name, files, mode), folder], now=samples.now)
        assert again.outcomes == {"unchanged": 2 * len(files)}
    assert samples.state(store) == before and store.last_event() == last


def test_what_lies_in_a_tar_keeps_its_path_there(desk: Any, samples: Any, tmp_path: Path) -> None:
    store, pages = desk
    tar = pack(tmp_path / "a.tar.xz", {f"./archive/{name}": data for name, data in samples.files(8).items()}, "w:xz")
    ingest(store, pages, [tar], now=samples.now)
    assert all(
        carrier.path.startswith("archive/00") for one in store.notices(store.notice_ids()) for carrier in one.carriers
    )


def test_a_run_of_one_batch_is_indexed_at_its_end_and_a_longer_one_beside_it(
    desk: Any, samples: Any, tmp_path: Path
) -> None:
    store, pages = desk
    for number in (1, 2):
        files = {f"{number}/{name}": data for name, data in list(samples.files(9).items())[number::2]}
        ingest(store, pages, [samples.write(tmp_path / str(number), files)], workers=1, now=samples.now)
        with Indexing(store, Settings(data=store.folder)) as indexing:
            for _ in range(number):
                indexing.poke()
            assert len(multiprocessing.active_children()) == number - 1
        assert not behind(store, store.folder) and not multiprocessing.active_children()


@pytest.mark.both_databases
@pytest.mark.parametrize("seed", [1])
def test_the_order_of_arrival_decides_nothing(samples: Any, tmp_path: Path, seed: int, monkeypatch: Any) -> None:
    files = samples.files(24)
    states = []
    for run in range(3):
        names = sorted(files)
        random.Random(seed * 10 + run).shuffle(names)
        monkeypatch.setattr("scheduler.ingest.BATCH", [5, 17, 400][run])
        store, pages = samples.opened(tmp_path / f"data{run}")
        with store, pages:
            tar = pack(tmp_path / f"{run}.tar", {name: files[name] for name in names}, "w")
            ingest(store, pages, [tar], now=samples.now)
            states.append(samples.state(store))
    assert states[0] == states[1] == states[2]
    assert any(len(key.split(",")) > 1 for key in states[0])


def test_a_truncated_archive_gives_what_can_be_read_and_one_error(desk: Any, samples: Any, tmp_path: Path) -> None:
    store, pages = desk
    files = {name: data + random.Random(name).randbytes(3000) for name, data in samples.files().items()}
    for name, mode in (("a.tar", "w"), ("b.tar.gz", "w:gz"), ("c.tar.xz", "w:xz")):
        whole = pack(tmp_path / name, files, mode).read_bytes()
        (tmp_path / name).write_bytes(whole[: len(whole) * 2 // 3])
        report = ingest(store, pages, [tmp_path / name], now=samples.now)
        assert report.outcomes["unreadable"] == 1 and report.failed == 1, name
        assert 10 < report.pages < len(files) and report.pages == sum(report.outcomes.values())
    (tmp_path / "d.tar").write_bytes(b"no archive at all" * 100)
    assert ingest(store, pages, [tmp_path / "d.tar"], now=samples.now).outcomes == {"unreadable": 1}


def test_members_that_leave_the_archive_or_link_are_refused(desk: Any, samples: Any, tmp_path: Path) -> None:
    store, pages = desk
    good = samples.files(2)
    tar = pack(tmp_path / "a.tar", {"../x.md": b"x", "/etc/y.md": b"y", "a/../../z.md": b"z", **good}, "w")
    with tarfile.open(tar, "a") as more:
        for kind in (tarfile.SYMTYPE, tarfile.LNKTYPE):
            link = tarfile.TarInfo(f"link{kind!r}.md")
            link.type, link.linkname = kind, "/etc/passwd"
            more.addfile(link)
    report = ingest(store, pages, [tar], now=samples.now)
    assert report.outcomes["refused"] == 5 and report.pages == 5 + len(good)
    folder = samples.write(tmp_path / "in", {"deep/a.md": good["000/a_0.md"]})
    (folder / "b.md").symlink_to("deep/a.md")
    assert ingest(store, pages, [folder], now=samples.now).outcomes["refused"] == 1


@pytest.mark.both_databases
def test_bad_pages_are_counted_and_touch_nothing_else(desk: Any, samples: Any, tmp_path: Path) -> None:
    store, pages = desk
    bad = {
        "huge.md": b"---\ntitle: a\nurl: https://a.example/1\n---\n" + b"x" * 50_000_000,
        "empty.md": b"",
        "bare.md": "没有前言的正文".encode(),
        "nourl.md": "---\ntitle: 无地址\n---\n\n正文".encode(),
        "latin.md": samples.archived("MzX1", 1, "编码样例", samples.body(901)).decode().encode("gb18030"),
        "broken.md": samples.archived("MzX2", 2, "坏字节样例", samples.body(902)) + b"\xff\xfe\xfa",
        "fence.md": samples.archived("MzX3", 3, "甲 --- 乙：样例", samples.body(903)),
        "date.md": samples.archived("MzX4", 4, "日期样例", samples.body(904)).replace(b"2026-04-10", b"2023-13-45"),
        "when.md": samples.archived("MzX8", 8, "日子样例", samples.body(907)).replace(b"2026-03-01", b"2023-13-45"),
        "long.md": samples.archived("MzX5", 5, "长行样例", "长" * 1_000_000),
        "nul.md": samples.archived("MzX6", 6, "空字符\x00样例", samples.body(905) + "\x00\x01"),
        "surrogate.md": samples.archived("MzX7", 7, "代理样例", samples.body(906)) + b"\xed\xa0\x80",
    }
    good = samples.files(4)
    folder = samples.write(tmp_path / "in", {**bad, **good})
    report = ingest(store, pages, [folder], now=samples.now)
    assert report.pages == len(bad) + len(good) == sum(report.outcomes.values())
    assert report.outcomes["too_large"] == 1 and report.outcomes["failed"] == 0
    assert report.articles >= 8 + 4
    titles = {title for one in store.notices(store.notice_ids()) for title in one.titles}
    assert {"编码样例", "坏字节样例", "甲 --- 乙：样例", "日期样例", "日子样例", "长行样例"} <= titles


def test_a_path_that_cannot_be_taken_says_what_could(desk: Any, samples: Any, tmp_path: Path) -> None:
    store, pages = desk
    (tmp_path / "a.docx").write_bytes(b"x")
    for path in (tmp_path / "missing", tmp_path / "a.docx"):
        with pytest.raises(Problem, match=r"\.tar\.xz|\.md"):
            ingest(store, pages, [path], now=samples.now)


def test_a_folder_that_cannot_be_read_is_an_error_not_silence(
    desk: Any, samples: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store, pages = desk
    good = samples.files(2)
    folder = samples.write(tmp_path / "in", {**good, "closed/x.md": b"x"})
    scan = os.scandir

    def scandir(path: Any) -> Any:
        if str(path).endswith("closed"):
            raise PermissionError(13, "Permission denied", str(path))
        return scan(path)

    monkeypatch.setattr(os, "scandir", scandir)
    named = os.fsencode(folder) + b"/\xff\xfe.md"
    Path(os.fsdecode(named)).write_bytes(good["000/a_0.md"])
    report = ingest(store, pages, [folder], now=samples.now)
    assert report.outcomes["unreadable"] == 1 and report.failed == 1
    assert report.pages == len(good) + 2
