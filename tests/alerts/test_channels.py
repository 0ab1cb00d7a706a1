"""channels.yaml: what it may say, how its mistakes are told, and that no secret of it is printed."""

import json
import logging
from importlib.resources import files
from pathlib import Path

import pytest

from config.channel_rules import KINDS
from config.channels import read_channels, shown
from config.logs import configure
from config.masking import masked
from config.settings import Settings, SettingsError
from notices.isolate import Failed, isolate

URL = "https://hooks.example.org/secret-path?key=9f31c0de77aa41"


def test_the_shipped_file_sets_up_nothing_and_its_examples_work(monkeypatch: pytest.MonkeyPatch) -> None:
    text = files("config").joinpath("channels.yaml").read_text(encoding="utf-8")
    assert read_channels(text) == {}
    example = text[text.index("# - name:") :].replace("# ", "").replace("#\n", "\n")
    channels = read_channels(example)
    assert {channel.kind for channel in channels.values()} == set(KINDS) - {"serverchan"}
    assert channels["team"].problem.startswith("the environment has no TEAM_WEBHOOK_SECRET")
    assert channels["phone"].problem.startswith("the environment has no NTFY_URL: set it to the channel's address")
    monkeypatch.setenv("TEAM_WEBHOOK_SECRET", "hush")
    monkeypatch.setenv("NTFY_URL", "ntfys://a-topic")
    channels = read_channels(example)
    assert channels["team"].problem == channels["phone"].problem == ""
    assert channels["phone"].url == "ntfys://a-topic"
    assert channels["analysts"].to == ("one@example.org", "two@example.org")


