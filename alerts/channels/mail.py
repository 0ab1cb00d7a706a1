"""Mail over SMTP, encrypted unless the operator says otherwise; accepted only when the server took the whole letter."""

import smtplib
import socket
import ssl
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

    def open(self) -> smtplib.SMTP:
        """The server's greeting taken; raises OSError or SMTPException."""
        where = urlsplit(self.channel.url)
        host, port = where.hostname or "", where.port or PORTS[self.channel.security]
        name, wait = domain_of(self.channel), self.channel.timeout
        if self.channel.security == "ssl":
            return smtplib.SMTP_SSL(host, port, local_hostname=name, timeout=wait, context=trusted())
        return smtplib.SMTP(host, port, local_hostname=name, timeout=wait)

    def cut(self, server: smtplib.SMTP) -> None:
        """Ends a conversation whose time is over, wherever it stands."""
        self.late.set()
        if server.sock is not None:
            try:
                socket.socket.shutdown(server.sock, socket.SHUT_RDWR)  # not the TLS layer's, which would wait
            except OSError:
                return  # it has ended by itself

    def hold(self, server: smtplib.SMTP, data: bytes) -> Answer:
        """Greets, encrypts, logs in and hands over the letter."""
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


def send(channel: Channel, message: Message, now: datetime) -> Answer:
    """Sends a letter; raises nothing for a server that fails."""
    data = letter(channel, message, now).as_bytes()
    talk = _Talk(channel)
    try:
        server = talk.open()
    except (OSError, smtplib.SMTPException, ValueError) as error:
        return Answer(False, _why(error, channel), down=True)
    watch = Timer(channel.timeout, talk.cut, (server,))
    watch.daemon = True
    watch.start()
    try:
        return talk.hold(server, data)
    except _Said as ended:
        return ended.answer
    except smtplib.SMTPResponseException as error:
        return Answer(False, _words(error.smtp_code, error.smtp_error), _all(error))
    except (OSError, smtplib.SMTPException, ValueError) as error:
        return Answer(False, _why(error, channel, late=talk.late.is_set()), down=True, unsure=talk.left)
    finally:
        watch.cancel()
        _leave(server)


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


def _why(error: Exception, channel: Channel, *, late: bool = False) -> str:
    if late or isinstance(error, TimeoutError) or isinstance(error.__context__, TimeoutError):  # smtplib wraps it
        return f"no answer within {channel.timeout:g} s"
    if isinstance(error, ssl.SSLCertVerificationError):
        return f"the server's certificate is not trusted: {error.verify_message}"
    told = error.strerror if isinstance(error, OSError) and error.strerror else "that is no mail server's answer"
    return f"{type(error).__name__}: {told}"


def _leave(server: smtplib.SMTP) -> None:
    try:
        server.quit()
    except (OSError, smtplib.SMTPException, ValueError):
        server.close()


SENDER = Sender(send)
