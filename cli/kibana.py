"""`policywatch kibana`: what analysts open in Kibana, as a file or straight into one."""

from pathlib import Path
from typing import Annotated

import typer

from cli.desk import settings
from cli.printing import AsJson, as_json, say
from notices.problem import Problem

app = typer.Typer(no_args_is_help=True, help="Data views, saved searches and a dashboard for Kibana.")


@app.command()
def export(
    output: Annotated[
        Path | None, typer.Option(help="The file to write, ending in .ndjson; standard output if none is named.")
    ] = None,
) -> None:
    """Write the saved objects as NDJSON, to be imported under Stack Management, Saved Objects.

    Example: policywatch kibana export --output policywatch.ndjson
    """
    text = _objects()
    if output is None:
        typer.echo(text, nl=False)
        return
    if output.suffix != ".ndjson":
        raise typer.BadParameter("Kibana takes only files whose name ends in .ndjson")
    try:
        output.write_text(text, encoding="utf-8")
    except OSError as error:
        raise Problem(f"{output} cannot be written ({error.strerror}): name another file") from None


@app.command(name="import")
def post(
    url: Annotated[str, typer.Option(help="Kibana's address, such as https://kibana.example:5601.")],
    json: AsJson = False,
) -> None:
    """Post the saved objects to a Kibana, in place of those of an earlier import.

    The API key comes from POLICYWATCH_KIBANA_API_KEY.

    Example: policywatch kibana import --url https://kibana.example:5601
    """
    from search.kibana.send import send

    at = settings()
    done = send(_objects(), url, at.kibana_api_key.get_secret_value(), authority=at.elasticsearch_ca)
    if json:
        as_json(done)
    else:
        say(f"{done.objects} objects imported: open the dashboard 政策观察")


def _objects() -> str:
    from search.elastic.connection import Names
    from search.kibana.description import description
    from search.kibana.objects import ndjson

    names = Names(settings().elasticsearch_index)
    return ndjson(description(), {"notices": names.read, "sources": names.sources})
