"""The pages that a page leads to."""

from notices.article import Article
from notices.kinds import Markup
from pipelines.leads import MANY, leads
from pipelines.understand import understand

OWN = "https://news.example.cn/1.html"


def found(body: str, **more: object) -> tuple[str, ...]:
    return leads(Article(OWN, "题", body=body, **more), OWN)  # type: ignore[arg-type]


def test_the_named_original_comes_first_and_addresses_in_the_text_follow() -> None:
    body = "详见[官网](http://www.sea.gov.cn/a.html)，或http://www.sea.gov.cn/b.html。![](https://x.example/p.png)"
    assert found(body, markup=Markup.MARKDOWN, source_url="http://www.sea.gov.cn/c.html?utm_source=x") == (
        "https://www.sea.gov.cn/c.html",
        "https://www.sea.gov.cn/a.html",
        "https://www.sea.gov.cn/b.html",
    )


def test_links_of_an_html_page_count_and_its_own_address_does_not() -> None:
    assert found("正文", links=("http://www.sea.gov.cn/a.html", OWN)) == ("https://www.sea.gov.cn/a.html",)


def test_a_list_of_links_says_little() -> None:
    many = tuple(f"https://x.example/{number}" for number in range(MANY + 1))
    assert found("正文", links=many, source_url="https://x.example/0") == ("https://x.example/0",)


def test_what_was_understood_keeps_leads_only() -> None:
    one = understand(Article(OWN, "题", body="正文" * 30, links=("https://www.sea.gov.cn/a.html",)))
    assert (one.leads, one.article.links) == (("https://www.sea.gov.cn/a.html",), ())
