"""The number of a document: the one it bears itself, not those it cites."""

import re

HEAD = 3000  # characters in which a text's own number stands; reposts put an introduction before the notice

_GAP = r"[ \t]{0,2}"
_YEAR = rf"{_GAP}[〔\[［(（【﹝]{_GAP}(?:19|20)\d\d{_GAP}年?{_GAP}[〕\]］)）】﹞]{_GAP}"
_NUMBER = rf"第?{_GAP}\d{{1,5}}{_GAP}号"
_OWN = rf"(?P<number>[一-龥]{{1,14}}{_YEAR}{_NUMBER})"
_OWN_LINE = re.compile(
    rf"^[（(#* \t]{{0,3}}(?:文号|发文字号|编号|发文号)?[:：]?{_GAP}{_OWN}[ \t）)*]{{0,4}}$", re.MULTILINE
)
_BEHIND_NAME = re.compile(rf"(?:通知|公告|意见|办法|规定|决定|函|方案|指南|计划|》){_GAP}[（(]{_OWN}[，,；;）)]")
_ORDER = re.compile(
    rf"令{_GAP}\n?[ \t（(]{{0,2}}(?P<number>(?:20\d\d年)?第{_GAP}[\d〇一二三四五六七八九十百]{{1,5}}{_GAP}号)"
)
_ORDERING = re.compile(r"(?:(?<=日)|(?<=[^一-龥、 \t])|^)(?P<body>[一-龥、 \t]{3,200})$")
_BODY_LINE = re.compile(r"[一-龥]{3,30}(?:部|局|会|署|院|室|行|府|厅)")
_WHEN = re.compile(r"^.*?(?:日|经|由|以)(?=[一-龥])")
_ANNOUNCED = rf"(?P<number>20\d\d{_GAP}年{_GAP}第{_GAP}\d{{1,4}}{_GAP}号)"
_PUBLIC = re.compile(
    rf"^(?P<body>[一-龥 \t、]{{0,60}})公告{_GAP}\n?[ \t（(]{{0,2}}{_ANNOUNCED}[ \t）)]{{0,2}}$", re.MULTILINE
)
_PUBLIC_INLINE = re.compile(rf"{_ANNOUNCED}(?P<body>[一-龥]{{0,12}}公告)")
_ADVISORY = re.compile(rf"编号[:：]?{_GAP}(?P<number>(?:CNTA|CNVD|CNNVD|CERT)-\d{{4}}-\d{{2,6}})")
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
    """A joint or single order, bodies first: "<部> <局>令第1号"; their names may stand on lines of their own."""
    for match in _ORDER.finditer(head):
        lines = head[max(0, match.start() - 400) : match.start()].rstrip().split("\n")
        named = _ORDERING.search(lines[-1].strip())
        if named is None or _CITED.search(lines[-1]):
            continue
        bodies = [_WHEN.sub("", named["body"].strip())]
        while bodies[0] == lines[-1].strip() and len(lines) > 1 and _BODY_LINE.fullmatch(lines[-2].strip()):
            lines.pop()
            bodies.insert(0, lines[-1].strip())
        return " ".join(" ".join(bodies).split()) + "令" + _tight(match["number"])
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
