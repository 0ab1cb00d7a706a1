"""The addresses that an element links to."""

from lxml import html

from spiders.hrefs import links


def test_each_address_once_resolved_and_nothing_else() -> None:
    page = """<div><a href="/a.html">一</a><a href=" /a.html ">又</a><a href="#top">顶</a><a href="javascript:x()">x</a>
    <a href="mailto:a@b.cn">信</a><a href="http://[">坏</a><a href="https://b.example/二">二</a><a>空</a></div>"""
    assert links(html.fromstring(page), "https://a.example/x/") == ("https://a.example/a.html", "https://b.example/二")
