"""The facts by which a notice is linked, read from what it says, and the keys under which others find it."""

import re
from collections.abc import Sequence
from datetime import date
from functools import lru_cache
from typing import Any

from config.issuers import issuer_table
from notices.identity import host_of
from notices.kinds import NoticeType
from notices.normal import normalise
from notices.schema import SHANGHAI
from notices.understood import Understood
from pipelines.guards import of_kind
from pipelines.link import SHORT, Facts, Stage
from pipelines.marks import named
from pipelines.notice_fields import Said

LEAST = 4  # characters of a name: what is shorter names nothing by itself
TITLE, LONGEST_TITLE = 12, 200  # characters of a title that may stand for what it is about

_OWN = {NoticeType.CONSULTATION: Stage.DRAFT, NoticeType.ISSUANCE: Stage.FINAL}
_REPORTED = {NoticeType.NEWS, NoticeType.BULLETIN, NoticeType.CALL, NoticeType.OTHER}
_EXTENDS = re.compile(
    r"(?:延长|延期|顺延|推迟).{0,40}(?:征求|征集|意见|反馈)|(?:征求|征集|意见|反馈).{0,30}(?:延长|延期|顺延)"
)
_AGAIN = re.compile(
    r"(?:再次|再度|第[二三]次|二次|第[二三]轮|重新|二审|三审).{0,20}(?:征求|征集|公开|意见|审议)|二次征求|[二三]次审议稿"
)
_ABOUT = re.compile(
    r"关于(?!.{0,12}征[求集])[^《》,。|]{4,60}的(?:[^《》,。|的]{0,4})(?:通知|意见|办法|决定|规定|方案|公告|措施|通告)"
)
_ACTION = re.compile(r"[\"“]([^\"“”]{3,30})[\"”][^,。]{0,8}行动")
_SEVERAL = re.compile(r"等([0-9一二两三四五六七八九十]{1,3})(?:项|个|部|份)")
_AMENDS = re.compile(r"^关于修[改订]([^的]{3,60})的决定")
_AMENDED = re.compile(r"[(（](修正)(?:草案|案)[^()（）]{0,12}[)）]")
_REVISED = re.compile(
    r"[(（](?:20[0-9]{2}年?)?修订[^()（）]{0,12}[)）]"
)  # the whole text anew: its final text has the bare name
_SENDER = re.compile(r"^[^关]{0,40}(?:部|委|局|办|署|院|厅|会|门|府|行)关于|^关于")
_OF = re.compile(r"的(?=(?:[^的]{0,4})(?:通知|意见|办法|决定|规定|方案|公告|措施|通告)$)")
_SERIES = re.compile(r"^(?:信息安全技术|网络安全技术|数据安全技术)")  # reports leave it out
_LOCAL = re.compile(r"^(?:中共)?(?!全国|中国|国家|中央)[一-龥]{2,8}?(?:省|市|自治区|特别行政区|区|县|州)")
_NUMERALS = {"两": 2, "十": 10} | {char: value for value, char in enumerate("〇一二三四五六七八九")}


def facts_of(said: Said, canonical: Understood, members: Sequence[Understood]) -> Facts | None:
    """What links a notice to others; None for a notice that is about no one draft or rule."""
    title = normalise(canonical.article.title)
    stage = _stage(said, canonical, title)
    if stage is None:
        return None
    fields = said.fields
    several = _SEVERAL.search(title)
    return Facts(
        key=canonical.key,
        stage=stage,
        title="".join(char for char in title.rpartition("|")[2] if char.isalnum()),
        names=_names(said, canonical, title),
        several=_integer(several[1]) if several else 0,
        number=normalise(fields.doc_number).replace(" ", "") if _whole(fields.doc_number) else "",
        issuers=tuple(dict.fromkeys(map(family, fields.issuers))),
        local=any(_LOCAL.match(one) for one in fields.issuers),
        published=said.published_at.astimezone(SHANGHAI).date() if said.published_at else None,
        end=fields.comment_end,
        settled="person" in said.reasons.get("comment_end", ""),
        again=bool(_AGAIN.search(title)),
        issues=tuple(sorted(of_kind(canonical, "issue"))),
        official=said.official,
        host=host_of(canonical.article.url),
        addresses=tuple(sorted(one.key for one in members)),
        leads=tuple(sorted({lead for one in members for lead in one.leads})),
    )


