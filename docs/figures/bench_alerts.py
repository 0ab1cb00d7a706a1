"""The figures of delivery: how many a second, and how long from an event to an accepted webhook.

    python docs/figures/bench_alerts.py

A receiver in a process of its own, so that the two share the cores as a real one's machine would not even do.
"""

import multiprocessing
import os
import random
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from multiprocessing.connection import Connection
from pathlib import Path

HERE = Path(__file__).parent
ROOT = HERE.parent.parent
sys.path.insert(0, str(ROOT))

SUBSCRIPTIONS = 100
ROUNDS = 40  # notices whose deliveries are sent one after the other: 4,000 messages
EVENTS = 40  # live notices whose way to the webhook is timed


def receive(told: Connection) -> None:
    """A webhook that only counts: answers every POST with 204 and, when asked, the time and subscription of each."""
    import asyncio

    came: list[tuple[float, bytes]] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while True:
                head = await reader.readuntil(b"\r\n\r\n")
                size = int(head.lower().split(b"content-length:")[1].split(b"\r\n")[0])
                body = await reader.readexactly(size)
                writer.write(b"HTTP/1.1 204 No Content\r\n\r\n")
                await writer.drain()
                came.append((time.time(), body))
        except (asyncio.IncompleteReadError, ConnectionError, asyncio.CancelledError):
            writer.close()

    async def main() -> None:
        server = await asyncio.start_server(serve, "127.0.0.1", 0)
        told.send(server.sockets[0].getsockname()[1])
        while True:
            await asyncio.sleep(0.02)
            if told.poll():
                if told.recv() == "end":
                    return
                told.send(list(came))
                came.clear()

    asyncio.run(main())


@contextmanager
def receiver() -> Iterator[tuple[str, Connection]]:
    """A running receiver: its address, and the line over which it says what came."""
    ours, theirs = multiprocessing.Pipe()
    process = multiprocessing.get_context("spawn").Process(target=receive, args=(theirs,))
    process.start()
    try:
        yield f"http://127.0.0.1:{ours.recv()}/hook", ours
    finally:
        ours.send("end")
        process.join()


def page(number: int) -> bytes:
    """An invented consultation, as archives hold them."""
    at = datetime.now().astimezone()
    day = (at + timedelta(days=30)).date()
    url = f"https://mp.weixin.qq.com/s?__biz=MzA{number:05}==&mid={number}&idx=1&sn=5&chksm=a#rd"
    chance = random.Random(number)
    parts = ["".join(chr(0x4E00 + chance.randrange(3_000)) for _ in range(60)) for _ in range(12)]
    title = f"关于公开征求《样例{number}号{parts[0][:6]}管理办法（征求意见稿）》意见的通知"
    text = "\n\n".join(f"第{part}条 {said}。" for part, said in enumerate(parts, 1))
    end = f"请于{day.year}年{day.month}月{day.day}日前将意见反馈至样例部门。"
    dates = f"date: {at:%Y-%m-%d}\nfetch_date: {at:%Y-%m-%dT%H:%M:%S}"
    head = f"title: {title}\nurl: {url}\nsource: 样例{number}\n{dates}"
    return f"---\n{head}\n---\n\n# {title}\n\n{end}\n\n{text}\n".encode()


def prepare(data: Path, url: str) -> None:
    """A store with subscriptions that all match what is to come."""
    from alerts import subscriptions
    from cli.desk import now
    from config.settings import Settings
    from notices.store import Store

    (data / "config").mkdir(parents=True)
    text = f"- {{name: hook, kind: webhook, url: '{url}', private: true}}\n"
    (data / "config" / "channels.yaml").write_text(text, encoding="utf-8")
    (data / "config" / "sources.yaml").write_text("[]\n", encoding="utf-8")
    settings = Settings(data=data, config=data / "config")
    from config import operator

    operator.use(settings.config)
    os.environ["POLICYWATCH_DATA"] = str(data)
    with Store.open(settings.store_url, data) as store:
        for number in range(SUBSCRIPTIONS):
            query = f"type:consultation is:open 管理办法 -排除{number}"
            subscriptions.add(store, data, f"s{number}", query, channels=["hook"], now=now())


def bring(data: Path, number: int) -> float:
    """Takes a page in as live; returns the time at which its event was in the store."""
    from cli.desk import now
    from config.settings import Settings
    from notices.kinds import Mode
    from notices.pagefile import PageFile
    from notices.store import Store
    from scheduler.ingest import ingest

    folder = data / "in" / str(number)
    folder.mkdir(parents=True)
    (folder / "page.md").write_bytes(page(number))
    settings = Settings(data=data, config=data / "config")
    with Store.open(settings.store_url, data) as store, PageFile(data) as pages:
        ingest(store, pages, [folder], mode=Mode.LIVE, workers=1, now=now())
    return time.time()


def throughput(data: Path, line: Connection) -> None:
    """Deliveries a second, one message each, to one webhook."""
    from alerts.dispatcher import dispatch
    from cli.desk import now
    from config.channels import load_channels
    from config.settings import Settings
    from notices.store import Store
    from scheduler.round import catch_up

    settings = Settings(data=data, config=data / "config")
    took, sent, used = 0.0, 0, 0.0
    with Store.open(settings.store_url, data) as store:
        for number in range(ROUNDS):
            bring(data, number)
            catch_up(settings, store, now())
            start, work = time.perf_counter(), time.process_time()
            sent += dispatch(store, load_channels(), now()).states["sent"]
            took += time.perf_counter() - start
            used += time.process_time() - work
    line.send("ask")
    came = len(line.recv())
    cpu = f"{used / sent * 1e3:.2f} ms of CPU each"
    print(f"deliveries {sent / took:.0f} a second ({sent} sent, {came} came, {took:.1f} s, {cpu})", flush=True)


def latency(data: Path, line: Connection) -> None:
    """Seconds from an event in the store to the webhook, with the service running."""
    import orjson

    with subprocess.Popen([sys.executable, "-m", "policywatch", "run"], cwd=ROOT, env={**os.environ}) as service:
        try:
            while not (data / "schedule.lock.pid").exists():
                time.sleep(0.05)
            waits: list[float] = []
            for number in range(ROUNDS, ROUNDS + EVENTS):
                committed = bring(data, number)
                came: list[tuple[float, bytes]] = []
                while len(came) < SUBSCRIPTIONS and time.time() < committed + 60:
                    time.sleep(0.1)
                    line.send("ask")
                    came += line.recv()
                waits += [max(at - committed, 0.0) for at, body in came if f"样例{number}号" in str(orjson.loads(body))]
        finally:
            service.send_signal(signal.SIGTERM)
    cuts = statistics.quantiles(waits, n=20)
    print(
        f"event_to_webhook_p95 {cuts[18]:.2f} s, median {statistics.median(waits):.2f} s, worst {max(waits):.2f} s "
        f"({len(waits)} messages of {EVENTS} events, {SUBSCRIPTIONS} subscriptions)",
        flush=True,
    )


def alert_figures() -> None:
    """Prints the figures of delivery."""
    data = Path(tempfile.mkdtemp(prefix="policywatch-bench-"))
    try:
        with receiver() as (url, line):
            prepare(data, url)
            throughput(data, line)
            latency(data, line)
    finally:
        shutil.rmtree(data)


if __name__ == "__main__":
    alert_figures()