def test_an_address_from_the_environment_is_checked_as_one_in_the_file(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ROBOT", "nowhere")
    channel = read_channels("- {name: a, kind: wecom, url_env: ROBOT}")["a"]
    assert channel.problem == "the address in ROBOT is of no use: expected an address such as " + (
        "https://hooks.example.org/policywatch"
    )


def test_a_secret_comes_from_a_file_beside_and_is_never_printed(tmp_path: Path) -> None:
    (tmp_path / "key").write_text("hush hush\n", encoding="utf-8")
    (tmp_path / "address").write_text(URL + "\n", encoding="utf-8")
    text = "- {name: a, kind: webhook, url_file: address, secret_file: key}"
    channel = read_channels(text, tmp_path)["a"]
    assert (channel.secret, channel.url) == ("hush hush", URL)
    assert "hush" not in repr(channel) and "secret-path" not in repr(channel)
    assert "no address can be read from address" in read_channels(text, tmp_path / "elsewhere")["a"].problem
    assert (shown(URL), shown("team")) == ("https://hooks.example.org/***", "team")
    assert shown("tgram://123:abc/4") == "tgram://***"


SECRETS = {
    "webhook": "https://u:pass-word-1@hooks.example.org/x?key=9f31c0de77aa41",
    "wecom": "https://qyapi.example.org/cgi-bin/webhook/send?key=0e2f5b1c-8d4e-4b1a",
    "feishu": "https://open.example.org/open-apis/bot/v2/hook/77aa41-9f31c0de-robot",
    "apprise": "tgram://123456789:abcdefghijklmnopqrstuvwxyz/12315544/",
}
HIDDEN = {
    "webhook": ["pass-word-1", "9f31c0de77aa41"],
    "wecom": ["0e2f5b1c-8d4e-4b1a"],
    "feishu": ["77aa41-9f31c0de-robot"],
    "apprise": ["abcdefghijklmnopqrstuvwxyz"],
}


@pytest.mark.parametrize("kind", SECRETS)
def test_what_was_read_as_a_secret_is_hidden_in_every_log_line(
    kind: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("KEY", f"signing-key-{kind}")
    secret = ", secret_env: KEY" if kind in ("webhook", "feishu") else ""
    channel = read_channels(f"- {{name: a, kind: {kind}, url: '{SECRETS[kind]}'{secret}}}")["a"]
    held = list(logging.getLogger().handlers), logging.getLogger().level
    try:
        for form in ("text", "json"):
            configure(Settings(log_level="info", log_format=form))  # type: ignore[arg-type]
            logging.getLogger("policywatch.alerts").warning("posting to %s with %s", channel.url, channel.secret)

            def fail() -> None:
                raise ValueError(f"cannot post to {channel.url} with {channel.secret}")

            said = isolate(fail, "send")
            assert isinstance(said, Failed)
    finally:
        logging.basicConfig(level=held[1], handlers=held[0], force=True)
    printed = capsys.readouterr().err
    assert "posting to" in printed and "cannot post" in printed and "***" in printed
    for one in [*HIDDEN[kind], f"signing-key-{kind}"] if secret else HIDDEN[kind]:
        assert one not in printed and one not in masked(said.error)
    assert [json.loads(line) for line in printed.splitlines() if line.startswith("{")]


@pytest.mark.parametrize(
    ("url", "pieces"),
    [
        ("ntfys://our-ministry-topic", ["our-ministry-topic"]),
        ("tgram://71:AbKey9/-40123456", ["AbKey9", "-40123456"]),
        ("matrix://reader:opensesame@chat.example.net/#backroom", ["opensesame", "#backroom", "backroom"]),
        ("slack://T1JJ3T/A1BRTD/TIiajk?footer=sevensea", ["T1JJ3T", "A1BRTD", "TIiajk", "sevensea"]),
    ],
)
def test_short_keys_and_topics_of_an_apprise_address_are_not_printed(url: str, pieces: list[str]) -> None:
    read_channels(f"- {{name: phone, kind: apprise, url: '{url}'}}")
    for piece in pieces:
        assert piece not in masked(f"the service refused {piece}; it is {url}")
    assert masked("the footer was refused") == "the footer was refused"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("- name: a\n  kind: pigeon\n  url: nowhere", "line 2: kind is 'pigeon': expected one of .* line 3: url is"),
        ("- name: a", "line 1: a channel needs 'kind'; .*one of 'url', 'url_env' and 'url_file', and has none"),
        ("- {name: a, kind: webhook, url: 'http://x', url_env: B}", "line 1: .*and has url, url_env"),
        ("- {name: a, kind: webhook, url: 'http://x', retry: 3}", "line 1: 'retry' is not known.*: use name"),
        ("- {name: a, kind: webhook, url: 'http://x', timeout: 900}", "line 1: timeout is 900: expected seconds"),
        ("- {name: a, kind: webhook, url: 'http://x'}\n- {name: a, kind: webhook, url: 'http://x'}", "line 2: .*twice"),
        ("- name: a\n  name: b", "line 2: 'name' is given twice"),
        ("- name: !!python/name:os.system a", "line 1: 'name' is of no use"),
        ("name: a", "line 1: expected a list"),
        ("- name: [", "line 1: not valid YAML"),
        ("- just text", "line 1: a channel needs 'name'"),
        ("- {name: a, kind: wecom, url: 'https://x', secret_env: K}", "line 1: 'secret_env' is not known for wecom"),
        ("- {name: a, kind: wecom, url: 'https://x', private: maybe}", "line 1: private is 'maybe': expected true"),
        ("- {name: a, kind: wecom, url: 'https://x', per_minute: 0}", "line 1: per_minute is 0: expected messages"),
        ("- {name: a, kind: wecom, url: 'https://x:99999/'}", "line 1: url is not one: expected an address"),
        ("- {name: a, kind: wecom, url: \"https://x/\\r\\nHost: y\"}", "line 1: url is not one: expected an address"),
        ("- {name: a, kind: mail, url: 'smtp://x'}", "line 1: mail needs 'from'; .*mail needs 'to'"),
        ("- {name: a, kind: mail, url: 'http://x', from: a@b.c, to: d@e.f}", "line 1: url is not one: expected a serv"),
        ("- {name: a, kind: mail, url: 'smtp://x', from: nobody, to: [d@e.f, 3]}", "from is 'nobody': .*to is "),
        (
            "- {name: a, kind: mail, url: 'smtp://x', from: \"a@b.c\\r\\nBcc: z@z.z\", to: d@e.f}",
            "line 1: from is .*expected a mailbox",
        ),
        (
            "- {name: a, kind: mail, url: 'smtp://x', from: a@b.c, to: d@e.f, user: u, security: none}",
            "line 1: security none sends the password in clear",
        ),
        ("- {name: a, kind: apprise, url: 'dingtalk://abc'}", "line 1: url is not one: use kind dingtalk"),
        ("- {name: a, kind: apprise, url: 'schan://abc'}", "line 1: url is not one: use kind serverchan"),
        ("- {name: a, kind: apprise, url: 'syslog://'}", "line 1: url is not one: syslog tells nobody"),
        ("- {name: a, kind: apprise, url: 'topic'}", "line 1: url is not one: expected an Apprise address"),
    ],
)  # fmt: skip
def test_mistakes_are_named_together_with_their_lines(text: str, said: str) -> None:
    with pytest.raises(SettingsError, match=f"channels.yaml .*{said}"):
        read_channels(text)


def test_no_mistake_prints_an_address() -> None:
    with pytest.raises(SettingsError) as told:
        read_channels("- {name: a, kind: wecom, url: 'ftp://x/?key=9f31c0de77aa41', pigeon: 1}")
    assert "9f31c0de77aa41" not in str(told.value)
