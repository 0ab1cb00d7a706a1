"""The identity of addresses."""

import pytest

from notices.article import Article
from notices.identity import article_key, fetchable, host_of, identity, wechat_key

LONG = (
    "https://mp.weixin.qq.com/s?__biz=MzA1MTExMTExMQ==&mid=2650000001&idx=2&sn=0a1b&chksm=beef&scene=58&subscene=0#rd"
)


@pytest.mark.parametrize(
    "same",
    [
        LONG,
        LONG.replace("&chksm=beef", ""),
        LONG.replace("https", "http").replace("&", "&amp;"),
        "http://mp.weixin.qq.com/s?sn=0a1b&idx=2&mid=2650000001&__biz=MzA1MTExMTExMQ%3D%3D",
        "https://MP.weixin.qq.com:443/mp/appmsg/show?__biz=MzA1MTExMTExMQ==&appmsgid=2650000001&itemidx=2",
    ],
)
def test_a_wechat_article_is_biz_mid_and_idx(same: str) -> None:
    assert identity(same) == "wx:MzA1MTExMTExMQ/2650000001/2" == wechat_key("MzA1MTExMTExMQ==", "2650000001", "02")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("http://wap.miit.gov.cn/gzcy/art/2026/art_00.html", "https://www.miit.gov.cn:443/gzcy/art/2026/art_00.html#a"),
        ("https://example.cn", "HTTP://EXAMPLE.CN:80/"),
        ("https://example.cn/a?b=1&c=2&utm_source=x", "https://example.cn/a?c=2&b=1"),
        ("https://example.cn/%7ea//b?q=%e5%85%ac", "https://example.cn/~a/b?q=%E5%85%AC"),
        ("https://mp.weixin.qq.com/s/AbC_d-1?scene=1", "http://mp.weixin.qq.com/s/AbC_d-1#rd"),
    ],
)
def test_two_spellings_of_one_address(one: str, other: str) -> None:
    assert identity(one) == identity(other)
    assert identity(identity(one)) == identity(one)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (LONG, LONG.replace("idx=2", "idx=3")),
        ("https://mp.weixin.qq.com/s/AbC", "https://mp.weixin.qq.com/s/abc"),
        ("https://example.cn/a?id=1", "https://example.cn/a?id=2"),
        ("https://example.cn:8443/a", "https://example.cn/a"),
        ("https://example.cn/app.html#/one", "https://example.cn/app.html#/two"),
    ],
)
def test_two_different_addresses(one: str, other: str) -> None:
    assert identity(one) != identity(other)


def test_only_a_long_wechat_link_without_chksm_cannot_be_fetched() -> None:
    assert fetchable(LONG)
    assert not fetchable(LONG.replace("chksm=beef&", ""))
    assert fetchable("https://mp.weixin.qq.com/s/AbC_d-1")
    assert fetchable("https://example.cn/s?mid=1&idx=1&__biz=a")
    assert not fetchable("file:///etc/passwd")
    assert not fetchable("not an address")


def test_a_consultation_of_ndrc_is_one_under_its_page_and_its_service() -> None:
    host = "https://yyglxxbsgw.ndrc.gov.cn"
    service = f"{host}/public/submission-service/article/access-url?shortKey=slgsglbf"
    assert identity(service) == identity(f"{host}/sa.html#/slgsglbf")
    assert identity(service) != identity(f"{host}/sa.html#/other")
    assert identity(service) == identity(
        f"{host}/public/submission-service/column/getArticleDetail?articleId=a#/slgsglbf"
    )
    assert identity(f"{host}/htmls/article.html#/slgsglbf") != identity(service)


def test_an_article_is_known_by_what_its_page_says_of_itself() -> None:
    short = Article(url="https://mp.weixin.qq.com/s/AbC", title="", biz="MzA1MTExMTExMQ==", mid="2650000001", idx="2")
    assert article_key(short) == identity(LONG)
    assert article_key(Article(url="https://example.cn/a#b", title="")) == identity("https://example.cn/a")


@pytest.mark.parametrize("odd", ["", "http://[", "http://a:b/", "javascript:0", "\ud800", "https://e.cn/\udcff?\ud800"])
def test_text_that_is_no_address_has_a_key_too(odd: str) -> None:
    assert identity(odd) == identity(odd.strip())
    assert host_of(odd) in {"", "e.cn"}


def test_a_long_address_has_a_key_before_the_time_of_a_test_is_over() -> None:
    assert identity("https://example.cn/?" + "a=%7e&" * 300_000).count("a=~") == 300_000
