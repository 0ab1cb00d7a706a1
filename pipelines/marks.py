"""Guard words: what tells two similar texts apart."""

import re

from notices.article import Article
from notices.fields import Fields

_NUMBER = re.compile(r"第\s*([0-9一二三四五六七八九十百]+)\s*([期批号次届周])")
_CVE = re.compile(r"CVE-\d{4}-\d{4,}", re.I)
_DRAFT = re.compile(r"征求意见|征集意见|意见的通知|公开征意|草案")
_FINAL = re.compile(r"印发|公布|施行|发布实施|正式发布|颁布")
_READING = re.compile(r"解读|答记者问|专家|评论")


def marks(article: Article, fields: Fields) -> tuple[str, ...]:
    """The guard words of a title, each `kind:value`, sorted."""
    title = article.title
    found = {f"{unit}:{number}" for number, unit in _NUMBER.findall(title)}
    found |= {f"cve:{name.upper()}" for name in _CVE.findall(title)}
    for stage, pattern in (("draft", _DRAFT), ("reading", _READING), ("final", _FINAL)):
        if pattern.search(title):
            found.add(f"stage:{stage}")
            break
    return tuple(sorted(found))
