"""`policywatch elasticsearch`: what the product needs of the server, and a second try for what was refused."""

import typer

from cli.desk import desk, settings
from cli.printing import AsJson, as_json, say

app = typer.Typer(no_args_is_help=True, help="Rights on Elasticsearch, and documents that it refused.")


@app.command()
def role(json: AsJson = False) -> None:
    """Print the request for the API key that the product needs: its own indices and no more.

    Example: policywatch elasticsearch role
    """
    import json as plain

    from search.elastic.connection import Names
    from search.elastic.role import key_request

    request = key_request(Names(settings().elasticsearch_index))
    if json:
        as_json(request)
        return
    say("POST /_security/api_key")
    say(plain.dumps(request, indent=2))


@app.command()
def retry(json: AsJson = False) -> None:
    """Send the notices again that Elasticsearch refused; `policywatch doctor` shows why it did.

    Example: policywatch elasticsearch retry
    """
    from search.elastic.connection import connected
    from search.elastic.projector import retry as run

    with desk() as at, connected(at.settings) as elastic:
        tried, refused = run(at.store, elastic)
    if json:
        as_json({"tried": tried, "refused": refused})
    else:
        say(f"{tried} tried again, {refused} refused")
    if refused:
        raise typer.Exit(1)
