"""The figures of the replay: what they count as wrong."""

import importlib.util
from datetime import date, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from notices.schema import SHANGHAI

FILE = Path(__file__).parent.parent.parent / "docs" / "figures" / "eval_alerts.py"


@pytest.fixture(scope="module")
def figures() -> Any:
    spec = importlib.util.spec_from_file_location("eval_alerts", FILE)
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_a_labelled_consultation_that_was_not_stored_or_not_told_is_a_wrong_one(figures: Any, capsys: Any) -> None:
    day = date(2026, 11, 2)
    carrier = SimpleNamespace(published_at=datetime(2026, 11, 2, 9, tzinfo=SHANGHAI))
    held: Any = {1: SimpleNamespace(notice_id=1, carriers=(carrier,), titles=("办法",))}
    label = {"notice_type": "consultation"}
    told = [figures.Alert(1, 1, day)]
    assert figures.recall(told, held, {1: 1}, {"a": 1}, {"a": label})
    assert not figures.recall(told, held, {1: 1}, {"a": 1}, {"a": label, "b": label})
    assert "alerts_recall 0.500 (1 of 2 matters; 1 labelled articles not stored)" in capsys.readouterr().out
    assert not figures.recall([], held, {1: 1}, {"a": 1}, {"a": label})
