"""Mail: what a real server on loopback was handed, and what its answers mean."""

import email
import email.policy
import re
import socket
import ssl
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from datetime import date
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
import trustme
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP as Server
from aiosmtpd.smtp import AuthResult, LoginPassword

from alerts.channels import mail
from alerts.dispatcher import dispatch
from alerts.ledger import counts, listed
from alerts.matcher import match
from alerts.sample import Asked, sample
from alerts.subscriptions import Wanted, make
from config.channels import Channel
from tests.polling import until

PASSWORD = "a password for tests"
HOSTILE = (
    '办法"><img src=x onerror=alert(1)>{{7*7}}{% raw %}\r\nBcc: evil@example.org\r\n\r\n<script>1</script>\u202e完'
)


class Postbox:
    """A mail server's handler: what it was handed, and how it answers next."""

    def __init__(self) -> None:
        self.letters: list[EmailMessage] = []
        self.raw: list[bytes] = []
        self.recipients: list[list[str]] = []
        self.answers: list[str] = []
        self.refuse: dict[str, str] = {}
        self.hang: threading.Event | None = None

    async def handle_RCPT(self, server: Any, session: Any, envelope: Any, address: str, options: Any) -> str:
        if address in self.refuse:
            return self.refuse[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        answer = self.answers.pop(0) if self.answers else "250 2.0.0 queued as 4F1B"
        if answer.startswith("250"):
            self.raw.append(envelope.content)
            self.recipients.append(list(envelope.rcpt_tos))
            read = email.message_from_bytes(envelope.content, policy=email.policy.default)
            assert isinstance(read, EmailMessage)
            self.letters.append(read)
        if self.hang:
            import asyncio

            while not self.hang.is_set():
                await asyncio.sleep(0.05)
        return answer


def _login(server: Any, session: Any, envelope: Any, mechanism: str, data: Any) -> AuthResult:
    right = isinstance(data, LoginPassword) and (data.login, data.password) == (b"robot", PASSWORD.encode())
    return AuthResult(success=right, handled=right)


@pytest.fixture
def trusted(monkeypatch: pytest.MonkeyPatch) -> Iterator[ssl.SSLContext]:
    """A server's certificate for localhost, whose issuer this process trusts."""
    authority = trustme.CA()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("localhost").configure_cert(context)
    ours = ssl.create_default_context()
    authority.configure_trust(ours)
    monkeypatch.setattr(mail, "trusted", lambda: ours)
    yield context


@pytest.fixture
def postbox() -> Postbox:
    return Postbox()


class Encrypted(Controller):
    """A server that offers STARTTLS and wants it and a log-in."""

    def factory(self) -> Server:
        return Server(
            self.handler, tls_context=self.starttls, require_starttls=True, auth_required=True, authenticator=_login,
            hostname="localhost",
        )  # fmt: skip


class FromTheFirstByte(Controller):
    """A server that is encrypted before it greets."""

    def _trigger_server(self) -> None:
        """Its own first connection, with the certificates that the test trusts."""
        plain = socket.create_connection((self.hostname, self.port))
        with mail.trusted().wrap_socket(plain, server_hostname="localhost") as greeted:
            greeted.recv(100)


@pytest.fixture
def server(postbox: Postbox) -> Iterator[Controller]:
    """A server that takes mail in clear."""
    controller = Controller(postbox, hostname="127.0.0.1", port=_free())
    controller.start()
    yield controller
    controller.stop()


def _free() -> int:
    with socket.create_server(("127.0.0.1", 0)) as one:
        return int(one.getsockname()[1])


def box(controller: Controller, **more: Any) -> Channel:
    given = {"security": "none", "sender": "政策观察 <alerts@example.org>", "to": ("团队 <team@example.org>",)}
    url = f"smtp://localhost:{controller.port}"
    return Channel("post", "mail", url, **{"timeout": 10.0, "private": True, **given, **more})


def subscribe(world: Any, reader: Any, name: str = "drafts", language: str = "zh") -> None:
    make(world.store, reader, Wanted(name, "is:open", ("post",), language=language), {"post"}, world.now)


def body(letter: EmailMessage, kind: str) -> str:
    part = letter.get_body((kind,))
    assert part is not None
    return str(part.get_content())


def test_a_letter_has_both_forms_its_list_and_its_thread(
    world: Any, reader: Any, postbox: Postbox, server: Controller
) -> None:
    subscribe(world, reader, "草案")
    notice = world.notice("关于公开征求《示例办法》意见的通知", copies=2)
    match(world.store, world.now)
    assert dispatch(world.store, {"post": box(server)}, world.now).states == {"sent": 1}
    world.deadline(notice, date(2027, 1, 15))
    match(world.store, world.later(hours=1))
    dispatch(world.store, {"post": box(server)}, world.now)
    world.notice("另一件办法")
    match(world.store, world.later(hours=1))
    dispatch(world.store, {"post": box(server)}, world.now)
    first, second, other = postbox.letters
    assert first["Subject"] == "新的征求意见：关于公开征求《示例办法》意见的通知 · 截止：2026-12-31（还剩 60 天）"
    assert first["From"] == "政策观察 <alerts@example.org>" and first["To"] == "团队 <team@example.org>"
    assert first["Date"].datetime.replace(microsecond=0) >= world.now.replace(microsecond=0, hour=9)
    assert re.fullmatch(r"<[0-9a-f]{32}\.1\.1@example\.org>", first["Message-ID"])
    assert re.fullmatch(r"<\w+\.policywatch\.example\.org>", first["List-Id"])
    assert first["List-Id"] == second["List-Id"]
    assert "List-Unsubscribe" not in first  # it would promise that somebody reads what is sent there
    assert first["References"] == first["In-Reply-To"] == second["References"] != other["References"]
    assert first["Message-ID"] != second["Message-ID"]
    assert "截止日期改为 2027-01-15" in second["Subject"]
    for kind in ("plain", "html"):
        for said in (
            "https://example.org/1.html",
            "还剩 60 天",
            "请于2026年12月31日前反馈。",
            "账号2",
            "is:open",
            "alerts pause",
        ):
            assert said in body(first, kind)
    assert all(len(line) <= 998 and line.isascii() for raw in postbox.raw for line in raw.splitlines())


def test_what_a_page_says_adds_no_header_and_no_markup(
    world: Any, reader: Any, postbox: Postbox, server: Controller
) -> None:
    subscribe(world, reader)
    world.notice(HOSTILE)
    match(world.store, world.now)
    assert dispatch(world.store, {"post": box(server)}, world.now).states == {"sent": 1}
    [letter] = postbox.letters
    assert letter["Bcc"] is None and "\n" not in letter["Subject"] and "\u202e" not in letter["Subject"]
    assert postbox.recipients == [["team@example.org"]]
    html = body(letter, "html")
    assert "<img" not in html and "<script" not in html and "{{7*7}}" in html
    assert "&lt;img src=x onerror=alert(1)&gt;" in html


def test_many_are_one_letter_with_a_list(world: Any, reader: Any, postbox: Postbox, server: Controller) -> None:
    subscribe(world, reader, language="en")
    world.notices(f"办法{number}" for number in range(120))
    match(world.store, world.now)
    dispatch(world.store, {"post": box(server)}, world.now)
    [letter] = postbox.letters
    assert letter["Subject"] == "policywatch “drafts”: 120 notices" and letter["References"] is None
    assert all(f"办法{number}" in body(letter, kind) for kind in ("plain", "html") for number in (0, 119))


class Arrived(threading.Timer):
    """A time that is over when the letter has come, however slow the machine is."""

    letters: list[EmailMessage]

    def run(self) -> None:
        until(lambda: self.letters or self.finished.is_set())
        self.function(*self.args, **self.kwargs)


def test_a_repeat_has_the_same_message_id_and_is_counted(
    world: Any, reader: Any, postbox: Postbox, server: Controller, monkeypatch: pytest.MonkeyPatch
) -> None:
    subscribe(world, reader)
    world.notice("办法")
    match(world.store, world.now)
    postbox.hang = threading.Event()
    monkeypatch.setattr(Arrived, "letters", postbox.letters, raising=False)
    with monkeypatch.context() as patched:
        patched.setattr(mail, "Timer", Arrived)
        found = dispatch(world.store, {"post": box(server, timeout=60.0)}, world.now)
    postbox.hang.set()
    assert found.states == {"pending": 1} and listed(world.store)[0].error == "no answer within 60 s"
    again = dispatch(world.store, {"post": box(server)}, world.later(minutes=1))
    assert (again.states, again.repeats) == ({"sent": 1}, 1)
    assert len({letter["Message-ID"] for letter in postbox.letters}) == 1 and len(postbox.letters) == 2


@pytest.mark.parametrize("greeting", [b"", b"220 here\r\n"])
def test_a_silent_server_is_said_to_be_silent_whichever_clock_is_first(
    world: Any, reader: Any, monkeypatch: pytest.MonkeyPatch, greeting: bytes
) -> None:
    class Never(threading.Timer):
        def run(self) -> None: ...

    monkeypatch.setattr(mail, "Timer", Never)  # so that the socket's own time is over first
    subscribe(world, reader)
    world.notice("办法")
    match(world.store, world.now)
    held: list[socket.socket] = []

    def greet() -> None:
        held.append(listening.accept()[0])
        held[0].sendall(greeting)

    with socket.create_server(("127.0.0.1", 0)) as listening:
        url = f"smtp://127.0.0.1:{listening.getsockname()[1]}"
        thread = threading.Thread(target=greet)
        thread.start()
        given = {"timeout": 0.5, "security": "none", "sender": "a@example.org", "to": ("b@example.org",)}
        channel = Channel("post", "mail", url, private=True, **given)
        assert dispatch(world.store, {"post": channel}, world.now).states == {"pending": 1}
        thread.join()
        held[0].close()
    assert listed(world.store)[0].error == "no answer within 0.5 s"


def test_the_servers_answer_decides(world: Any, reader: Any, postbox: Postbox, server: Controller) -> None:
    subscribe(world, reader)
    world.notice("办法")
    match(world.store, world.now)
    channels = {"post": box(server, to=("a@example.org", "b@example.org"))}
    postbox.answers = ["451 4.7.1 try later", "554 5.7.1 looks like spam"]
    for said in ("451 4.7.1 try later", "554 5.7.1 looks like spam"):
        assert dispatch(world.store, channels, world.now).states == {"pending": 1}
        assert listed(world.store)[0].error == said
        world.later(hours=1)
    postbox.refuse = {"b@example.org": "450 4.2.0 greylisted"}
    assert dispatch(world.store, channels, world.now).states == {"pending": 1}
    assert not postbox.letters  # nobody gets it before everybody can
    postbox.refuse = {"b@example.org": "550 5.1.1 no such user"}
    again = dispatch(world.store, channels, world.later(hours=1))
    assert (again.states, again.repeats) == ({"sent": 1}, 0)
    assert listed(world.store)[0].error == "b@example.org: 550 5.1.1 no such user"
    assert postbox.recipients == [["a@example.org"]]


def test_a_server_that_is_not_there_or_no_mail_server_is_down(world: Any, reader: Any, hook: Any) -> None:
    subscribe(world, reader)
    world.notice("办法")
    match(world.store, world.now)
    for url in (f"smtp://127.0.0.1:{_free()}", "smtp://nowhere.invalid:25"):
        channel = Channel("post", "mail", url, security="none", sender="a@example.org", to=("b@example.org",))
        assert dispatch(world.store, {"post": channel}, world.now).states == {"pending": 1}
        assert listed(world.store)[0].error
        world.later(hours=1)
    assert counts(world.store) == {"pending": 1}


@pytest.mark.parametrize(
    ("security", "drip"),
    [("none", b"220-still here\r\n"), ("starttls", b"220-still here\r\n"), ("ssl", b"\x16\x03\x03\x40\x00\x02")],
)
def test_a_server_that_goes_on_greeting_has_no_more_than_the_channels_time(
    security: str, drip: bytes, world: Any
) -> None:
    def greet(listening: socket.socket) -> None:
        taken, _ = listening.accept()
        with taken, suppress(OSError):
            taken.sendall(drip)
            while not gone.wait(0.05):
                taken.sendall(drip if security != "ssl" else b"\x00")

    gone = threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as listening:
        busy = threading.Thread(target=greet, args=(listening,))
        busy.start()
        url = f"smtp://127.0.0.1:{listening.getsockname()[1]}"
        boxes: dict[str, Any] = {"sender": "a@example.org", "to": ("b@example.org",)}
        one = Channel("team", "mail", url, timeout=0.5, security=security, **boxes)
        began = time.monotonic()
        said = mail.send(one, sample(Asked("drafts", "is:open", "zh"), world.now), world.now)
        took = time.monotonic() - began
        gone.set()
        busy.join()
    assert took < 3 and (said.accepted, said.down, said.unsure) == (False, True, False)
    assert said.said == "no answer within 0.5 s"


def test_it_logs_in_only_over_an_encrypted_connection_to_a_server_it_trusts(
    world: Any,
    reader: Any,
    postbox: Postbox,
    server: Controller,
    trusted: ssl.SSLContext,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    subscribe(world, reader)
    world.notice("办法")
    match(world.store, world.now)
    login = {"security": "starttls", "user": "robot", "secret": PASSWORD}
    assert dispatch(world.store, {"post": box(server, **login)}, world.now).states == {"pending": 1}
    assert "offers no STARTTLS" in listed(world.store)[0].error
    encrypted = Encrypted(postbox, hostname="127.0.0.1", port=_free())
    encrypted.starttls = trusted
    encrypted.start()
    try:
        channels = {"post": box(encrypted, **{**login, "secret": "wrong"})}
        assert dispatch(world.store, channels, world.later(hours=1)).states == {"pending": 1}
        assert listed(world.store)[0].error.startswith("535 ")
        stranger = ssl.create_default_context()
        with monkeypatch.context() as other:
            other.setattr(mail, "trusted", lambda: stranger)
            dispatch(world.store, {"post": box(encrypted, **login)}, world.later(hours=1))
        assert "certificate is not trusted" in listed(world.store)[0].error
        assert not postbox.letters
        done = dispatch(world.store, {"post": box(encrypted, **login)}, world.later(hours=1))
        assert (done.states, done.repeats) == ({"sent": 1}, 0)
    finally:
        encrypted.stop()
    assert PASSWORD not in repr(box(server, **login))


def test_ssl_from_the_first_byte(world: Any, reader: Any, postbox: Postbox, trusted: ssl.SSLContext) -> None:
    subscribe(world, reader)
    world.notice("办法")
    match(world.store, world.now)
    controller = FromTheFirstByte(postbox, hostname="127.0.0.1", port=_free(), ssl_context=trusted)
    controller.start()
    try:
        assert dispatch(world.store, {"post": box(controller, security="ssl")}, world.now).states == {"sent": 1}
    finally:
        controller.stop()
    assert len(postbox.letters) == 1


def test_templates_are_in_the_package() -> None:
    from importlib.resources import files

    assert isinstance(files("alerts"), Path) and files("alerts").joinpath("templates/mail.html").is_file()
