"""Which sender serves which kind of channel."""

from collections.abc import Mapping
from datetime import datetime

from alerts.channels import dingtalk, feishu, mail, serverchan, webhook, wecom
from alerts.sending import Answer, Message, Sender
from config.channels import Channel


def _through_apprise(channel: Channel, message: Message, now: datetime) -> Answer:
    from alerts.channels import through_apprise  # half a second that only its users pay

    return through_apprise.send(channel, message, now)


def _room_in_apprise(channel: Channel, message: Message) -> bool:
    from alerts.channels import through_apprise

    return through_apprise.roomy(channel, message)


SENDERS: Mapping[str, Sender] = {
    "webhook": Sender(webhook.send),
    "mail": mail.SENDER,
    "wecom": wecom.SENDER,
    "feishu": feishu.SENDER,
    "dingtalk": dingtalk.SENDER,
    "serverchan": serverchan.SENDER,
    "apprise": Sender(_through_apprise, roomy=_room_in_apprise),
}
