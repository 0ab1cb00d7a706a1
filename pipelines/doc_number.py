"""The number of a document: the one it bears itself, not those it cites."""

import re

HEAD = 3000  # characters in which a text's own number stands; reposts put an introduction before the notice

_YEAR = r"[ \t]{0,2}[〔\[［(（【﹝][ \t]{0,2}(?:19|20)\d\d[ \t]{0,2}年?[ \t]{0,2}[〕\]］)）】﹞][ \t]{0,2}"
_NUMBER = r"第?[ \t]{0,2}\d{1,5}[ \t]{0,2}号"
_MARK = r"[一-龥]{1,14}"
_OWN_LINE = re.compile(rf"^[（(#* \t]{{0,3}}(?:文号|发文字号|编号|发文号)?[:：]?[ \t]{{0,2}}(?P<number>{_MARK}{_YEAR}{_NUMBER})[ \t）)*]{{0,4}}$", re.MULTILINE)
_BEHIND_NAME = re.compile(rf"(?:通知|公告|意见|办法|规定|决定|函|方案|指南|计划|》)[ \t]{{0,2}}[（(](?P<number>{_MARK}{_YEAR}{_NUMBER})[，,；;）)]")
_ORDER = re.compile(
    r"(?P<body>(?:[一-龥]{2,30}(?:部|局|会|署|院|室|行|府|厅)[ \t、\n]{0,2}){1,12})[ \t]{0,2}令[ \t]{0,2}\n?[ \t（(]{0,2}(?P<number>(?:20\d\d年)?第[ \t]{0,2}[\d〇一二三四五六七八九十百]{1,5}[ \t]{0,2}号)"
)
_PUBLIC = re.compile(
    r"^(?P<body>[一-龥 \t、]{0,60})公告[ \t]{0,2}\n?[ \t（(]{0,2}(?P<number>20\d\d[ \t]{0,2}年[ \t]{0,2}第[ \t]{0,2}\d{1,4}[ \t]{0,2}号)[ \t）)]{0,2}$", re.MULTILINE
)
_PUBLIC_INLINE = re.compile(r"(?P<number>20\d\d[ \t]{0,2}年[ \t]{0,2}第[ \t]{0,2}\d{1,4}[ \t]{0,2}号)(?P<body>[一-龥]{0,12}公告)")
_ADVISORY = re.compile(r"编号[:：]?[ \t]{0,2}(?P<number>(?:CNTA|CNVD|CNNVD|CERT)-\d{4}-\d{2,6})")
_CITED = re.compile(r"根据|依据|按照|依照|落实|贯彻|废止|原《|同时|见")


def doc_number(body: str) -> str:
    """The document number that the text bears, its parts joined without spaces; empty when it bears none."""
    head = body[:HEAD]
    if "号" not in head and "CNTA" not in head:
        return ""
    if own := _OWN_LINE.search(head):
        return _tight(own["number"])
    for match in _BEHIND_NAME.finditer(head):
        if not _CITED.search(head[max(0, match.start() - 60) : match.start()].rpartition("\n")[2]):
            return _tight(match["number"])
    return _order(head) or _announcement(head)


def _order(head: str) -> str:
    for match in _ORDER.finditer(head):
        before = head[max(0, match.start() - 12) : match.start()]
        body = re.sub(r"^.*?(?:日|经|由)(?=[一-龥])", "", match["body"].strip())
        if not _CITED.search(before) and not _CITED.search(body):
            return " ".join(body.split()) + "令" + _tight(match["number"])
    return ""


def _announcement(head: str) -> str:
    if own := _PUBLIC.search(head):
        return _tight(own["body"] + "公告" + own["number"])
    if inline := _PUBLIC_INLINE.search(head):
        return _tight(inline["number"] + inline["body"])
    advisory = _ADVISORY.search(head)
    return advisory["number"] if advisory else ""


def _tight(text: str) -> str:
    return re.sub(r"\s+", "", text)
