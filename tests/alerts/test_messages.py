"""What messages say of each event, in both languages, and of what has no notice."""

import re
import shlex
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from sqlalchemy import select, update

from alerts.channels.letter import html
from alerts.lines import listed, plain, text
from alerts.matcher import match
from alerts.message import without_notice
from alerts.outgoing import compose, items
from alerts.parts import gather
from alerts.sample import Asked, sample
from alerts.sending import Link, Message
from alerts.subscriptions import Wanted, make
from alerts.view import says, subject
from alerts.words import WORDS
from notices.schema import notices

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


def many(asked: Asked, now: Any, number: int, **changed: Any) -> Message:
    made = sample(asked, now)
    one = replace(made.items[0], **changed)
    told = replace(made, items=tuple(replace(one, title=f"第{place}号办法") for place in range(number)))
    return replace(told, text=text(told))


@pytest.mark.parametrize(("language", "kind"), [("zh", "征求意见"), ("en", "consultation")])
def test_a_row_of_a_list_says_who_and_what_type_too(language: str, kind: str, world: Any) -> None:
    issuers = ("示例部", "示例局")
    told = many(Asked("drafts", "is:open", language), world.now, 6, event="changed:2", issuers=issuers)
    together = "示例部、示例局" if language == "zh" else "示例部, 示例局"
    for form in (text(told), html(told)):
        [row] = [row for row in form.splitlines() if f"{together} · {kind} · " in row][:1]
        assert "14" in row and form.count(together) == 6
    crowd = replace(told.items[0], issuers=tuple(f"示例{number}部" for number in range(9)))
    assert "示例2部 " + WORDS[language]["more"].format(number=6) in text(replace(told, items=(crowd, *told.items[1:])))
    new = text(replace(told, items=tuple(replace(one, event="new") for one in told.items)))
    assert new.count(kind) == 6  # the event has said it already


def test_a_deadline_of_another_notice_is_shown_with_that_notice_and_its_sentence(world: Any, reader: Any) -> None:
    make(world.store, reader, Wanted("a", "is:open", ("team",)), {"team"}, world.now)
    report, lender = world.notice("某部就某办法征求意见", end=None), world.notice("关于某办法公开征求意见的通知")
    world.link(report, lender)
    with world.store.writing() as connection:
        fields = connection.execute(select(notices.c.fields).where(notices.c.id == lender)).scalar_one()
        mine = update(notices).where(notices.c.id == lender)
        connection.execute(mine.values(fields={**fields, "issuers": ["示例部"]}, official=True))
        connection.execute(update(notices).where(notices.c.id == report).values(ends_on="2026-12-31"))
    match(world.store, world.now)
    [part] = gather(world.store, world.now)
    [one] = items(world.store, part.rows, world.now).values()
    assert (one.notice_id, one.deadline) == (report, date(2026, 12, 31))
    assert (one.deadline_from, one.evidence) == (
        Link("关于某办法公开征求意见的通知 · 示例部", "https://example.org/2.html"),
        "请于2026年12月31日前反馈。",
    )
    for language, said in (("zh", "日期取自同一事项的："), ("en", "another notice of the matter: ")):
        made = replace(sample(Asked("a", "is:open", language), world.now), items=(one,))
        for form in (text(made), html(made)):
            assert said + "关于某办法公开征求意见的通知 · 示例部" in form and "请于2026年12月31日前反馈。" in form
        assert WORDS[language]["lent_mark"] in subject(made)
    unknown = replace(made, language="zh", items=(replace(one, deadline_from=Link("", "")),))
    assert "日期取自同一事项的：另一通知" in text(unknown)


def test_both_languages_know_the_same_words() -> None:
    assert set(WORDS["zh"]) == set(WORDS["en"])


def test_the_last_day_and_a_period_that_ended_meanwhile_are_said(world: Any) -> None:
    made = sample(Asked("drafts", "is:open", "zh"), world.now)
    last = replace(made.items[0], deadline=date(2026, 11, 1), days_left=0)
    assert "截止：2026-11-01（今天截止）" in text(replace(made, items=(last,)))
    over = replace(last, days_left=-1, period_ended=True)
    told = text(replace(made, items=(over,)))
    assert "已截止" in told and "发送时已截止" in told


def test_a_name_with_spaces_or_quotes_can_be_pasted_into_a_shell(world: Any) -> None:
    name = "my drafts'; rm -rf ~"
    told = many(Asked(name, "is:open", "en"), world.now, 6)
    for form in (text(told), plain(listed(told, 2))):
        commands = re.findall("policywatch alerts (?:pause|deliveries) (.+?)(?:,| --|$)", form, re.M)
        assert commands and all(shlex.split(one) == [name] for one in commands)


def test_reminders_and_alarms_alone_are_headed_as_no_digest(world: Any, reader: Any) -> None:
    make(world.store, reader, Wanted("a", "is:open", ("team",), pace="daily"), {"team"}, world.now)
    world.notice("办法")
    match(world.store, world.now)
    [part] = gather(world.store, world.later(days=1))
    [one] = sample(Asked("a", "is:open", "zh"), world.now).items
    reminder, alarm = replace(one, event="remind:3d:2026-12-31", matter_id=1), replace(one, event="alarm:1")
    news = replace(one, matter_id=2)
    for told, pace in (((reminder,), "now"), ((reminder, alarm), "now"), ((reminder, news), "daily")):
        made = compose(part, told)
        assert made.pace == pace and ("每日摘要" in made.text) is (pace == "daily")
    assert compose(part, (replace(one, event="alive:2026-11-02"),)).pace == "daily"
