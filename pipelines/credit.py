"""Credit: whom an outlet names as the source of its text."""

import re

_LABEL = (
    r"(?:(?:文章|原文|本文|信息|内容|稿件|消息|资讯|资料|图文|素材|新闻|文|稿|转载|摘录|综合|部分内容|文字"
    r"|文中内容|数据|首发|参考及)?来源(?:于|自|为)?"
    r"|转载?自|转自|摘自|摘编自|首发于|出处|供稿|转载|来自)"
)
_LINE = re.compile(
    rf"(?:^|[（(【\[。]|翻译文章[^\n]{{0,80}}?[，,](?=文章来源))[ \t#>▎•*|｜丨·—-]{{0,4}}{_LABEL}[ \t]{{0,3}}[:：丨"
    rf"|｜/∣│]?[ \t]{{0,3}}(?P<name>[^\n。；;）)】\]]{{2,60}}?)[ \t]{{0,3}}(?:[）)】\]]|[。；;]|$)",
    re.MULTILINE,
)
_ORIGIN = re.compile(r"以下文章来源于[:：]?\s*(?P<name>[^\n，,。\s][^\n，,。]{0,40})")
_COLON = re.compile(rf"{_LABEL}[ \t]{{0,3}}[:：丨|｜/∣│]")
_TAIL = re.compile(
    r"(?:[ \t]*[，,、|｜丨/]?[ \t]*(?:作者|编辑|责编|责任编辑|审核|编译|校对|记者|记者|日期|时间|发布时间"
    r"|链接|网址|转载请|侵权|版权|原标题|排版|图片|文/).*$)|https?://.*$|www\..*$"
)
_ACCOUNT = re.compile(
    r"[ \t]*(?:的)?(?:官方)?(?:微信)?(?:公众号|公号|订阅号|服务号)$|^(?:微信)?(?:公众号"
    r"|公号)[ \t]*[:：]?[ \t]*"
)
_QUOTES = "“”\"'「」『』《》〈〉<>【】[]（()） \t\u3000:：@-—·*"
_NOT_NAME = re.compile(
    r"[，,！!？?]|^[a-z]{0,3}$|如有|本站|网络$|^互联网$|不明|见水印|侵|作者|^[\d\W]+$|图片|的$|^于|平台为"
    r"|以下|链接|^微信$"
)


def credit(origin_account: str, body: str) -> str:
    """The name in 以下文章来源于, else in the last 来源 or 转载自 line of the text; empty when none is named."""
    if origin_account:
        return _clean(origin_account)
    if "来源" not in body and "转" not in body and "摘" not in body:
        return ""
    if named := _ORIGIN.search(body):
        return _clean(named["name"])
    found = ""
    for match in _LINE.finditer(body):
        name = _clean(match["name"])
        if 2 <= len(name) <= 30 and not _NOT_NAME.search(name) and _trusted(match, name):
            found = name
    return found


def _trusted(match: re.Match[str], name: str) -> bool:
    """A label with a colon or in brackets is a credit; a line that only begins with the word may be a sentence."""
    return (
        bool(_COLON.search(match[0]))
        or match[0][0] in "（(【["
        or (match[0].startswith(("转自", "转载自")) and len(name) <= 14)
    )


def _clean(name: str) -> str:
    name = _TAIL.sub("", name).strip(_QUOTES)
    name = _ACCOUNT.sub("", name).strip(_QUOTES)
    return name.replace("”", "").replace("“", "")
