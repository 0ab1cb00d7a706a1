"""The main part of a web page that was archived whole, with its menus, side boxes and footer."""

import re

from pipelines.advertising import is_notice
from pipelines.markdown import Line
from pipelines.selling import shifts_risk

_PROSE = 40  # characters from which a line with punctuation counts as text
_PUNCTUATED = re.compile(r"[。，；！？,.;]")
_BELOW = re.compile(
    r"^\W*(相关(文章|推荐|阅读|新闻|内容|资讯)|热门(推荐|文章|资讯|标签)|推荐(阅读|文章)|最新(文章|评论|资讯)|猜你喜欢|发表评论|评论列表|全部评论|评论\W{0,4}\d*"
    r"|我要评论|网友评论|文章目录|友情链接|合作伙伴|合作单位|战略伙伴|用户服务|关于我们|联系我们|TA的文章|作者其他文章|展开更多|被以下.{0,8}收录.{0,20}"
    r"|您还未登录.{0,12}|登录后.{0,8}评论|本站由.{0,30}|上一篇.{0,80}|下一篇.{0,80}|返回(顶部|首页|列表)|(网站)?首页|已在.{2,16}发表\s?\d+\s?篇文章|分享至|分享到)\W*$"
    r"|(copyright\s*(©|\(c\)|\d{4})|©\s*(copyright|\d{4})|all rights reserved"
    r"|[京沪粤浙苏鲁川渝津闽皖湘鄂豫冀晋陕辽吉黑赣桂琼云贵甘青宁新藏蒙]ICP[备证]|公网安备)",
    re.IGNORECASE,
)
_TAGS = re.compile(r"^(#\s?)?[^\s#，。]{1,15}(\s?#\s?[^\s#，。]{1,15})+$")
_SITE = re.compile(r"本站|本网站|©|copyright|版权所有|备案|举报电话", re.IGNORECASE)
_META = re.compile(
    r"^\W*((阅读量?|浏览量?|查看|点击量?|评论|收藏|点赞|关注|粉丝|文章数?|围观)\W*\d*\W*(次|人)?|\d[\d,.]*\W*[wk万]?|所属地\W*\S{0,8}"
    r"|(发布|发表|更新)?(时间|日期|于)?\W*\d{4}[-/.年]\d{1,2}[-/.月]\d{1,2}日?(\s*\d{1,2}:\d{2}(:\d{2})?)?|本文已被查看\W*\d+\W*次|[xX]|译文声明|本文是翻译文章)\W*$"
    r"|^(#\s?)?[^\s#，。]{1,15}(\s?#\s?[^\s#，。]{1,15})+$"
)


def main_part(lines: list[Line], title: str) -> list[Line]:
    """The lines between the page's own repetition of its title and its first box below the text.

    Judged by what lines are: prose, links alone, or a count; a page whose parts cannot be told apart loses only links
    above and below its prose.
    """
    key = squeezed(title)
    repeats = [len(line.text) < len(title) * 2 + 60 and _repeats(squeezed(line.text), key) for line in lines]
    weights = [0 if repeated else _weight(line) for line, repeated in zip(lines, repeats, strict=True)]
    start = _start(repeats, weights)
    end = _end(lines, weights, start)
    first = next((place for place in range(start, end) if weights[place]), end)
    above = _above(lines[start:first])
    below = lines[first:end]
    while below and (_is_tail(below[-1].text) or (end == len(lines) and _is_chrome(below[-1]))):
        below.pop()
    return above + below


def _above(lines: list[Line]) -> list[Line]:
    """What stands between title and prose without counts, dates and the bare names (author, column) before them."""
    last = max((place for place, line in enumerate(lines) if _is_meta(line.text)), default=-1)
    return [
        line
        for place, line in enumerate(lines)
        if not _is_chrome(line) and (place > last or len(line.text) > 20 or _PUNCTUATED.search(line.text))
    ]


def squeezed(text: str) -> str:
    """A text without its spaces."""
    return "".join(text.split())


def _weight(line: Line) -> int:
    if line.code:
        return len(line.text)
    long = len(line.text) >= _PROSE and line.linked * 2 < len(line.text)
    prose = long and _PUNCTUATED.search(line.text) and not _SITE.search(line.text)
    return len(line.text) - line.linked if prose else 0


def _start(repeats: list[bool], weights: list[int]) -> int:
    """The line after the last repetition of the title that has little prose above it."""
    start, above, total = 0, 0, sum(weights)
    for place, repeated in enumerate(repeats):
        if repeated:
            start = place + 1
        above += weights[place]
        if above * 5 > total > 0:
            break
    return start


def _repeats(text: str, title: str) -> bool:
    """Whether a line is the title, with the site's name behind it or with little of it missing."""
    return bool(title) and (text.startswith(title) or (len(text) * 5 >= len(title) * 3 and text in title))


def _end(lines: list[Line], weights: list[int], start: int) -> int:
    """The first line below the text: a box, a footer or a notice on rights with little prose after it."""
    after = sum(weights[start:])
    before = 0
    for place in range(start, len(lines)):
        line = lines[place]
        if (
            not line.code
            and before >= after
            and len(line.text) <= 200
            and (_BELOW.search(line.text) or is_notice(line.text))
        ):
            return place
        before += weights[place]
        after -= weights[place]
    return len(lines)


def _is_chrome(line: Line) -> bool:
    return line.linked * 5 >= len(line.text) * 3 or len(line.text) <= 2 or _is_meta(line.text)


def _is_tail(text: str) -> bool:
    """Whether a line at the end is tags, or says that the site answers for nothing."""
    return _TAGS.match(text) is not None or shifts_risk(text)


def _is_meta(text: str) -> bool:
    return len(text) <= 60 and _META.match(text) is not None
