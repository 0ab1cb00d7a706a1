"""Mail over SMTP, encrypted unless the operator says otherwise; accepted only when the server took the whole letter."""

import smtplib
import socket
import ssl
from contextlib import suppress
from datetime import datetime
from email.utils import parseaddr
from functools import cache
from threading import Event, Timer
from urllib.parse import urlsplit

from alerts.channels.letter import domain_of, letter
from alerts.sending import Answer, Message, Sender
from config.channels import Channel

PORTS = {"starttls": 587, "ssl": 465, "none": 25}


class _Said(Exception):
    """An answer that ends the conversation."""

    def __init__(self, answer: Answer) -> None:
        super().__init__(answer.said)
        self.answer = answer


class _Talk:
    """One conversation: the server, whether the letter has left, and whether its time ran out."""

    def __init__(self, channel: Channel) -> None:
        self.channel = channel
        self.left = False
        self.late = Event()
        self.wire: socket.socket | None = None  # a second hold on the connection, whoever has wrapped the first
        self.server: smtplib.SMTP | None = None

    def connect(self, host: str, port: int) -> socket.socket:
        """The connection, encrypted from the start where the channel says so; it can be cut from now on."""
        made = socket.create_connection((host, port), self.channel.timeout)
        self.wire = made.dup()
        if self.late.is_set():
            made.close()
            raise TimeoutError
        return trusted().wrap_socket(made, server_hostname=host) if self.channel.security == "ssl" else made

    def cut(self) -> None:
        """Ends a conversation whose time is over, wherever it stands."""
        self.late.set()
        if self.wire is not None:
            with suppress(OSError):  # it has ended by itself
                self.wire.shutdown(socket.SHUT_RDWR)

    def leave(self) -> None:
        """Says goodbye, if there is anybody to say it to."""
        try:
            if self.server is not None:
                self.server.quit()
        except (OSError, smtplib.SMTPException, ValueError):
            if self.server is not None:
                self.server.close()
        if self.wire is not None:
            self.wire.close()

    def hold(self, data: bytes) -> Answer:
        """Connects, greets, encrypts, logs in and hands over the letter."""
        server = self.server = _Server(self)
        server.ehlo()
        if self.channel.security == "starttls":
            if not server.has_extn("starttls"):
                raise _Said(Answer(False, "the server offers no STARTTLS: set security to ssl or none", down=True))
            server.starttls(context=trusted())
            server.ehlo()
        if self.channel.user:
            server.login(self.channel.user, self.channel.secret)
        _right(server.mail(parseaddr(self.channel.sender)[1]))
        missed = self._recipients(server)
        self.left = True
        code, said = server.data(data)
        words = _words(code, said)
        return Answer(code == 250, words, down=400 <= code < 500, missed=missed if code == 250 else "")

    def _recipients(self, server: smtplib.SMTP) -> str:
        """Names every recipient; who is refused for good is told of, one who is refused for now holds up all."""
        refused = []
        for one in self.channel.to:
            code, said = server.rcpt(parseaddr(one)[1])
            if 400 <= code < 500:
                raise _Said(Answer(False, f"{one}: {_words(code, said)}", down=True))
            if code >= 500:
                refused.append(f"{one}: {_words(code, said)}")
        if len(refused) == len(self.channel.to):
            raise _Said(Answer(False, "; ".join(refused)))
        return "; ".join(refused)


class _Server(smtplib.SMTP):
    """The other side of a conversation, which connects for it."""

    def __init__(self, talk: _Talk) -> None:
        self._talk = talk
        where = urlsplit(talk.channel.url)
        port = where.port or PORTS[talk.channel.security]
        name, wait = domain_of(talk.channel), talk.channel.timeout
        super().__init__(where.hostname or "", port, local_hostname=name, timeout=wait)

    def _get_socket(self, host: str, port: int, timeout: float) -> socket.socket:
        return self._talk.connect(host, port)


def send(channel: Channel, message: Message, now: datetime) -> Answer:
    """Sends a letter, within the channel's time from the first look-up to the goodbye; raises nothing for a server
    that fails."""
    data = letter(channel, message, now).as_bytes()
    talk = _Talk(channel)
    watch = Timer(channel.timeout, talk.cut)
    watch.daemon = True
    watch.start()
    try:
        return talk.hold(data)
    except _Said as ended:
        return ended.answer
    except smtplib.SMTPResponseException as error:
        return Answer(False, _words(error.smtp_code, error.smtp_error), _all(error))
    except (OSError, smtplib.SMTPException, ValueError) as error:
        return Answer(False, _why(error, channel, late=talk.late.is_set()), down=True, unsure=talk.left)
    finally:
        talk.leave()
        watch.cancel()


@cache
def trusted() -> ssl.SSLContext:
    """The certificates that are trusted."""
    return ssl.create_default_context()


def _right(reply: tuple[int, bytes]) -> None:
    code, said = reply
    if code != 250:
        raise _Said(Answer(False, _words(code, said), down=400 <= code < 500))


def _all(error: smtplib.SMTPResponseException) -> bool:
    """Whether no other letter would be taken now: a log-in refused, or a server that is not ready."""
    return isinstance(error, smtplib.SMTPAuthenticationError | smtplib.SMTPConnectError) or error.smtp_code < 500


def _words(code: int, said: bytes | str) -> str:
    told = said.decode("utf-8", "replace") if isinstance(said, bytes) else said
    return f"{code} {' '.join(told.split())[:200]}"


def _why(error: Exception, channel: Channel, *, late: bool) -> str:
    if late or isinstance(error, TimeoutError) or isinstance(error.__context__, TimeoutError):  # smtplib wraps it
        return f"no answer within {channel.timeout:g} s"
    if isinstance(error, ssl.SSLCertVerificationError):
        return f"the server's certificate is not trusted: {error.verify_message}"
    told = error.strerror if isinstance(error, OSError) and error.strerror else "that is no mail server's answer"
    return f"{type(error).__name__}: {told}"


SENDER = Sender(send)