def keys_of(facts: Facts) -> set[str]:
    """The keys of a notice: two notices are compared when they share one, or one leads to the other's address."""
    found = {f"name:{name}" for name in facts.names} | {f"to:{lead}" for lead in facts.leads}
    if facts.number:
        found.add(f"number:{facts.number}")
    if TITLE <= len(facts.title) <= LONGEST_TITLE:
        found.add(f"title:{facts.title}")
    return found


def facts_value(facts: Facts) -> dict[str, Any]:
    """Facts as a JSON object without its empty values."""
    values = {name: getattr(facts, name) for name in Facts.__dataclass_fields__}
    return {name: _plain(value) for name, value in values.items() if value}


def facts_from(values: dict[str, Any]) -> Facts:
    """Facts from the JSON object that `facts_value` made."""
    made: dict[str, Any] = {name: tuple(v) if isinstance(v, list) else v for name, v in values.items()}
    for name in ("published", "end"):
        if name in made:
            made[name] = date.fromisoformat(made[name])
    made["stage"] = Stage(made["stage"])
    return Facts(**{"title": "", **made})


@lru_cache(maxsize=4096)
def family(issuer: str) -> str:
    """The body that an issuer is or belongs to; who drafts standards belongs to the body that issues them."""
    names = issuer_table().names
    if "标准化技术委员会" in issuer:
        return "国家标准化管理委员会"
    for end in range(len(issuer), 2, -1):
        if issuer[:end] in names:
            return names[issuer[:end]]
    return issuer


@lru_cache(maxsize=4096)
def name_key(name: str) -> str:
    """A document's name in normal form: the same for its drafts and its final text, another for its amendment.

    A text revised as a whole keeps its name; who sends it, 关于 and 的 do not count, for reports leave them out.
    """
    plain = normalise(name).replace("〈", "").replace("〉", "").removeprefix("中华人民共和国")
    if match := _AMENDS.match(plain):
        plain = match[1].removeprefix("中华人民共和国") + "修正"
    else:
        plain = _REVISED.sub("", _AMENDED.sub(r"\1", plain))
    whole = _OF.sub("", _SENDER.sub("", named(plain)))
    bare = _SERIES.sub("", whole)
    return bare if len(bare) >= SHORT else whole


def _stage(said: Said, canonical: Understood, title: str) -> Stage | None:
    kind = said.fields.notice_type
    if kind is NoticeType.CONSULTATION and _EXTENDS.search(title):
        return Stage.EXTENSION
    if kind in _OWN:
        return _OWN[kind]
    marked = of_kind(canonical, "stage")
    if kind not in _REPORTED or of_kind(canonical, "digest") or not of_kind(canonical, "doc") or len(marked) != 1:
        return None
    stage = {"draft": Stage.DRAFT, "final": Stage.FINAL}.get(marked.pop())
    return None if kind is NoticeType.OTHER and stage is Stage.FINAL else stage  # books and reports are published too


def _names(said: Said, canonical: Understood, title: str) -> tuple[str, ...]:
    if said.fields.notice_type in _OWN:
        given = [name_key(name) for name in said.fields.documents]
    else:  # a report is about what its title names; its text may name much more
        titled = {name_key(name) for name in of_kind(canonical, "doc")}
        given = [name for one in said.fields.documents if (name := name_key(one)) in titled]
    if not given:
        given = [name_key(match[0]) for match in _ABOUT.finditer(title)][:1]
    if not given:
        given = ["行动" + named(match[1]) for match in _ACTION.finditer(title)][:1]
    return tuple(dict.fromkeys(name for name in given if len(name) >= LEAST))


def _whole(number: str) -> bool:
    """Whether a number names its document by itself: an order's or announcement's says whose it is."""
    return bool(number) and not number.startswith(("第", "令", "20"))


def _integer(number: str) -> int:
    return int(number) if number.isdecimal() else _NUMERALS.get(number[-1], 0)


def _plain(value: object) -> object:
    if isinstance(value, date):
        return value.isoformat()
    return list(value) if isinstance(value, tuple) else value
