"""What attached files add to an article, whichever of them is read first."""

from dataclasses import replace
from datetime import date, datetime
from itertools import permutations

from notices.article import Article, Attachment
from notices.kinds import NoticeType
from notices.schema import SHANGHAI
from pipelines.enrich import enriched
from pipelines.understand import understand

PAGE = Article(
    url="https://www.miit.gov.cn/a/art_1.html",
    title="公开征求对《样例算力设施评估办法（征求意见稿）》的意见",
    account="工业和信息化部",
    published_at=datetime(2026, 11, 20, tzinfo=SHANGHAI),
    body="为规范样例算力设施的评估工作，我们组织起草了《样例算力设施评估办法（征求意见稿）》，现公开征求意见，详见附件。",
    attachments=(
        Attachment("1.样例算力设施评估办法", "https://x/1.doc"),
        Attachment("2.意见反馈表", "https://x/2.doc"),
    ),
    official=True,
)
TEXTS = {
    "https://x/1.doc": "请于2026年12月20日前将意见反馈至邮箱：suanli@example.gov.cn。\n联系电话：010-55550456。\n"
    "第一条 等保要求另行规定。",
    "https://x/2.doc": "意见反馈表\n单位联系电话：010-00000000\n电子邮箱：name@company.example",
}


def test_a_deadline_that_only_the_attached_file_has_is_the_notices_and_says_so() -> None:
    found = enriched(understand(PAGE), TEXTS)
    assert found.fields.comment_end == date(2026, 12, 20)
    assert "12月20日" in found.fields.evidence
    assert "comment_end: in the attached file 1.样例算力设施评估办法" in found.fields.reasons
    assert found.fields.emails == ("suanli@example.gov.cn",)
    assert found.fields.phones == ("010-55550456",)


def test_the_pages_own_words_win() -> None:
    page = replace(PAGE, body=PAGE.body + "\n请于2026年12月5日前反馈至 own@example.gov.cn。")
    found = enriched(understand(page), TEXTS)
    assert found.fields.comment_end == date(2026, 12, 5)
    assert found.fields.emails == ("own@example.gov.cn",)


def test_a_word_that_only_the_file_holds_is_found_by_its_other_names() -> None:
    assert "网络安全等级保护" not in understand(PAGE).terms
    assert any("等级保护" in term for term in enriched(understand(PAGE), TEXTS).terms)


def test_it_does_not_matter_which_file_is_read_first() -> None:
    results = []
    for order in permutations(TEXTS):
        found = understand(PAGE)
        for url in order:
            found = enriched(found, {url: TEXTS[url]})
        results.append(replace(found, terms=tuple(sorted(found.terms))))
    assert results[0] == results[1]
    assert results[0].fields == enriched(understand(PAGE), TEXTS).fields


def test_a_page_without_words_is_what_its_file_says() -> None:
    page = replace(PAGE, title="样例算力设施评估办法", body="", attachments=PAGE.attachments[:1])
    text = (
        "关于公开征求《样例算力设施评估办法（征求意见稿）》意见的通知\n现公开征求意见，请于2026年12月20日前反馈。" * 2
    )
    found = enriched(understand(replace(page, title="公开征求意见")), {"https://x/1.doc": text})
    assert found.fields.notice_type is NoticeType.CONSULTATION
    assert found.fields.comment_end == date(2026, 12, 20)


def test_an_article_without_read_files_is_the_same_object() -> None:
    found = understand(PAGE)
    assert enriched(found, {"https://elsewhere/1.doc": "x"}) is found
