"""What messages say of each event, in both languages, and of what has no notice."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from alerts.channels.letter import html
from alerts.lines import text
from alerts.message import without_notice
from alerts.sample import Asked, sample
from alerts.view import says
from alerts.words import WORDS

SAID = {
    "new": ("新的征求意见：", "New consultation: "),
    "official": ("已找到官方原文：", "Official page found: "),
    "deadline:2027-01-15": ("截止日期改为 2027-01-15：", "Deadline moved to 2027-01-15: "),
    "deadline-set:2027-01-15": ("截止日期已确定：2027-01-15：", "Deadline set: 2027-01-15: "),
    "final": ("草案的正式文本已发布：", "Final text of a draft: "),
    "changed:3": ("内容有改动：", "Text changed: "),
    "removed": ("已撤下：", "Taken down: "),
    "remind:3d:2027-01-15": ("截止提醒：", "Deadline near: "),
}


@pytest.mark.parametrize("event", SAID)
def test_each_event_is_said_in_both_languages(event: str, world: Any) -> None:
    for language, said in zip(("zh", "en"), SAID[event], strict=True):
        made = sample(Asked("drafts", "is:open", language), world.now)
        one = replace(made.items[0], event=event)
        assert says(one, WORDS[language]).startswith(said + "关于公开征求")
        told = replace(made, items=(one,))
        for form in (text(told), html(told)):
            for part in (said.rstrip("： :"), "https://www.example.org/notice.html", "征求意见稿.docx", "is:open"):
                assert part in form
            assert "14" in form and "alerts pause drafts" in form


def test_what_has_no_notice_says_what_there_is_to_say(world: Any) -> None:
    subject = {"title": "miit-sample", "note": "silent: <b>no page</b> since 09:00"}
    for event, zh, en in (
        ("alarm:miit-sample:1", "来源告警：miit-sample", "Source in alarm: miit-sample"),
        ("alarm:miit-sample:1:over", "来源恢复正常：miit-sample", "Source well again: miit-sample"),
    ):
        for language, said in (("zh", zh), ("en", en)):
            made = sample(Asked("drafts", "is:open", language), world.now)
            told = replace(made, items=(without_notice(event, 0, subject),), test=False)
            assert said in text(told) and "silent: <b>no page</b> since 09:00" in text(told)
            assert "&lt;b&gt;no page&lt;/b&gt;" in html(told) and "None" not in text(told) + html(told)


def test_both_languages_know_the_same_words() -> None:
    assert set(WORDS["zh"]) == set(WORDS["en"])


def test_the_last_day_and_a_period_that_ended_meanwhile_are_said(world: Any) -> None:
    made = sample(Asked("drafts", "is:open", "zh"), world.now)
    last = replace(made.items[0], deadline=date(2026, 11, 1), days_left=0)
    assert "截止：2026-11-01（今天截止）" in text(replace(made, items=(last,)))
    over = replace(last, days_left=-1, period_ended=True)
    told = text(replace(made, items=(over,)))
    assert "已截止" in told and "发送时已截止" in told
