"""WeChat's pages that are no article: verification, tombstones, violations, moved accounts."""

import html
import re

from parsel import Selector

from notices.addresses import joined
from notices.article import Reading
from notices.kinds import PageState
from notices.normal import normalise
from notices.page import Page
from spiders.blocks import plain_text
from spiders.shells import tombstone
from spiders.wechat_tags import tags
from spiders.wechat_vars import variable

_VERIFY = re.compile(r"secitptpage/verify|wappoc_appmsgcaptcha|TCaptcha\.js|id=[\"']js_verify[\"']")
_ABNORMAL = re.compile(
    r"环境异常|(?:访问|操作)(?:过于|太)?频繁|完成验证|在微信客户端打开|abnormal|verify (?:to|that)|verification"
    r"|too (?:frequent|many)|open (?:the link |this page |it )?in (?:wechat|weixin)",
    re.IGNORECASE,
)
_MARKS = ("weui-msg__title", "global_error_msg", "mesg-block", "weui_msg_title")
_DESCRIPTIONS = ("weui-msg__desc", "weui_msg_desc")
_TAG = re.compile(r"<[^<>]*>")
_ENDS = re.compile(r"</(?:h\d|div|section)\b")


def _pattern(*parts: str) -> re.Pattern[str]:
    return re.compile("|".join(parts), re.IGNORECASE)


_STATES = (
    (PageState.MOVED, _pattern("迁移", r"migrat", r"has (?:been )?moved", "transferred")),
    (
        PageState.DELETED,
        _pattern(r"(?:发布者|作者|用户|管理员).{0,4}删除", r"(?:内容|文章|图文|消息)已(?:被)?删除", "deleted"),
    ),
    (
        PageState.GONE,
        _pattern(
            r"(?:公众号|帐号|账号|用户)[^。，]{0,12}(?:注销|屏蔽|封|停止使用|冻结|回收|不存在)",
            r"deactivated|account.{0,30}(?:blocked|closed|banned)",
        ),
    ),
    (
        PageState.VIOLATION,
        _pattern("违规|违反|侵权|投诉|涉嫌|不实|谣言|举报", r"violat|infring|complain|rumou?r|illegal"),
    ),
    (
        PageState.ERROR,
        _pattern(
            r"系统(?:出错|错误|繁忙|异常)|网络(?:出错|异常|错误)|稍后(?:再试|重试)|参数错误",
            r"system error|busy|parameter",
        ),
    ),
    (
        PageState.GONE,
        _pattern(
            r"发送失败|过期|失效|(?:无法|不能|不可|暂不支持)[^。]{0,6}(?:查看|见|访问|浏览|显示)",
            r"仅[^。]{0,10}可见|不存在|未发布|下架",
            r"expired|unable to|cannot be|can['’]t be|can ?not view|not (?:exist|available|found)|unavailable",
            r"failed to (?:send|be sent)|only visible|no longer",
        ),
    ),
)


def verification(page: Page, text: str) -> Reading | None:
    """`blocked` where an address or the page's own scripts say that it is the verification page; else None."""
    there = page.headers.get("x-location", "")
    if _VERIFY.search(page.url) or _VERIFY.search(there) or ("js_content" not in text and _VERIFY.search(text)):
        return Reading(PageState.BLOCKED, reason="verification page")
    return None


def read_shell(page: Page, text: str) -> Reading:
    """The state of a page that holds no article's layout, and its words as the reason; `error` for unknown ones."""
    message = _words_at(text, _MARKS)
    if message:
        return _said(page, text, message)
    shown = plain_text(Selector(text=text, type="html").root)
    if not shown:
        return Reading(PageState.EMPTY, reason="no text and no article in the page")
    short = tombstone(normalise(shown).split("\n"))
    if short is not None:
        return Reading(short.state, moved_to=_target(page, text, short.state), reason=short.reason)
    if _ABNORMAL.search(normalise(shown[:400])):
        return Reading(PageState.BLOCKED, reason="verification page")
    return Reading(PageState.ERROR, reason="unknown layout: neither an article nor a known message")


def _said(page: Page, text: str, message: str) -> Reading:
    """What the page's message means; its second line decides where the first says only that there is nothing to see."""
    words = normalise(message)
    state = next((state for state, pattern in _STATES[:-1] if pattern.search(words)), None)
    if _ABNORMAL.search(words) and state in (None, PageState.ERROR):
        return Reading(PageState.BLOCKED, reason=f"verification page: {message[:60]}")
    if state is None:
        described = normalise(_words_at(text, _DESCRIPTIONS))
        more = (*_STATES[:1], *_STATES[2:4])  # what a description may add; deletions and errors name themselves
        state = next((state for state, pattern in more if pattern.search(described)), None)
    last, pattern = _STATES[-1]
    state = state or (last if pattern.search(words) else None)
    if state is None:
        return Reading(PageState.ERROR, reason=f"unknown message: {message[:80]}")
    return Reading(state, moved_to=_target(page, text, state), reason=message[:80])


def _words_at(text: str, marks: tuple[str, ...]) -> str:
    """The words of the first element of a class that has some, wherever the template of its year puts them."""
    for mark in marks:
        for start, end in tags(text, mark):
            if text.startswith(("<style", "<script"), start):
                continue
            inside = _ENDS.split(text[end : end + 600], maxsplit=1)[0]
            words = " ".join(html.unescape(_TAG.sub(" ", inside)).split())
            if words:
                return words
    return ""


def _target(page: Page, text: str, state: PageState) -> str:
    target = variable(text, "transferTargetLink") if state is PageState.MOVED else ""
    return joined(page.url, target) if target else ""
