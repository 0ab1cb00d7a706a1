"""The signature of a notice: the bodies above its date."""

import re
from collections.abc import Iterator

from pipelines.bodies import named_bodies

MOST = 20  # lines above a date that may be names

_GAP = r"[ \t]{0,3}"
_COUNT = r"[\d一二三四五六七八九十]{1,3}"
_DATE_LINE = re.compile(
    r"^(?P<before>[^\n。；;，,]{0,60}?)[ \t]{0,8}(?:20\d\d|二[〇○零ＯO0][一二三四五六七八九〇○零ＯO]{2})"
    rf"{_GAP}年{_GAP}{_COUNT}{_GAP}月{_GAP}{_COUNT}{_GAP}日[ \t]{{0,4}}$",
    re.MULTILINE,
)
_ORGANISATION = re.compile(
    r"(?:[一-龥（）()]{2,30}(?:部|局|办公室|委员会|秘书处|秘书局|办公厅|厅|署|院|总行|银行|协会|学会|商会"
    r"|联合会|中心|专家组|工作组|领导小组|司|平台|联盟|委|政府|分会))"
)
_POST = re.compile(
    r"(?:主任|部长|局长|署长|主席|行长|总局局长"
    r"|院长)[ \t]{0,6}[：:]?[ \t]{0,6}[一-龥·]{1,3}[ \t]{0,2}[一-龥]{1,3}$"
)
_SPACED = re.compile(r"(?:[一-龥][ \t\u3000]+){2,12}[一-龥]")
_STAMP = re.compile(r"[（(](?:印章|盖章|公章|章|代章)[）)]")


def signature(body: str) -> list[str]:
    """The names that sign the first dated signature of a text, in their order; empty when there is none."""
    for match in _DATE_LINE.finditer(body):
        names: list[str] = []
        before = match["before"].strip()
        if before:
            names = _names(before)
            if not names:
                continue
        for line in _lines_above(body, match.start()):
            signed = _names(line)
            if not signed:
                break
            names = signed + names
        if names:
            return names
    return []


def _lines_above(text: str, at: int) -> Iterator[str]:
    end = at - 1
    for _ in range(MOST):
        if end <= 0:
            return
        begin = text.rfind("\n", max(0, end - 200), end) + 1
        line = text[begin:end].strip()
        yield line if begin or end < 200 else ""
        end = begin - 1


def _names(line: str) -> list[str]:
    """The bodies of a line that holds nothing else; empty for any other line."""
    line = _POST.sub("", _STAMP.sub("", line)).strip(" \t　*")
    if _SPACED.fullmatch(line):
        line = "".join(line.split())
    if not 3 <= len(line) <= 60 or line[-1] in "。：:；;，,":
        return []
    parts = [part for part in re.split(r"[ \t\u3000、]+", line) if part]
    names: list[str] = []
    for part in parts:
        found = list(named_bodies(part))
        if found and found[0].begin == 0 and found[-1].end == len(part):
            names += [body.name for body in found]
        elif _ORGANISATION.fullmatch(part):
            names.append(part)
        else:
            return []
    return names
