"""Titles as lists write them, with the marks of a consultation's state before or behind."""

import re

from spiders.blocks import one_line

_STATE = r"[\[【(（]\s*(?:进行中|已结束|已截止|征集中|正在征集|征求意见中|未开始|结束)\s*[\]】)）]"
_BEFORE = re.compile(rf"^\s*(?:{_STATE})?\s*(?:[-–—]\s+)?")
_BEHIND = re.compile(rf"\s*{_STATE}\s*$")
_TAG = re.compile(r"</?(?:em|b|i|font|span|strong|br)\b[^<>]*>", re.IGNORECASE)


def title_of(text: str) -> str:
    """A row's title on one line, without markup of a search and without a state such as [进行中]."""
    return _BEHIND.sub("", _BEFORE.sub("", one_line(_TAG.sub("", text)), count=1)).strip()
