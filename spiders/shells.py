"""Pages without an article: what each kind says of itself, in the words of its own text."""

import re
from typing import NamedTuple

from notices.kinds import PageState


class Shell(NamedTuple):
    """Why a page is no article."""

    state: PageState
    reason: str


_TOMBSTONE_TEXT = (
    400  # visible characters; the longest tombstone seen has 80, the shortest article quoting one has more
)
_PROSE = 200  # characters in long lines that no challenge or error page has
_TOMBSTONES = (
    (PageState.BLOCKED, r"环境异常|访问过于频繁|操作频繁，请稍后|请在微信客户端打开链接|去验证$"),
    (PageState.DELETED, r"(该|此)(内容|文章|图文)已被(发布者|作者)?删除|The content has been deleted"),
    (PageState.VIOLATION, r"此内容(因违规|被投诉|涉嫌)|该内容.{0,12}违规|由用户投诉并经平台审核|第三方评估为不实"),
    (
        PageState.GONE,
        r"(此|该)(账号|帐号|公众号).{0,6}(注销|屏蔽|封禁|冻结|停止使用|不存在)"
        r"|(账号|帐号)已(自主)?注销",
    ),
    (PageState.MOVED, r"(该|此)(公众号|账号|帐号)已迁移"),
    (PageState.GONE, r"(此|该)(内容|链接|页面).{0,8}(发送失败|无法查看|过期|不存在)|(链接|页面)(已过期|不存在)"),
    (PageState.ERROR, r"^参数错误|系统(繁忙|错误)|(无法|不能)(查看|访问|打开)|加载失败|网络(异常|错误)"),
)
_TOMBSTONE = tuple((state, re.compile(pattern)) for state, pattern in _TOMBSTONES)
_CHALLENGES = (
    (
        PageState.BLOCKED,
        r"^(just a moment|checking your browser|attention required|verify(ing)? you are (a )?human|ddos.guard)"
        r"|(完成|通过|进行)(下方|以下|安全|人机)?的?(安全|人机|滑[动块])?(验证|校验).{0,12}(继续)?访问"
        r"|^(安全验证|人机验证|访问验证|滑动验证|请输入验证码)|访问(过于|太)频繁|您的访问(被|已被|请求被)(拦截|阻断|拒绝)"
        r"|请?(开启|启用)\s*javascript|enable javascript|cookies? (must|to) be enabled",
    ),
    (
        PageState.ERROR,
        r"^(40[0134]|410|50[0234])\b|404 not found|page not found|access denied|403 forbidden|bad gateway"
        r"|(页面|网页|文章|内容|帖子)(不存在|已(被)?删除|找不到|走丢|飞走)|找不到(该|您|你|此|了)?.{0,8}页面"
        r"|传送失败|秒后.{0,4}(自动)?(跳转|返回|带你去)|服务器(内部)?错误|没有权限(访问|查看)",
    ),
    (
        PageState.BLOCKED,
        r"^(请先|请您先)?登录(后|之后|才能)?(可|才能)?(查看|阅读|访问|浏览).{0,8}(内容|全文|正文|详情)?$|^请先登录",
    ),
)
_CHALLENGE = tuple((state, re.compile(pattern, re.IGNORECASE)) for state, pattern in _CHALLENGES)
_FOOTER = re.compile(r"©|copyright|all rights|ICP|备案|版权所有", re.IGNORECASE)
_MARKUP = re.compile(r"!\[[^\[\]\n]{0,300}\]\([^()\n]{0,2000}\)|\]\([^()\n]{0,2000}\)|[#*\[\]>`|]+")
_ADDRESS = re.compile(r"\]\((https?://[^)\s]{1,2000})\)")


def visible(markdown: str) -> list[str]:
    """The lines a reader sees, without emptiness, images, addresses and marks of Markdown."""
    return [line for raw in _MARKUP.sub(" ", markdown).split("\n") if (line := raw.strip())]


def tombstone(lines: list[str]) -> Shell | None:
    """What a WeChat page says in place of an article; None when it may be one.

    A tombstone is short and says it in its first three lines, so that an article about deletions is none.
    """
    if sum(map(len, lines)) > _TOMBSTONE_TEXT:
        return None
    for state, pattern in _TOMBSTONE:
        for line in lines[:3]:
            if found := pattern.search(line):
                return Shell(state, f"the page says {found.group().strip()}")
    return None


def challenge(lines: list[str]) -> Shell | None:
    """What a web page says in place of an article: a challenge, an error or a wall; None when it may be one.

    `lines` are those of the page's main part. An article that mentions such words has prose beside them; menus and
    footers, however long, are none.
    """
    if sum(len(line) for line in lines if len(line) >= 60 and not _FOOTER.search(line)) > _PROSE:
        return None
    for state, pattern in _CHALLENGE:
        for line in lines:
            if len(line) <= 60 and (found := pattern.search(line)):
                return Shell(state, f"the page says {found.group().strip()}")
    return None


def moved_to(markdown: str) -> str:
    """The address a page of a moved account leads to, empty when it names none but its help page."""
    for url in _ADDRESS.findall(markdown):
        if "mp.weixin.qq.com/s" in url:
            return str(url)
    return ""
