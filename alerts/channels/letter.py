"""A message as an e-mail: text and HTML, threads by matter, and headers that nothing from a page can add to."""

import hashlib
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, parseaddr
from functools import cache
from importlib.resources import files

from jinja2 import Environment, StrictUndefined, Template

from alerts.clean import line
from alerts.lines import NAMES, WHOLE
from alerts.sending import Message
from alerts.view import brief, foot, head, says, subject, view
from alerts.words import WORDS
from config.channels import Channel

ROWS = 500  # items that the HTML lists


def letter(channel: Channel, message: Message, now: datetime) -> EmailMessage:
    """The e-mail of a message; its Message-ID is the message's key, the same on every retry.

    No List-Unsubscribe: RFC 2369 wants an address that unsubscribes, and nobody here reads mail.
    """
    mail = EmailMessage(policy=SMTP)
    domain = domain_of(channel)
    mail["From"] = _mailbox(channel.sender)
    mail["To"] = [_mailbox(one) for one in channel.to]
    mail["Subject"] = line(subject(message))
    mail["Date"] = format_datetime(now)
    mail["Message-ID"] = f"<{message.key}@{domain}>"
    if message.thread:
        # the root of a thread is named by every message of a matter and never sent, so that none has to be known
        mail["In-Reply-To"] = mail["References"] = f"<{message.thread}@{domain}>"
    mail["List-Id"] = f"<{_list(message.subscription)}.policywatch.{domain}>"
    mail["Auto-Submitted"] = "auto-generated"
    mail.set_content(message.text, cte="base64")
    mail.add_alternative(html(message), subtype="html", cte="base64")
    return mail


def html(message: Message) -> str:
    """The message as HTML; whatever comes from a page is text in it."""
    words = WORDS[message.language]
    whole = len(message.items) <= WHOLE
    return _template().render(
        message=message,
        words=words,
        title=subject(message),
        head=head(message),
        views=[view(one, words, NAMES[0]) for one in message.items] if whole else [],
        rows=[] if whole else [(says(one, words), brief(one, words), one.url) for one in message.items[:ROWS]],
        foot=foot(message),
    )


def domain_of(channel: Channel) -> str:
    """The domain that the channel's mails come from."""
    return _mailbox(channel.sender).domain


def _mailbox(written: str) -> Address:
    name, address = parseaddr(written)
    return Address(display_name=name, addr_spec=address)


def _list(subscription: str) -> str:
    """A name that fits a List-Id and no other subscription has."""
    return "s" + hashlib.sha256(subscription.encode("utf-8", "replace")).hexdigest()[:12]


@cache
def _template() -> Template:
    source = files("alerts").joinpath("templates/mail.html").read_text(encoding="utf-8")
    return Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True).from_string(
        source
    )
