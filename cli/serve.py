"""`policywatch serve`: what others read over HTTP."""

import socket
from typing import Annotated

import typer

from cli.desk import desk, now
from cli.printing import note


def serve(
    feeds: Annotated[bool, typer.Option("--feeds", help="Serve the feeds and calendars of subscriptions.")] = False,
    host: Annotated[
        str, typer.Option(help="Where to listen; anything but loopback wants TLS before it.")
    ] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=65535, help="The port; 0: any that is free.")] = 8765,
) -> None:
    """Serve feeds and calendars until stopped; `policywatch alerts list` prints their addresses.

    Example: policywatch serve --feeds
    """
    from notices.problem import Problem

    if not feeds:
        problem = Problem("say what to serve: policywatch serve --feeds")
        problem.status = 2
        raise problem
    with desk() as at:
        import uvicorn

        from alerts.feeds.files import refresh
        from alerts.feeds.serve import application

        refresh(at.store, at.settings.data, at.settings.feeds_url, now())
        try:
            listening = socket.create_server((host, port))
        except OSError as error:
            raise Problem(f"cannot listen on {host}:{port} ({error.strerror}): choose another --port") from None
        with listening:
            # No log of requests: an address holds a secret.
            served = application(at.store, at.settings.data)
            config = uvicorn.Config(served, lifespan="off", access_log=False, log_config=None, server_header=False)
            note(f"feeds on http://{host}:{listening.getsockname()[1]}/; stop with SIGTERM or Ctrl-C")
            uvicorn.Server(config).run(sockets=[listening])
