"""`policywatch demo`: the sample site, crawled, indexed, alerted."""

import json as jsonlib
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from shlex import quote
from threading import Thread
from typing import TYPE_CHECKING, Annotated, Any

import typer

from cli.desk import desk, engine, now
from cli.printing import AsJson, as_json, counts, note, say

if TYPE_CHECKING:
    from scheduler.round import RoundReport
    from search.answer import Result

MARK = ".policywatch-demo"  # only a folder that holds it is ever emptied
QUERY = "type:consultation is:open"
CHANNELS = "- {{name: demo, kind: webhook, url: '{url}', private: true}}\n"  # loopback is a private network


def demo(
    folder: Annotated[Path, typer.Option(help="Where the demo's store is made anew.")] = Path("policywatch-demo"),
    json: AsJson = False,
) -> None:
    """Crawl a small sample site on this machine, index it, alert, and show what was found.

    Example: policywatch demo
    """
    import os

    from scheduler.demo_site import serve, sources

    _fresh(folder)
    os.environ["POLICYWATCH_DATA"] = str(folder)
    for name in ("POLICYWATCH_CONFIG", "POLICYWATCH_DATABASE_URL", "POLICYWATCH_ELASTICSEARCH_URL"):
        os.environ.pop(name, None)
    with serve() as base, _receiver() as (hook, received):
        (folder / "config").mkdir(parents=True)
        (folder / "config" / "sources.yaml").write_text(sources(base), encoding="utf-8")
        (folder / "config" / "channels.yaml").write_text(CHANNELS.format(url=hook), encoding="utf-8")
        if not json:
            note("crawling the sample site ...")
        report = _round()
    with engine() as at:
        everything = at.find("", now=now(), limit=100, sort="published")
        still_open = at.find(QUERY, now=now(), limit=100, sort="deadline")
    if json:
        as_json({"round": report, "notices": everything.hits, "open": still_open.hits, "alerts": received})
    else:
        _show(report, everything, still_open, received, folder)
    if any(source.error for source in report.sources) or not received:
        raise typer.Exit(1)


def _fresh(folder: Path) -> None:
    from notices.problem import Problem

    if folder.exists() and not (folder / MARK).exists():
        raise Problem(f"{folder} is there and is no demo's folder: name another one with --folder")
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    (folder / MARK).touch()


def _round() -> "RoundReport":
    from alerts.subscriptions import add
    from scheduler.round import run_once

    with desk() as at:
        add(at.store, at.settings.data, "open-consultations", QUERY, channels=["demo"], now=now())
        return run_once(at.settings, at.store, at.pages, now=now())


@contextmanager
def _receiver() -> Iterator[tuple[str, list[dict[str, Any]]]]:
    """A webhook on loopback and the list of what it received."""
    received: list[dict[str, Any]] = []

    class Hook(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            received.append(jsonlib.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            self.send_response(204)
            self.end_headers()

        def log_message(self, format: str, *args: Any) -> None:
            """Says nothing: the demo prints what arrived."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Hook)
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}/hook", received
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def _show(
    report: "RoundReport", everything: "Result", still_open: "Result", received: list[dict[str, Any]], folder: Path
) -> None:
    say("What was crawled")
    for source in report.sources:
        say(
            f"  {source.name}: {source.pages} pages ({counts(source.outcomes)})"
            + (f"  {source.error}" if source.error else "")
        )
    say()
    say(f"What was found: {everything.total} notices, each once, with the copies folded into it")
    for hit in everything.hits:
        say(f"  {hit.notice_id:>3}  {hit.title}")
        accounts = "、".join(dict.fromkeys(carrier["account"] for carrier in hit.carriers if carrier["account"]))
        say(f"       {hit.notice_type}, {_many(len(hit.carriers), 'copy', 'copies')}: {accounts}")
    say()
    say(f"Open for comment: {still_open.total}, the next deadline first")
    for hit in still_open.hits:
        say(f"  until {hit.comment_end or 'not said  '}  {hit.title}")
    say()
    told = _many(len(received), "message", "messages")
    say(f"Alerts: {told} reached a webhook; deliveries: {counts(report.deliveries)}")
    say()
    say("Try next, with this store:")
    say(f"  export POLICYWATCH_DATA={folder}")
    name = _called()
    say(f"  {name} search '征求意见 is:open' --sort deadline")
    say(f"  {name} show {still_open.hits[0].notice_id if still_open.hits else 1}")
    say(f"  {name} doctor")


def _called() -> str:
    """How this command is called from here: a new environment is on nobody's PATH."""
    path = Path(sys.argv[0])
    if path.suffix == ".py":
        return f"{quote(sys.executable)} -m policywatch"
    found = shutil.which(path.name)
    return path.name if found and Path(found).samefile(path) else quote(str(path))


def _many(number: int, one: str, more: str) -> str:
    return f"{number} {one if number == 1 else more}"
