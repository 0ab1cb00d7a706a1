"""docs/webhook.schema.json: every message that a webhook gets keeps to it."""

import json
import re
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from alerts.channels.webhook import payload
from alerts.dispatcher import dispatch
from alerts.matcher import match
from alerts.sample import Asked, sample
from alerts.subscriptions import Wanted, make

DOCS = Path(__file__).parent.parent.parent / "docs"
SCHEMA = json.loads((DOCS / "webhook.schema.json").read_text(encoding="utf-8"))
HOSTILE = '办法\r\n\x00\u202e<a href="javascript:1">[x](http://evil.example)'


@pytest.fixture
def valid() -> Draft202012Validator:
    Draft202012Validator.check_schema(SCHEMA)
    return Draft202012Validator(SCHEMA)


def test_what_is_sent_keeps_to_the_schema(world: Any, reader: Any, hook: Any, valid: Draft202012Validator) -> None:
    make(world.store, reader, Wanted("a", "is:open", (hook.url,)), set(), world.now)
    notice = world.notice(HOSTILE, copies=3)
    world.notices(f"办法{number}" for number in range(20))
    match(world.store, world.now)
    dispatch(world.store, hook.channels, world.now)
    world.deadline(notice, date(2027, 2, 1))
    match(world.store, world.now)
    dispatch(world.store, hook.channels, world.later(minutes=1))
    assert len(hook.messages) == 2
    for message in hook.messages:
        valid.validate(message)
    valid.validate(json.loads(payload(sample(Asked("a", "b", "en"), world.now), world.now)))


def test_the_schema_refuses_what_is_not_promised(world: Any, valid: Draft202012Validator) -> None:
    good = json.loads(payload(sample(Asked("a", "b", "en"), world.now), world.now))
    for path, value in {
        ("version",): 2,
        ("key",): "abc",
        ("items",): [],
        ("items", 0, "title"): "two\nlines",
        ("items", 0, "url"): "javascript:alert(1)",
        ("items", 0, "notice_type"): "pigeon",
    }.items():
        bad = json.loads(json.dumps(good))
        inner = bad
        for step in path[:-1]:
            inner = inner[step]
        inner[path[-1]] = value
        assert list(valid.iter_errors(bad)), path


def test_the_page_for_receivers_names_every_field_and_its_example_is_valid(valid: Draft202012Validator) -> None:
    page = (DOCS / "webhook.md").read_text(encoding="utf-8")
    example = re.search(r"```json\n(.+?)```", page, re.S)
    assert example
    value = json.loads(example[1].replace("5b0c…e1", "5b0c" * 8))
    valid.validate(value)
    assert set(value) == set(SCHEMA["properties"])
    assert set(value["items"][0]) == set(SCHEMA["$defs"]["item"]["properties"])
