"""E-mails and telephones that a notice gives for answers to it."""

import re

_EMAIL = re.compile(
    r"(?<![A-Za-z0-9._%+-])[A-Za-z0-9][A-Za-z0-9._%+-]{0,40}[ \t]?(?:[@＠]|[ \t]?[\[(（]at[\])）][ \t]?)[ \t]?"
    r"[A-Za-z0-9][A-Za-z0-9-]{0,40}(?:\.[A-Za-z0-9-]{2,30}){1,4}"
)
_AT = re.compile(r"[ \t]*(?:[@＠]|[\[(（]at[\])）])[ \t]*")
_PHONE = re.compile(
    r"(?<![\d.\-A-Za-z])(?:\(?0\d{2,3}\)?[ \t]?[-－—–――]{0,2}[ \t]?[1-9]\d{6,7}(?!\d)(?:[-－—转][ \t]?\d{1,5}(?!\d))?"
    r"|1[3-9]\d[ -]?\d{4}[ -]?\d{4}(?!\d)|400[-－]?\d{3,4}[-－]?\d{3,4}(?!\d))"
)
_ALONE = re.compile(r"^[ \t]{0,2}[、，,；;/／][ \t]{0,2}([1-9]\d{6,7})(?!\d)")
_CONTACT = re.compile(r"联系|电话|咨询|手机|热线|[Tt]el|来电")
_FAX = re.compile(r"传[ \t]{0,4}真|[Ff]ax")
_OUTLET = re.compile(
    r"投稿|商务合作|稿件|征稿|征订|广告|转载|媒体合作|加入我们|简历|寻求报道|发行部|官方网站|编辑部|订阅"
    r"|杂志|求职|应聘"
)
_FULL = str.maketrans("０１２３４５６７８９（）．", "0123456789().")


def emails(body: str) -> tuple[str, ...]:
    """The distinct e-mail addresses of the notice in their order, those of the outlet left out."""
    if "@" not in body and "＠" not in body and "at" not in body:
        return ()
    found = (
        _AT.sub("@", match[0]).rstrip(".-")
        for match in _EMAIL.finditer(body)
        if not _OUTLET.search(_line(body, match.start()))
    )
    return tuple(dict.fromkeys(found))


def phones(body: str) -> tuple[str, ...]:
    """The distinct telephone numbers of the notice in their order, as written; faxes left out."""
    if not _CONTACT.search(body):
        return ()
    plain = body.translate(_FULL)
    found: list[str] = []
    for match in _PHONE.finditer(plain):
        if not _is_phone(plain, match.start()):
            continue
        number = re.sub(r"[ \t()]+", "", match[0].replace(")", "-") if "(" in match[0] else match[0])
        number = re.sub(r"[－—–―-]+", "-", number)
        found.append(number)
        area = number.split("-")[0]
        rest = match.end()
        while area.startswith("0") and (more := _ALONE.match(plain[rest : rest + 14])):
            found.append(f"{area}-{more[1]}")
            rest += more.end()
    return tuple(dict.fromkeys(found))


def _is_phone(text: str, at: int) -> bool:
    """Whether the words before a number call it a telephone: on its line, or as the head of the list it stands in."""
    line = _line(text, at)
    before = text[max(0, at - 60) : at]
    same = before.rpartition("\n")[2]
    labels = [found.end() for found in _CONTACT.finditer(same)]
    faxes = [found.end() for found in _FAX.finditer(same)]
    if (faxes and max(faxes) > max(labels, default=-1)) or _OUTLET.search(line):
        return False
    return bool(labels) or "@" in line or (bool(_CONTACT.search(before)) and not _FAX.search(before))


def _line(text: str, at: int) -> str:
    begin = max(text.rfind("\n", max(0, at - 200), at) + 1, at - 200)
    end = text.find("\n", at, at + 200)
    return text[begin : end if end >= 0 else at + 200]
