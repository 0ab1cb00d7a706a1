"""`policywatch extract`: what the field stage reads in texts from standard input."""

import sys
from collections.abc import Mapping
from dataclasses import fields
from datetime import datetime
from typing import Any

from cli.desk import SHANGHAI, settings
from cli.printing import as_json


def extract() -> None:
    """Read JSON lines {"id", "title", "text", "published_at"} from standard input, print the fields of each.

    Example: echo '{"id": 1, "text": "请于9月30日前反馈", "published_at": "2026-09-01"}' | policywatch extract
    """
    import typer

    settings()
    failed = False
    for number, line in enumerate(sys.stdin.buffer, 1):
        if line.strip():
            shown = _line(line, number)
            failed = failed or "error" in shown
            as_json(shown)
    if failed:
        raise typer.Exit(1)


def _line(line: bytes, number: int) -> dict[str, Any]:
    import orjson

    try:
        given = orjson.loads(line)
    except orjson.JSONDecodeError as error:
        return {"id": None, "error": f"line {number} is not JSON: {error}"}
    if not isinstance(given, dict):
        return {"id": None, "error": f"line {number} is not a JSON object"}
    return {"id": given.get("id"), **_fields(given)}


def _fields(given: Mapping[str, Any]) -> dict[str, Any]:
    from notices.article import Article
    from pipelines.clean import clean
    from pipelines.fields import read_fields

    try:
        published = datetime.fromisoformat(str(given.get("published_at") or ""))
    except ValueError:
        published = None
    if published is not None and published.tzinfo is None:
        published = published.replace(tzinfo=SHANGHAI)
    title, text = str(given.get("title") or ""), str(given.get("text") or "")
    found = read_fields(clean(Article(url="", title=title, body=text, published_at=published)))
    return {field.name: getattr(found, field.name) for field in fields(found)}
