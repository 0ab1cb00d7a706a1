"""Writes the sample files beside it: make.py. Needs LibreOffice's writer and calc (`soffice`).

The texts are this project's own. `text.json` holds, file by file, the words that each must give back.
"""

import json
import subprocess
import tempfile
from pathlib import Path

HERE = Path(__file__).parent
TITLE = "关于公开征求《工业领域样例数据分级规范（征求意见稿）》意见的通知"
PARAGRAPHS = [
    "各有关单位：",
    "为做好工业领域样例数据的分级管理工作，样例司组织起草了《工业领域样例数据分级规范（征求意见稿）》，现向社会公开征求意见。",
    "请于2026年12月18日前将意见反馈至电子邮箱：yangli@example.gov.cn，邮件主题注明“分级规范意见反馈”。",
    "联系电话：010-55550123。感谢您的参与和支持！",
    "第一条　本规范适用于样例数据的分级、标识和保护，涉及５Ｇ、IPv6 与 GB/T 99999—2026 的部分另行规定。",
    "第二条　数据处理者应当每年至少开展一次自查，并保存记录不少于三年。",
]
TABLE = [
    ["序号", "条款", "修改建议", "理由"],
    ["1", "第三条", "增加“定期评估”", "便于执行"],
    ["2", "第五条", "删除", "与上位法重复"],
]
OFFICE = "urn:oasis:names:tc:opendocument:xmlns:"
HEAD = f"""<?xml version="1.0" encoding="UTF-8"?>
<office:document xmlns:office="{OFFICE}office:1.0" xmlns:text="{OFFICE}text:1.0" xmlns:table="{OFFICE}table:1.0"
 office:version="1.3" office:mimetype="application/vnd.oasis.opendocument.text"><office:body><office:text>"""
COLUMNS = '<table:table-column table:number-columns-repeated="4"/>'
FOOT = "</office:text></office:body></office:document>"


def paragraph(text: str) -> str:
    """A paragraph of OpenDocument."""
    return f"<text:p>{text}</text:p>"


def page() -> str:
    """The document as flat OpenDocument, from which every other format is written."""
    rows = "".join(
        "<table:table-row>"
        + "".join(f"<table:table-cell>{paragraph(cell)}</table:table-cell>" for cell in row)
        + "</table:table-row>"
        for row in TABLE
    )
    body = "".join(map(paragraph, [TITLE, *PARAGRAPHS]))
    return f"{HEAD}{body}<table:table>{COLUMNS}{rows}</table:table>{FOOT}"


def convert(source: Path, target: str, folder: Path, *options: str) -> None:
    """Has LibreOffice write a file in another format."""
    call = ["soffice", "--headless", *options, "--convert-to", target, "--outdir", str(folder), str(source)]
    subprocess.run(call, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def main() -> None:
    """Writes a document and a workbook in every format, and the words they hold."""
    cells = [cell for row in TABLE for cell in row]
    words = [TITLE, *PARAGRAPHS, *cells]
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        (folder / "notice.fodt").write_text(page(), encoding="utf-8")
        for target in ("doc:MS Word 97", "docx:MS Word 2007 XML", "pdf:writer_pdf_Export"):
            convert(folder / "notice.fodt", target, HERE)
        (folder / "table.csv").write_text("\n".join(",".join(row) for row in TABLE), encoding="utf-8")
        convert(folder / "table.csv", "ods", folder, "--infilter=CSV:44,34,76,1")  # commas, quotes, UTF-8
        for target in ("xls:MS Excel 97", "xlsx:Calc MS Excel 2007 XML"):
            convert(folder / "table.ods", target, HERE)
    held = {f"notice.{end}": words for end in ("doc", "docx", "pdf")}
    held |= {f"table.{end}": cells for end in ("xls", "xlsx")}
    (HERE / "text.json").write_text(json.dumps(held, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
