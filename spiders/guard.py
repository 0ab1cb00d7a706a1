"""Where requests may go: public addresses, and private ones only where the operator named them."""

import ipaddress
import socket
from collections.abc import Awaitable, Callable, Iterable
from typing import Any, cast

from config.sources import Source
from notices.addresses import parts_of

Resolve = Callable[[str], Awaitable[str]]

# IPv4 addresses inside IPv6 ones, which Python takes for public ones: translated (RFC 6052) and compatible (RFC 4291)
_CARRIERS = tuple(map(ipaddress.ip_network, ("64:ff9b::/96", "64:ff9b:1::/48", "::/96")))


class Refused(ValueError):
    """An address that is not asked, whoever names it: of another scheme, or inside a private network."""


class Unresolved(OSError):
    """A host that no name server knows."""


def named_hosts(source: Source) -> frozenset[str]:
    """The hosts, each with its port, that the operator wrote into a source: these may be private."""
    return frozenset(filter(None, map(_host, (*source.addresses, *source.bases.values()))))


async def check(url: str, named: Iterable[str], resolve: Resolve) -> None:
    """Raises Refused for an address that must not be asked, Unresolved for a host that nobody knows.

    `resolve` gives the address that the connection will be made to, so that a name cannot mean two things.
    """
    parts = parts_of(url)
    host = parts.hostname or ""
    if parts.scheme.lower() not in {"http", "https"} or not host:
        raise Refused(f"only http and https addresses are asked, not {url[:200]}")
    if _host(url) in named:
        return
    address = _literal(host) or await resolve(host)
    if not is_public(address):
        raise Refused(f"{host} is {address}, inside a private network, and no source's own address")


def is_public(address: str) -> bool:
    """Whether an IP address belongs to the public internet."""
    try:
        ip = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return False
    if any(ip in network for network in _CARRIERS):
        return False
    mapped = getattr(ip, "ipv4_mapped", None) or getattr(ip, "sixtofour", None)
    return ip.is_global and not ip.is_multicast and (mapped is None or is_public(str(mapped)))


def _literal(host: str) -> str:
    """The address that a host is written as, in any of the ways a system reads: 127.1, 0x7f000001, ::1."""
    try:
        return str(ipaddress.ip_address(host.partition("%")[0]))
    except ValueError:
        pass
    try:
        return socket.inet_ntoa(socket.inet_aton(host))
    except (OSError, UnicodeEncodeError):
        return ""


def _host(url: str) -> str:
    parts = parts_of(url)
    port = parts.port or {"http": 80, "https": 443}.get(parts.scheme.lower(), 0)
    return f"{parts.hostname}:{port}" if parts.hostname else ""


async def reactor_resolve(host: str) -> str:
    """The address Scrapy's own cached resolver has for a host, the one it connects to."""
    from scrapy.utils.defer import maybe_deferred_to_future
    from twisted.internet import reactor
    from twisted.internet.error import DNSLookupError

    try:
        return str(await maybe_deferred_to_future(cast(Any, reactor).resolve(host)))
    except (TimeoutError, DNSLookupError, UnicodeError) as error:
        raise Unresolved(f"{host} has no address ({error})") from None
