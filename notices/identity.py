"""The identity of an address: what makes two of them the same article."""

import re
from urllib.parse import SplitResult, unquote

from notices.addresses import parts_of
from notices.article import Article

WECHAT_HOST = "mp.weixin.qq.com"

_SAME_HOST = {
    "miit.gov.cn": "www.miit.gov.cn",
    "wap.miit.gov.cn": "www.miit.gov.cn",
}
_SUBMISSIONS = "yyglxxbsgw.ndrc.gov.cn"  # one consultation is known there by the page people see and by its service
_PORTS = {"http": 80, "https": 443}
_TRACKING = re.compile(r"^(utm_\w+|spm|scm|share_token|share_from|isappinstalled|wxshare\w*|fbclid|gclid|bd_vid|hmsr)$")
_HEX = re.compile(r"%[0-9a-fA-F]{2}")
_UNRESERVED = re.compile(r"[0-9A-Za-z._~-]")


def identity(url: str) -> str:
    """The key of an address: "wx:<biz>/<mid>/<idx>" for a long WeChat link, else the address in one normal form.

    The normal form ignores scheme, case of the host, default port, fragment, order of parameters and tracking
    parameters; it is a key, not an address to request. Text that is no address comes back stripped.
    """
    cleaned = url.strip().replace("&amp;", "&")
    parts = _split(cleaned)
    if parts is None:
        return cleaned
    host = _host(parts)
    query = _parameters(parts.query)
    if host == WECHAT_HOST:
        return _wechat(parts, query) or f"https://{host}{_path(parts.path)}"
    if host == _SUBMISSIONS and (short := submission_key(cleaned)):
        return f"https://{host}/sa.html#/{short}"
    kept = sorted(f"{name}={value}" if value else name for name, value in query if not _TRACKING.match(name))
    route = f"#{parts.fragment}" if parts.fragment.startswith(("/", "!/")) else ""
    return f"https://{host}{_path(parts.path)}{'?' + '&'.join(kept) if kept else ''}{route}"


def wechat_key(biz: str, mid: str, idx: str) -> str:
    """The key of a WeChat article; padding of the account's id and leading zeros of the place do not count."""
    return f"wx:{biz.strip().rstrip('=')}/{mid.strip()}/{idx.strip().lstrip('0') or '1'}"


def submission_key(url: str) -> str:
    """The short key by which an address of the NDRC's submission service names a consultation; empty without one.

    The service is asked with it, or says it behind a #, as the page that people see does.
    """
    parts = parts_of(url)
    routed = parts.fragment[1:] if parts.fragment.startswith("/") and "/submission-service/" in parts.path else ""
    return dict(_parameters(parts.query)).get("shortKey") or routed


def article_key(article: Article) -> str:
    """The key of an article: its own biz, mid and idx when the page named them, else its address."""
    if article.biz and article.mid:
        return wechat_key(article.biz, article.mid, article.idx)
    return identity(article.url)


def fetchable(url: str) -> bool:
    """Whether a request can be answered: a long WeChat link without chksm only ever gets a verification page."""
    parts = _split(url.strip().replace("&amp;", "&"))
    if parts is None:
        return False
    if _host(parts) != WECHAT_HOST:
        return True
    query = dict(_parameters(parts.query))
    return not _wechat(parts, list(query.items())) or bool(query.get("chksm"))


def host_of(url: str) -> str:
    """The host that answers an address, with its port where that is not the scheme's own; empty for other text."""
    parts = _split(url.strip())
    return "" if parts is None else _host(parts)


def _split(url: str) -> SplitResult | None:
    parts = parts_of(url)
    return parts if parts.scheme.lower() in _PORTS and parts.hostname else None


def _host(parts: SplitResult) -> str:
    host = (parts.hostname or "").rstrip(".")
    host = _SAME_HOST.get(host, host)
    return host if parts.port in (None, _PORTS[parts.scheme.lower()]) else f"{host}:{parts.port}"


def _parameters(query: str) -> list[tuple[str, str]]:
    pairs = (part.partition("=") for part in query.split("&") if part)
    return [(name, _unreserved(value)) for name, _, value in pairs]


def _wechat(parts: SplitResult, query: list[tuple[str, str]]) -> str:
    given = {name.removeprefix("amp;"): unquote(value) for name, value in query}
    biz, mid = given.get("__biz", ""), given.get("mid") or given.get("appmsgid", "")
    return wechat_key(biz, mid, given.get("idx") or given.get("itemidx", "")) if biz and mid else ""


def _path(path: str) -> str:
    return re.sub(r"/{2,}", "/", _unreserved(path)) or "/"


def _unreserved(text: str) -> str:
    return _HEX.sub(_plain, text) if "%" in text else text


def _plain(match: re.Match[str]) -> str:
    char = chr(int(match.group()[1:], 16))
    return char if _UNRESERVED.match(char) else match.group().upper()
