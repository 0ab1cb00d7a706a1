"""The command line: names every command and turns problems into one line and an exit status."""

import os
import signal
import sys
from collections.abc import Callable
from types import FrameType

import typer

from cli import (
    alerts,
    backup,
    crawl,
    demo,
    doctor,
    elasticsearch,
    export,
    extract,
    fix,
    forget,
    ingest,
    init,
    kibana,
    parse,
    reindex,
    reprocess,
    restore,
    run,
    search,
    serve,
    settings,
    show,
    sources,
)
from config.settings import SettingsError
from notices.problem import Problem

COMMANDS: tuple[Callable[..., None], ...] = (
    demo.demo,
    init.init,
    settings.settings,
    ingest.ingest,
    parse.parse,
    extract.extract,
    export.export,
    search.search,
    show.show,
    crawl.crawl,
    run.run,
    serve.serve,
    reprocess.reprocess,
    reindex.reindex,
    backup.backup,
    restore.restore,
    fix.fix,
    forget.forget,
    doctor.doctor,
)

STOPPED = 130  # what typer leaves with after Ctrl-C; SIGTERM is made the same

app = typer.Typer(
    help="Watches Chinese technology regulators: every consultation once, with its original and its deadline.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
)
for command in COMMANDS:
    app.command()(command)
app.add_typer(alerts.app, name="alerts")
app.add_typer(sources.app, name="sources")
app.add_typer(elasticsearch.app, name="elasticsearch")
app.add_typer(kibana.app, name="kibana")


def main() -> None:
    """Runs the command line and exits: 0 done, 1 failed in whole or part, 2 wrong usage or settings."""
    signal.signal(signal.SIGTERM, _stop)
    try:
        app(prog_name="policywatch")
    except SettingsError as error:
        _leave(error, 2)
    except Problem as error:
        _leave(error, error.status)
    except SystemExit as leaving:
        if leaving.code == STOPPED:
            _leave("stopped; the next start goes on from here", STOPPED)
        raise
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # the interpreter flushes once more at exit
        sys.exit(1)


def _stop(number: int, frame: FrameType | None) -> None:
    raise KeyboardInterrupt


def _leave(message: object, status: int) -> None:
    print(f"policywatch: {message}", file=sys.stderr)  # noqa: T201
    sys.exit(status)
