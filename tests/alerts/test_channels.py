"""channels.yaml: what it may say, and how its mistakes are told."""

from importlib.resources import files
from pathlib import Path

import pytest

from config.channels import read_channels, shown
from config.settings import SettingsError

URL = "https://hooks.example.org/secret-path?key=123"


def test_the_shipped_file_sets_up_nothing_and_its_example_works(monkeypatch: pytest.MonkeyPatch) -> None:
    text = files("config").joinpath("channels.yaml").read_text(encoding="utf-8")
    assert read_channels(text) == {}
    example = text[text.index("# - name:") :].replace("# ", "")
    assert read_channels(example)["team"].problem.startswith("the environment has no TEAM_WEBHOOK_SECRET")
    monkeypatch.setenv("TEAM_WEBHOOK_SECRET", "hush")
    assert read_channels(example)["team"].problem == ""


def test_a_secret_comes_from_a_file_beside_and_is_never_printed(tmp_path: Path) -> None:
    (tmp_path / "key").write_text("hush\n", encoding="utf-8")
    text = f"- {{name: a, kind: webhook, url: '{URL}', secret_file: key}}"
    channel = read_channels(text, tmp_path)["a"]
    assert channel.secret == "hush"
    assert "hush" not in repr(channel) and "secret-path" not in repr(channel)
    assert read_channels(text, tmp_path / "elsewhere")["a"].problem
    assert (shown(URL), shown("team")) == ("https://hooks.example.org/***", "team")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("- name: a\n  kind: pigeon\n  url: nowhere", "line 2: kind is 'pigeon': expected one of .* line 3: url is"),
        ("- name: a", "line 1: a channel needs 'kind'; .*'url'"),
        ("- {name: a, kind: webhook, url: 'http://x', retry: 3}", "line 1: 'retry' is not known: use name, kind"),
        ("- {name: a, kind: webhook, url: 'http://x', timeout: 900}", "line 1: timeout is 900: expected seconds"),
        ("- {name: a, kind: webhook, url: 'http://x'}\n- {name: a, kind: webhook, url: 'http://x'}", "line 2: .*twice"),
        ("name: a", "line 1: expected a list"),
        ("- name: [", "line 1: not valid YAML"),
        ("- just text", "line 1: a channel needs 'name'"),
    ],
)  # fmt: skip
def test_mistakes_are_named_together_with_their_lines(text: str, said: str) -> None:
    with pytest.raises(SettingsError, match=f"channels.yaml {said}"):
        read_channels(text)
