"""Writes config/normal.json, the one normalisation table: make_normal.py [FILE]. Needs opencc, a development tool.

For every code point: NFKC, CJK radicals to ideographs, traditional to simplified characters, lower case, and nothing
at all for format characters. Every rule is repeated until nothing changes, so that one pass over a text is enough.
"""

import json
import sys
import unicodedata
from collections.abc import Callable
from pathlib import Path

FILE = Path(__file__).parents[1] / "config" / "normal.json"

# NFKC knows the Kangxi radicals; these of the supplement it leaves. Pairs from Unicode's EquivalentUnifiedIdeograph.
RADICALS = (
    "⺁厂⺂乛⺃乚⺄乙⺅亻⺆冂⺇𠘨⺈刀⺉刂⺊卜⺋㔾⺌小⺍小⺎兀⺏尣⺐尢⺑𡯂⺒巳⺓幺⺔彑⺕彐⺖忄⺗心⺘扌⺙攵⺛旡⺜日⺝月⺞歺⺠民⺡氵⺢氺⺣灬⺤爫⺥爫⺦丬⺧牛"
    "⺨犭⺩王⺪𤴔⺫目⺬示⺭礻⺮𥫗⺯糹⺰纟⺱罓⺲罒⺳㓁⺴冗⺵𦉫⺶羊⺷𦍌⺸𦍋⺹耂⺺肀⺻聿⺼肉⺽𦥑⺾艹⺿艹⻀艹⻁虎⻂衤⻃覀⻄西⻅见⻆角⻇𧢲⻈讠⻉贝⻊𧾷⻋车⻌辶⻍辶⻎辶⻏邑"
    "⻐钅⻑長⻒镸⻓长⻔门⻕𨸏⻖阝⻗雨⻘青⻙韦⻚页⻛风⻜飞⻝食⻞𩙿⻟飠⻠饣⻡𩠐⻢马⻣骨⻤鬼⻥鱼⻦鸟⻧卤⻨麦⻩黄⻪黾⻫斉⻬齐⻭歯⻮齿⻯竜⻰龙⻱龜⻲亀"
)
JOINERS = {0x034F, 0x180B, 0x180C, 0x180D, *range(0xFE00, 0xFE10), *range(0xE0100, 0xE01F0)}  # invisible, not format


def generate() -> dict[str, str]:
    """The table: character -> what stands for it, only where that is something else."""
    import opencc

    simplify = opencc.OpenCC("t2s").convert
    radicals = dict(zip(RADICALS[::2], RADICALS[1::2], strict=True))
    found = {}
    for code in (*range(0xD800), *range(0xE000, 0x110000)):
        char = chr(code)
        if unicodedata.category(char) in ("Cn", "Co", "Cc"):
            continue
        form = _form(char, radicals, simplify)
        if form != char:
            found[char] = form
    return found


def write(table: dict[str, str]) -> str:
    """The file's text: one pair a line, in the order of the code points."""
    lines = (f"{json.dumps(key)}: {json.dumps(value, ensure_ascii=False)}" for key, value in table.items())
    return "{\n" + ",\n".join(lines) + "\n}\n"


def _form(char: str, radicals: dict[str, str], simplify: Callable[[str], str]) -> str:
    while True:
        parts = (_step(part, radicals, simplify) for part in char)
        changed = "".join(parts)
        if changed == char:
            return char
        char = changed


def _step(char: str, radicals: dict[str, str], simplify: Callable[[str], str]) -> str:
    if unicodedata.category(char) == "Cf" or ord(char) in JOINERS:
        return ""
    form = radicals.get(char) or unicodedata.normalize("NFKC", char)
    if len(form) > 1 or form != char:
        return form
    folded = char.casefold()
    form = folded if len(folded) == 1 else char.lower().rstrip("\u0307")
    return simplify(form) if form == char and unicodedata.category(char) == "Lo" else form


if __name__ == "__main__":
    target = Path(sys.argv[1]) if len(sys.argv) > 1 else FILE
    target.write_text(write(generate()), encoding="utf-8")
