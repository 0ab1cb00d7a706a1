"""WeChat's pages that are no article: verification, tombstones, violations, moved accounts."""

import html
import re
from urllib.parse import urljoin

from parsel import Selector

from notices.article import Reading
from notices.kinds import PageState
from notices.page import Page
from spiders.blocks import plain_text
from spiders.wechat_tags import tags
from spiders.wechat_vars import variable

_VERIFY = re.compile(r"secitptpage/verify|wappoc_appmsgcaptcha|TCaptcha\.js|id=[\"']js_verify[\"']")
_ABNORMAL = re.compile(r"当前环境异常|环境异常[，。！\s]*(?:完成验证|去验证|请)|访问过于频繁")
_MARKS = ("weui-msg__title", "global_error_msg", "mesg-block")
_WORDS = re.compile(r"\s*(?:<p[^<>]*>)?([^<]*)")
_STATES = (
    (
        PageState.MOVED,
        re.compile(r"(?:公众号|帐号|账号)已迁移|has been migrated|account.{0,20}migrated", re.IGNORECASE),
    ),
    (
        PageState.DELETED,
        re.compile(r"已被发布者删除|已被作者删除|内容已删除|deleted by (?:the|its) author", re.IGNORECASE),
    ),
    (PageState.VIOLATION, re.compile(r"违规|违反|侵权|投诉|涉嫌|violat|infring|complain", re.IGNORECASE)),
    (
        PageState.GONE,
        re.compile(
            r"注销|(?:公众号|帐号|账号)[^。]{0,12}(?:屏蔽|封|停止使用|冻结|回收)|发送失败|已过期|无法查看|参数错误|不存在"
            r"|expired|unable to view|cannot be (?:viewed|displayed)|not exist|deactivated|blocked",
            re.IGNORECASE,
        ),
    ),
)


def read_shell(page: Page, text: str) -> Reading:
    """The state of a page that holds no article's layout, and its words as the reason; `error` for unknown ones."""
    if _VERIFY.search(text) or _VERIFY.search(page.url) or _VERIFY.search(page.headers.get("x-location", "")):
        return Reading(PageState.BLOCKED, reason="verification page")
    message = _message(text)
    shown = message or plain_text(Selector(text=text, type="html").root)
    for state, words in _STATES if message else ():
        if words.search(message):
            moved_to = _target(page, text) if state is PageState.MOVED else ""
            return Reading(state, moved_to=moved_to, reason=message[:80])
    if _ABNORMAL.search(shown):
        return Reading(PageState.BLOCKED, reason="verification page")
    if message:
        return Reading(PageState.ERROR, reason=f"unknown message: {message[:80]}")
    if not shown:
        return Reading(PageState.EMPTY, reason="no text and no article in the page")
    return Reading(PageState.ERROR, reason="unknown layout: neither an article nor a known message")


def _message(text: str) -> str:
    """The words of the page's message, wherever the template of its year puts them; empty for none."""
    for mark in _MARKS:
        for _, end in tags(text, mark):
            found = _WORDS.match(text, end)
            message = " ".join(html.unescape(found[1]).split()) if found else ""
            if message:
                return message
    return ""


def _target(page: Page, text: str) -> str:
    target = variable(text, "transferTargetLink")
    return urljoin(page.url, target) if target else ""
