"""Prints the speed and size figures, each a ratio of things measured in the same run on the same machine.

    python docs/figures/bench.py ../shared/data

Needs the `[dev]` extra: the plain assembly that `ingest` is compared with uses jieba and datasketch.
"""

import argparse
import gzip
import json
import os
import shutil
import statistics
import subprocess
import sys
import tarfile
import tempfile
import threading
import time
from collections.abc import Iterator
from hashlib import blake2b
from pathlib import Path

HERE = Path(__file__).parent
ROOT = HERE.parent.parent
sys.path[:0] = [str(ROOT), str(HERE)]

import bench_alerts  # noqa: E402
import bench_pages  # noqa: E402
import bench_projector  # noqa: E402
import bench_schedule  # noqa: E402
from bench_elastic import elastic_figures  # noqa: E402
from bench_match import match_figures, turn_figures  # noqa: E402

PAGE = os.sysconf("SC_PAGE_SIZE")


def group_memory(group: int) -> int:
    """Resident bytes of every process in a process group; pages that processes share count once for each."""
    total = 0
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            if int(stat.read_text().rpartition(")")[2].split()[2]) == group:
                total += int((stat.parent / "statm").read_text().split()[1]) * PAGE
        except (FileNotFoundError, ProcessLookupError):
            continue  # it ended between the listing and the reading
    return total


def timed(call: list[str], data: Path) -> tuple[float, int, str]:
    """Seconds, peak bytes of the whole process group and standard output of a command."""
    environment = {**os.environ, "POLICYWATCH_DATA": str(data)}
    start = time.perf_counter()
    child = subprocess.Popen(call, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True, start_new_session=True)
    peak, ended = 0, threading.Event()

    def watch() -> None:
        nonlocal peak
        while not ended.wait(0.05):
            peak = max(peak, group_memory(child.pid))

    watcher = threading.Thread(target=watch)
    watcher.start()
    printed, _ = child.communicate()
    ended.set()
    watcher.join()
    if child.returncode:
        sys.exit(f"{' '.join(call[:5])} ended with {child.returncode}")
    return time.perf_counter() - start, peak, printed


def ingest(data: Path, *paths: Path) -> tuple[float, int, str]:
    """An `ingest` of the paths from the shell, files to searchable."""
    return timed([sys.executable, "-m", "policywatch", "ingest", *map(str, paths), "--json"], data)


def ingest_figures(labels: Path, folder: Path) -> None:
    """The archive's ingest against the plain assembly, and a second one against the first."""
    first, peak, printed = ingest(folder / "store", folder / "files")
    print("ingest", printed.strip(), flush=True)
    again, _, printed = ingest(folder / "store", folder / "files")
    print("ingest again", printed.strip(), flush=True)
    plain = timed([sys.executable, str(labels / "plain.py"), str(folder / "files")], folder)[0]
    print(f"ingest_speed {plain / first:.1f} times the plain assembly ({first:.1f} s against {plain:.1f} s)")
    print(f"ingest_memory {peak / 1e6:.0f} MB at the most, all processes together")
    print(f"ingest_again {first / again:.1f} times faster ({again:.2f} s)", flush=True)


def flatness(folder: Path) -> None:
    """The last tenth of the archive against the first, in an order that mixes all years."""
    tenths = [folder / f"tenth{number}" for number in range(10)]
    for path in (folder / "files").rglob("*.md"):
        name = str(path.relative_to(folder / "files"))
        digest = blake2b(name.encode(), digest_size=8).hexdigest()
        target = tenths[int(digest, 16) % 10] / name
        target.parent.mkdir(parents=True, exist_ok=True)
        os.link(path, target)
    rates = []
    for tenth in tenths:
        seconds, _, printed = ingest(folder / "flat", tenth)
        rates.append(seconds / json.loads(printed)["pages"])
    shown = " ".join(f"{rate * 1000:.2f}" for rate in rates)
    print(
        f"ingest_flat {rates[-1] / rates[0]:.2f} last tenth to first (ms a page, start of the process in it: {shown})",
        flush=True,
    )


def search_figures(labels: Path, folder: Path) -> None:
    """Search inside the process and from the shell, over the ingested archive."""
    from cli.desk import now
    from search.find import find
    from search.index import Index

    queries = [
        json.loads(line)["query"] for line in (labels / "queries.jsonl").read_text(encoding="utf-8").splitlines()
    ]
    titles = sorted(path.stem.split("_", 1)[-1] for path in (folder / "files").rglob("*.md"))[::80]
    took = []
    with Index(folder / "store") as index:
        for text in [*queries, *queries, *queries, *titles]:
            start = time.perf_counter()
            find(index, text.replace('"', " "), now=now(), limit=10)
            took.append((time.perf_counter() - start) * 1000)
    cuts = statistics.quantiles(took, n=20)
    print(f"search_p95 {cuts[18]:.1f} ms, median {statistics.median(took):.1f} ms ({len(took)} searches)")
    shell = [
        timed([sys.executable, "-m", "policywatch", "search", "--json", "--", text], folder / "store")[0]
        for text in queries[:9]
    ]
    print(f"search_shell {statistics.median(shell):.2f} s median of {len(shell)}, worst {max(shell):.2f} s", flush=True)


def wechat_pages(shared: Path) -> Iterator[bytes]:
    """The saved raw pages of WeChat."""
    for path in sorted((shared / "pages" / "wechat").rglob("*.html")):
        yield path.read_bytes()


def page_figures(shared: Path, folder: Path) -> None:
    """Bytes a stored WeChat page takes against gzip of each page alone."""
    from notices.pagefile import PageFile

    bodies = [body for body in wechat_pages(shared) if b"mp.weixin" in body or b"weui" in body]
    with PageFile(folder / "pages") as pages:
        hashes = [pages.put(body, kind="wechat") for body in bodies]
        assert all(pages.get(key) == body for key, body in zip(hashes, bodies, strict=True))
    stored = sum(path.stat().st_size for path in (folder / "pages").rglob("*") if path.is_file())
    alone = sum(len(gzip.compress(body, 6)) for body in bodies)
    count = len(set(bodies))
    print(
        f"page_bytes {stored / count / 1000:.1f} kB a page against {alone / count / 1000:.1f} kB with gzip: "
        f"{alone / stored:.1f} times smaller ({count} pages)"
    )


def main() -> None:
    """Unpacks the archive to a scratch folder and prints every figure."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("labels", type=Path)
    labels = parser.parse_args().labels.resolve()
    folder = Path(tempfile.mkdtemp(prefix="policywatch-bench-"))
    try:
        with tarfile.open(labels / "archive.tar.xz") as archive:
            archive.extractall(folder / "files", filter="data")
        ingest_figures(labels, folder)
        flatness(folder)
        search_figures(labels, folder)
        bench_projector.show(folder / "store")
        page_figures(labels.parent, folder)
        bench_pages.page_figures(labels.parent, folder)
        bench_pages.shape_figures()
        match_figures(folder / "store")
        turn_figures(folder / "store")
        elastic_figures(labels, folder / "store")
        bench_schedule.schedule_figures()
        bench_alerts.alert_figures()
    finally:
        shutil.rmtree(folder)


if __name__ == "__main__":
    main()
