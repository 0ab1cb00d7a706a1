"""The official list's own deadline beside the text's: the sentence counts, the list fills, a disagreement is said."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest

from notices.article import Article
from notices.kinds import NoticeType
from pipelines.fields import read_fields

WHEN = datetime(2026, 11, 20, tzinfo=ZoneInfo("Asia/Shanghai"))
TITLE = "公开征求对《海洋数据目录（征求意见稿）》的意见"
BODY = "为加强海洋数据管理，我局起草了目录，现向社会公开征求意见。{}"
LISTED = date(2026, 12, 20)


def article(sentence: str, title: str = TITLE, listed: date | None = LISTED) -> Article:
    return Article(
        "https://www.miit.gov.cn/a", title, "工业和信息化部", WHEN, body=BODY.format(sentence), listed_ends=listed
    )


@pytest.mark.parametrize(
    ("sentence", "listed", "end", "reason"),
    [
        ("请于2026年12月20日前反馈意见。", LISTED, LISTED, "comment_end: sentence and list agree"),
        ("请于2026年12月18日前反馈意见。", LISTED, date(2026, 12, 18), "comment_end?: the list says 2026-12-20"),
        ("", LISTED, LISTED, "comment_end: from the list, no sentence says it"),
        ("请于2026年12月18日前反馈意见。", None, date(2026, 12, 18), ""),
    ],
)
def test_the_end_of_a_listed_consultation(sentence: str, listed: date | None, end: date, reason: str) -> None:
    fields = read_fields(article(sentence, listed=listed))
    assert fields.comment_end == end
    assert [one for one in fields.reasons if one.startswith("comment_end")] == ([reason] if reason else [])


def test_a_row_with_a_last_day_is_a_consultation_whatever_its_title_says() -> None:
    bare = "海洋数据目录"
    assert read_fields(article("", bare)).notice_type is NoticeType.CONSULTATION
    assert read_fields(article("", "《海洋数据目录》解读")).notice_type is NoticeType.INTERPRETATION
