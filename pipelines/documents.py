"""Documents: the drafts and rules that a notice is about, not those it cites."""

import re
from collections.abc import Iterator

from notices.kinds import NoticeType

HEAD = 2500  # characters in which a notice names what it is about; then the attached text begins

_NAME = re.compile(r"《((?:[^《》\n]|《[^《》\n]{1,80}》){2,150})》")
_STAGE = re.compile(r"[ \t]*[（(](?:公开)?征求意见稿[）)]$|[ \t]*[（(]草案[）)]$")
_ARTICLES = re.compile(r"^[ \t]*第一[条章][ \t\u3000\n]?", re.MULTILINE)
_CITES = re.compile(
    r"(?:根据|依据|按照|依照|落实|贯彻|结合|违反|遵循|符合|遵守|参照|援引|以|基于|围绕|同时废止|废止|支撑"
    r"|衔接|依托|自|原|填写|填报|下载|"
    r"为了?(?:规范|落实|贯彻|配合|支撑|推动)?)[^《》。；\n]{0,14}$"
)
_ISSUED = re.compile(
    r"(?:印发|发布|公布|出台|起草|制定|修订|编制|形成|批准|通过|就|对|征求|征集|关于|下达|推出|完成|开展"
    r"|研究|现将|实施|说明|组织|归口的|了|：|:|将)[^《》。；\n]{0,24}$"
)
_IS_ISSUED = re.compile(
    r"^(?:[（(][^）)\n]{1,40}[）)]){0,2}[^《》。；\n]{0,24}?(?:征求|征集|发布|印发|公布|施行|实施|审议通过"
    r"|出台|规定|明确|提出|批准|等\d|草案|意见)(?!以来|后|之后|实施以来)"
    r"|^已[^《》。；\n]{0,60}(?:通过|公布)"
)
_LIST = re.compile(r"^(?:[（(][^）)\n]{1,40}[）)]){0,3}[ \t]*(?:[、，和及与]|以及|和国家标准|和标准)?[ \t]*$")
_HEADING = re.compile(r"^[^\n。]{0,160}(?:通知|公告|函|启事|通告|的意见|决定|通报)$", re.MULTILINE)
_SEVERAL = re.compile(r"等[ \t]{0,2}([\d一二两三四五六七八九十]{1,3})[ \t]{0,2}(?:项|个|部|份)")
_ATTACHED = re.compile(
    r"^[ \t]*(?:附件[ \t]*)?\d{1,2}[.、．:：][ \t]*《?(?P<name>[^\n《》]{4,80}?)》?(?:[-—（(][ \t]*)?(?:标准文本"
    r"|征求意见稿)[^\n]{0,12}$",
    re.MULTILINE,
)
_OWN = re.compile(r"通报|公告|名单|目录|清单|提示|公示|辟谣榜")
_MAGAZINES = frozenset({"中国信息安全", "信息安全研究", "中国网信", "保密科学技术", "信息安全与通信保密"})


def documents(title: str, body: str, kind: NoticeType) -> tuple[str, ...]:
    """The names inside 《》 of what the notice is about, without （征求意见稿）, in their order.

    A bulletin is about no document but the one it gives itself: rules in it are those somebody broke.
    """
    head = _head(body)
    titled = [name for name in _names_in(title) if not _cited(title, name)]
    heading = _heading(head)
    main = (heading if len(heading) >= len(titled) else _fuller(titled, head)) or _first_issued(head, kind)
    if _SEVERAL.search(title) or not titled:
        main = main + _siblings(main, head)
    counted = _SEVERAL.search(title + "\n" + head[:600])
    if counted and titled and len(set(map(_bare, main))) < _count(counted[1]):
        main = main + [match["name"].strip() for match in _ATTACHED.finditer(head)]
    return tuple(dict.fromkeys(bare for name in main if (bare := _bare(name)) and bare not in _MAGAZINES))


def without_documents(text: str) -> str:
    """The text with every name in 《》 blanked, character for character."""
    return _NAME.sub(lambda match: "《" + "_" * len(match[1]) + "》", text) if "《" in text else text


def _head(body: str) -> str:
    head = body[:HEAD]
    articles = _ARTICLES.search(head)
    return head[: articles.start()] if articles and articles.start() > 60 else head


def _names_in(text: str) -> list[str]:
    return [match[1] for match in _NAME.finditer(text)]


def _cited(text: str, name: str) -> bool:
    at = text.find("《" + name)
    return bool(_CITES.search(text[max(0, at - 24) : at]))


def _heading(head: str) -> list[str]:
    for match in _HEADING.finditer(head):
        if "《" in match[0] and ("关于" in match[0] or "征求" in match[0]):
            return [name for name in _names_in(match[0]) if not _cited(match[0], name)]
    return []


def _issued(head: str) -> Iterator[re.Match[str]]:
    """Names that a sentence issues or puts out for comment."""
    begin = reached = 0  # of the list that a name stands in: what is said before it is said of all its names
    for match in _NAME.finditer(head):
        if not reached or not _LIST.match(head[reached : match.start()]):
            begin = match.start()
        reached = match.end()
        before = head[max(0, begin - 40) : begin].rpartition("\n")[2]
        after = head[match.end() : match.end() + 60].partition("\n")[0]
        if len(match[1]) > 4 and not _CITES.search(before) and (_ISSUED.search(before) or _IS_ISSUED.match(after)):
            yield match


def _first_issued(head: str, kind: NoticeType) -> list[str]:
    found = [match for match in _issued(head) if kind is not NoticeType.BULLETIN or _OWN.search(match[1])]
    drafts = [
        match[1]
        for match in found
        if "征求意见稿" in match[1] or head[match.end() : match.end() + 8].find("征求意见稿") > 0
    ]
    return (drafts or [match[1] for match in found])[:1]


def _siblings(main: list[str], head: str) -> list[str]:
    """The names that stand in one list with a main one."""
    wanted = {_bare(name) for name in main}
    run: list[re.Match[str]] = []
    for match in [*_NAME.finditer(head), None]:
        if match and run and _LIST.match(head[run[-1].end() : match.start()]):
            run.append(match)
            continue
        names = [each[1] for each in run]
        if (
            len(run) > 1
            and wanted & {_bare(name) for name in names}
            and not _CITES.search(head[max(0, run[0].start() - 24) : run[0].start()])
        ):
            return names
        run = [match] if match else []
    return []


def _fuller(titled: list[str], head: str) -> list[str]:
    """Each titled name as the notice itself writes it, where the title shortened or garbled it."""
    issued = [match[1] for match in _issued(head)] if titled else []
    return [next((full for full in issued if _shortens(_bare(name), _bare(full))), name) for name in titled]


def _shortens(short: str, full: str) -> bool:
    """Whether all characters of `short` stand in `full` in their order, the first one first."""
    if short == full or len(short) < 5 or len(full) > 3 * len(short):
        return False
    rest = iter(full)
    return all(letter in rest for letter in short) and full.startswith(short[0])


def _bare(name: str) -> str:
    return _STAGE.sub("", name.strip()).strip()


def _count(text: str) -> int:
    return int(text) if text.isdecimal() else {"两": 2, "十": 10}.get(text, "〇一二三四五六七八九".find(text[-1]))
