"""Connections to public addresses only, unless the operator allows a private one, and each within a time of its own."""

import ipaddress
import socket
import threading
import time
from collections.abc import Iterable
from typing import Any

import httpcore

_until = threading.local()  # when the request of this thread must have ended, by the monotonic clock


class Refused(Exception):
    """An address that must not be connected to; the text says why and what to do."""


class Late(httpcore.ReadTimeout):
    """A receiver that keeps a request going past its time, however busily."""


def limit(seconds: float) -> None:
    """Gives the next request of this thread so many seconds in total."""
    _until.value = time.monotonic() + seconds


def public_addresses(host: str, port: int) -> list[str]:
    """The addresses of a host; raises Refused when one of them is private, OSError when there are none."""
    found = addresses(host, port)
    if private := [one for one in found if not _public(one)]:
        raise Refused(f"{host} is {private[0]}, inside a private network: `private: true` in channels.yaml allows it")
    return found


def addresses(host: str, port: int) -> list[str]:
    """The addresses of a host as the system resolves them; raises OSError when there are none."""
    return [str(row[4][0]) for row in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]


def _public(address: str) -> bool:
    known = ipaddress.ip_address(address.partition("%")[0])
    inner = getattr(known, "ipv4_mapped", None) or getattr(known, "sixtofour", None)
    return known.is_global and not known.is_multicast and (inner is None or _public(str(inner)))


class Guard(httpcore.NetworkBackend):
    """Connects to the very address that it checked, so that no second look-up can change it."""

    def __init__(self, private: bool) -> None:
        self._private = private
        self._system = httpcore.SyncBackend()

    def connect_tcp(
        self, host: str, port: int, timeout: float | None = None, local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:  # fmt: skip
        """A connection to the first address of the host that answers."""
        try:
            found = addresses(host, port) if self._private else public_addresses(host, port)
        except OSError as error:
            raise httpcore.ConnectError(f"no address: {error.strerror or error}") from None
        for one in found[:-1]:
            try:
                return self._open(one, port, timeout, local_address, socket_options)
            except (httpcore.ConnectError, httpcore.ConnectTimeout):
                continue
        return self._open(found[-1], port, timeout, local_address, socket_options)

    def _open(
        self, host: str, port: int, timeout: float | None, local: str | None, options: Iterable[Any] | None
    ) -> httpcore.NetworkStream:
        left = _left(timeout)
        return _Timed(self._system.connect_tcp(host, port, left, local, options))


class _Timed(httpcore.NetworkStream):
    """A stream whose reads and writes end when the request's time is over."""

    def __init__(self, stream: httpcore.NetworkStream) -> None:
        self._stream = stream

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._stream.read(max_bytes, _left(timeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._stream.write(buffer, _left(timeout))

    def close(self) -> None:
        self._stream.close()

    def start_tls(self, ssl_context: Any, server_hostname: str | None = None, timeout: float | None = None) -> Any:
        return _Timed(self._stream.start_tls(ssl_context, server_hostname, _left(timeout)))

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)


def _left(timeout: float | None) -> float | None:
    until: float | None = getattr(_until, "value", None)
    if until is None:
        return timeout
    left = until - time.monotonic()
    if left <= 0:
        raise Late("the time of the request is over")
    return left if timeout is None else min(left, timeout)
