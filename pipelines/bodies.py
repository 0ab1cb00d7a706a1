"""Regulators named in a text, each by the name the product shows."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from config.issuers import issuer_table

_PROVINCES = (
    "北京|天津|上海|重庆|河北|山西|辽宁|吉林|黑龙江|江苏|浙江|安徽|福建|江西|山东|河南|湖北|湖南|广东|海南|四川|贵州|云南|陕西|甘肃"
    "|青海|台湾|内蒙古|广西|西藏|宁夏|新疆|香港|澳门|深圳|广州|杭州|南京|苏州|成都|武汉|西安|青岛|大连|宁波|厦门|济南|郑州|长沙|合肥|无锡"
)
_PLACE = (
    rf"(?:中共)?(?:{_PROVINCES})(?:省|市|(?:壮族|回族|维吾尔)?自治区|特别行政区"
    rf"|生产建设兵团)?(?:[一-龥]{{2,3}}(?:市|区|县|州|盟))?"
    r"|(?<![一-龥])(?![日月年近由据于和与在各全本对向将请为关国])[一-龥]{2,3}(?:省|市(?!场|监|民)"
    r"|州)(?:[一-龥]{2,3}(?:区|县))?"
)
_PLAIN_LOCAL = (
    r"(?:委|党委)?(?:网络安全和信息化委员会办公室|互联网信息办公室|人民政府办公厅|人民政府|通信管理局"
    r"|公安厅|公安局|财政厅|财政局|司法厅|司法局"
    r"|大数据[一-龥]{0,6}局|数据局|数据和政务服务局|政务服务和?[一-龥]{0,6}局|[一-龥]{2,10}委员会办公室"
    r"|[一-龥]{2,8}管理局|[一-龥]{2,8}委员会"
    r"|[一-龥]{2,7}(?:局|厅)|金融监管局|监管局)"
)
_NOT_DEPARTMENT = (
    r"发布|印发|公布|组织|联合|会同|关于|通报|召开|近日|日前|有关|相关|负责|部署|以及|国家|中国|中央|全国"
    r"|公安|工业和信息化部|开展|起草|制定|启动|要求|提醒|指导|主管|下属|直属|等|在|对|将|向|与|和|就|的|了"
)

_DEPARTMENT = (
    rf"(?:(?:(?!{_NOT_DEPARTMENT})[一-龥]|(?<=[一-龥])(?:与|和)(?=[一-龥]{{2,6}}司)){{2,10}}?(?:司"
    r"|局)(?![一-龥]?长|法|令|面|部)|办公厅|秘书处|秘书局)"
)


@dataclass(frozen=True, slots=True)
class Named:
    """A body named in a text: offsets of its words and its shown name, department included."""

    begin: int
    end: int
    name: str


def named_bodies(text: str) -> Iterator[Named]:
    """The bodies a text names, in their order."""
    for match in _pattern().finditer(text):
        if match["local"]:
            yield Named(match.start(), match.end(), match["place"] + _local(match["local"]))
        else:
            yield Named(match.start(), match.end(), issuer_table().names[match["body"]] + (match["department"] or ""))


def distinct(names: list[str]) -> tuple[str, ...]:
    """The names without repeats and without a body that stands there with its department too."""
    once = list(dict.fromkeys(names))
    return tuple(name for name in once if not any(other != name and other.startswith(name) for other in once))


def _local(short: str) -> str:
    return issuer_table().local.get(short, short)


@lru_cache(maxsize=1)
def _pattern() -> re.Pattern[str]:
    table = issuer_table()
    names = "|".join(re.escape(name) for name in sorted(table.names, key=len, reverse=True))
    shorts = "|".join(re.escape(name) for name in sorted(table.local, key=len, reverse=True))
    return re.compile(
        rf"(?P<place>{_PLACE})(?P<local>(?:委)?(?:{shorts})|{_PLAIN_LOCAL})"
        rf"|(?:中华人民共和国)?(?P<body>{names})(?P<department>{_DEPARTMENT})?"
    )
