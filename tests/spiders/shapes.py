"""Pages of strange shapes, each as large as it is asked to be, that a careless reader needs the square of time for."""

_OPEN = '<div class="rich_media_content" id="js_content"><div id="con_con">'
_TABLE = '<div class="rich_media_content" id="js_content"><table id="con_con">'

SHAPES = {
    "one long line": (_OPEN, "字", 1_000_000),
    "deep": (_OPEN, "<section>", 20_000),
    "a table that never ends": (_TABLE, "<tr><td>一</td><td>二", 20_000),
    "openings": ("", "<", 500_000),
    "escapes": ("var msg_title = '", "\\", 500_000),
    "a chain": ("", 'var biz = "" || ', 50_000),
    "scripts": ("", "<script ", 50_000),
    "marks": ("", '<div class="weui-msg__title" ', 20_000),
    "unclosed": ("", "<div><p class='x'>", 50_000),
}  # what begins a page, what is repeated, how often
ADDRESSES = ("https://mp.weixin.qq.com/s/abc", "https://www.miit.gov.cn/a/art_1.html", "https://example.cn/a")


def shaped(name: str, part: int = 1) -> bytes:
    """The page of a shape, or one a part of its size."""
    before, piece, number = SHAPES[name]
    return (before + piece * (number // part)).encode()
