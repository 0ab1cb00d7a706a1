"""The text of attached files: every format that is read, and what files come to that are not."""

import io
import json
import zipfile
from pathlib import Path

import pytest

from pipelines.filetext.pdf import joined
from pipelines.filetext.read import read_file
from pipelines.filetext.result import FileOutcome

MADE = Path(__file__).parent / "files_made"
HELD: dict[str, list[str]] = json.loads((MADE / "text.json").read_text(encoding="utf-8"))
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
OFD = """<ofd:Page xmlns:ofd="http://www.ofdspec.org/2016"><ofd:Content><ofd:Layer>
<ofd:TextObject><ofd:TextCode X="1">样例</ofd:TextCode><ofd:TextCode X="2">规范</ofd:TextCode></ofd:TextObject>
<ofd:TextObject><ofd:TextCode>第一条 应当自查</ofd:TextCode></ofd:TextObject>
</ofd:Layer></ofd:Content></ofd:Page>"""


def flat(text: str) -> str:
    return "".join(text.split())


def zipped(members: dict[str, bytes], *, gbk: bool = False) -> bytes:
    """A zip file; with `gbk` its names are written as Chinese Windows writes them."""
    buffer = io.BytesIO()
    raw = {name: name.encode("gbk") for name in members}
    plain = {name: "x" * (len(raw[name]) - 1) + str(number) for number, name in enumerate(members)}
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as parts:
        for name, body in members.items():
            parts.writestr(plain[name] if gbk else name, body)
    packed = buffer.getvalue()
    for name in members if gbk else ():
        packed = packed.replace(plain[name].encode(), raw[name])
    return packed


@pytest.mark.parametrize("name", sorted(HELD))
def test_every_word_of_a_file_is_found(name: str) -> None:
    found = read_file(name, (MADE / name).read_bytes())
    assert found.outcome is FileOutcome.READ
    assert found.kind == name.rpartition(".")[2]
    assert [word for word in HELD[name] if flat(word) not in flat(found.text)] == []


def test_the_name_of_a_file_does_not_decide_what_it_is() -> None:
    assert read_file("附件1.wps", (MADE / "notice.doc").read_bytes()).kind == "doc"
    assert read_file("附件1.doc", (MADE / "notice.docx").read_bytes()).kind == "docx"
    assert read_file("附件", (MADE / "notice.pdf").read_bytes()).kind == "pdf"


def test_rows_of_a_workbook_stay_rows() -> None:
    assert "| 1 | 第三条 | 增加“定期评估” | 便于执行 |" in read_file("t.xlsx", (MADE / "table.xlsx").read_bytes()).text


def test_paragraphs_that_a_page_broke_are_whole_again() -> None:
    lines = [
        "为规范样例数据的管理，现将有关要求通知如",
        "下，请遵照执行。",
        "一、总体要求之下各单位应当做好自查工作的",
        "二、其他",
        "use IPv6 and 5G in the network of the",
        "industry",
    ]
    assert joined("\n".join(lines)).split("\n") == [
        "为规范样例数据的管理，现将有关要求通知如下，请遵照执行。",
        "一、总体要求之下各单位应当做好自查工作的",
        "二、其他",
        "use IPv6 and 5G in the network of the industry",
    ]


def test_a_zip_gives_the_texts_of_its_members_under_their_names() -> None:
    inner = {"附件1.docx": (MADE / "notice.docx").read_bytes(), "说明.txt": "请于年底前报送。".encode("gb18030")}
    found = read_file("附件.zip", zipped({**inner, "图.png": b"\x89PNG\r\n"}, gbk=True))
    assert found.outcome is FileOutcome.READ
    assert "附件1.docx\n" in found.text and "说明.txt\n请于年底前报送。" in found.text and "图.png" not in found.text


def test_a_zip_in_a_zip_in_a_zip_is_not_opened() -> None:
    body = zipped({"a.txt": "内文".encode()})
    assert read_file("1.zip", zipped({"2.zip": body})).text == "2.zip\na.txt\n内文"
    deep = read_file("0.zip", zipped({"1.zip": zipped({"2.zip": body})}))
    assert (deep.outcome, "deep" in deep.reason) == (FileOutcome.NO_TEXT, True)


def test_a_bomb_is_refused_by_what_it_says_of_itself() -> None:
    bomb = read_file("b.zip", zipped({"a.txt": b"0" * (65 * 1024 * 1024)}))
    assert (bomb.outcome, "65 MB when unpacked" in bomb.reason) == (FileOutcome.NO_TEXT, True)


def test_ofd_and_html_are_read() -> None:
    ofd = zipped({"OFD.xml": b"<x/>", "Doc_0/Pages/Page_0/Content.xml": OFD.encode()})
    assert read_file("a.ofd", ofd).text == "样例规范\n第一条 应当自查"
    page = "<html><head><title>x</title></head><p>正文</p><table><tr><td>甲</td><td>乙</td></tr></table></html>"
    assert read_file("a.xls", page.encode()).text.split("\n") == ["正文", "甲 乙"]


@pytest.mark.parametrize(
    ("name", "body", "outcome"),
    [
        ("a.doc", b"", FileOutcome.NO_TEXT),
        ("a.doc", OLE + b"\x00" * 600, FileOutcome.UNSUPPORTED),
        ("a.doc", OLE + b"\x00" * 600 + "WordDocument".encode("utf-16-le"), FileOutcome.UNREADABLE),
        ("a.docx", (MADE / "notice.docx").read_bytes()[:2000], FileOutcome.UNREADABLE),
        ("a.xlsx", zipped({"xl/workbook.xml": b"<broken"}), FileOutcome.UNREADABLE),
        ("a.pdf", b"%PDF-1.7\nnothing", FileOutcome.UNREADABLE),
        ("a.rar", b"Rar!\x1a\x07\x00", FileOutcome.UNSUPPORTED),
        ("a.png", b"\x89PNG\r\n\x1a\n", FileOutcome.UNSUPPORTED),
        ("a.txt", b"\xff\xfe\xfd\x80\x81" * 3, FileOutcome.READ),
        ("a.txt", b" \n \r\n", FileOutcome.NO_TEXT),
        ("a.bin", bytes(range(256)) * 8, FileOutcome.UNSUPPORTED),
    ],
)
def test_every_file_comes_to_one_outcome(name: str, body: bytes, outcome: FileOutcome) -> None:
    found = read_file(name, body)
    assert found.outcome is outcome
    assert found.text if outcome is FileOutcome.READ else found.reason


def test_a_workbook_with_a_password_is_said_to_have_one() -> None:
    body = OLE + b"\x00" * 512 + "EncryptedPackage".encode("utf-16-le")
    assert read_file("a.xlsx", body).outcome is FileOutcome.PROTECTED
