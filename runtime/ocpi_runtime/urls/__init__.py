"""URLs: joining ids to endpoints, and refusing to go where a peer must not lead this process.

Endpoint URLs, response URLs, the versions URL of credentials and Link headers all come from
outside. Without a check, any partner could have this process call its own private network.
"""

import asyncio
import ipaddress
import re
import socket
from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import SplitResult, quote, unquote, urlsplit

from ocpi_runtime.errors import UnsafeUrl
from ocpi_runtime.urls._addresses import Address, is_link_local, is_public, is_unusable

__all__ = [
    "MAX_LENGTH",
    "UrlPolicy",
    "check_url",
    "decode_segment",
    "encode_segment",
    "host_of",
    "join",
    "resolve_and_check",
]

MAX_LENGTH = 255
_LONGEST = 4096
_CHARACTERS = re.compile(r"[!-~]+\Z")
_PLAIN = re.compile(r"[A-Za-z0-9_-]+\Z")
_ORIGIN = re.compile(r"(?:[^:/?#]*://)?[^/?#]*")
_LABEL = r"[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?"
_HOST_NAME = re.compile(rf"(?=.{{1,254}}\Z)(?:{_LABEL}\.)*{_LABEL}\.?\Z", re.IGNORECASE)
_NUMERIC_LABEL = re.compile(r"(0x[0-9a-f]*|[0-9]+)\Z", re.IGNORECASE)
_LOCAL_SUFFIXES = (".localhost", ".local", ".internal", ".lan", ".home.arpa")
_HTTPS_HINT = "Ask the peer for an https URL, or permit plain http with allow_http."
_PRIVATE_HINT = "If this is the address of the peer, permit it with allow_private."


@dataclass(frozen=True, slots=True)
class UrlPolicy:
    """Which URLs from outside may be called.

    Attributes:
        allow_private: Whether hosts that are not on the public internet are allowed: loopback,
            private and reserved addresses, ``localhost``. Link-local addresses and those that
            serve the metadata of cloud machines are refused all the same.
        allow_http: Whether plain http is allowed beside https.
        max_length: The longest URL; URL of the specification is 255. None leaves it to the
            general bound of 4096, for links and URLs with ids of our own.
    """

    allow_private: bool = False
    allow_http: bool = False
    max_length: int | None = None


def encode_segment(identifier: str) -> str:
    """Percent-encode an id as one segment of a path: ``/``, ``%``, spaces and dot segments too."""
    if _PLAIN.match(identifier):
        return identifier
    if identifier in {".", ".."}:
        return identifier.replace(".", "%2E")
    return quote(identifier, safe="!$&'()*+,;=:@")


def decode_segment(segment: str) -> str:
    """Reverse :func:`encode_segment`.

    Raises:
        ValueError: The encoded octets are no UTF-8.
    """
    return unquote(segment, errors="strict")


def join(base: str, *segments: str) -> str:
    """Append path segments to an endpoint URL, with exactly one slash before each.

    Args:
        base: The URL as the peer published it; a query stays behind the path. Without segments
            it is given back unchanged.
        segments: Ids and fixed parts, not yet encoded.
    """
    if not segments:
        return base
    path, mark, query = base.partition("?")
    tail = "/".join(encode_segment(segment) for segment in segments)
    return f"{path.rstrip('/')}/{tail}{mark}{query}"


def check_url(url: str, policy: UrlPolicy | None = None) -> None:
    """Refuse a URL that this process must not call. Names are not resolved.

    Args:
        url: An absolute URL from outside.
        policy: What is allowed; by default neither private addresses nor plain http.

    Raises:
        UnsafeUrl: With a hint about what to do.
    """
    policy = policy or UrlPolicy()
    _check_text(url, policy)
    _check_origin(_ORIGIN.match(url)[0], policy)  # type: ignore[index]  # it matches any text


@lru_cache(maxsize=1024)
def _check_origin(origin: str, policy: UrlPolicy) -> None:
    """Check all that precedes the path of a URL: most requests go to one of a few origins."""
    _allowed_host(_parts(origin, policy).hostname or "", policy)


def host_of(url: str) -> str:
    """Return the host of a URL in the form in which hosts are compared, without its port.

    Names are in lower case without a final dot; an address is written as such, whatever spelling
    of it the URL has.

    Raises:
        UnsafeUrl: The URL has no host that can be read.
    """
    parts = _split(url, UrlPolicy(allow_http=True))
    host = parts.hostname or ""
    address = _literal(host)
    return host.rstrip(".").lower() if address is None else str(address)


async def resolve_and_check(url: str, policy: UrlPolicy | None = None) -> tuple[str, ...]:
    """Check a URL, resolve the name in it, and check every address that the name has.

    A name may get another address a moment later; whoever has to exclude that connects to one of
    the addresses that are returned.

    Returns:
        The addresses of the host.

    Raises:
        UnsafeUrl: The URL or one of the addresses is not allowed, or the name has none.
    """
    policy = policy or UrlPolicy()
    parts = _split(url, policy)
    host = _allowed_host(parts.hostname or "", policy)
    loop = asyncio.get_running_loop()
    try:
        found = await loop.getaddrinfo(host, parts.port, type=socket.SOCK_STREAM)
    except OSError as error:
        raise UnsafeUrl(
            f"The address of host {host} was not found.",
            hint="Check the spelling of the URL and DNS.",
        ) from error
    addresses = tuple(dict.fromkeys(str(entry[4][0]) for entry in found))
    for address in addresses:
        _check_address(ipaddress.ip_address(address.partition("%")[0]), host, policy)
    return addresses


def _split(url: str, policy: UrlPolicy) -> SplitResult:
    _check_text(url, policy)
    return _parts(url, policy)


def _check_text(url: str, policy: UrlPolicy) -> None:
    limit = policy.max_length or _LONGEST
    if len(url) > limit:
        raise UnsafeUrl(
            f"The URL is {len(url)} characters long; at most {limit} are allowed.",
            hint="Use a shorter one.",
        )
    if not _CHARACTERS.match(url) or "\\" in url:
        raise UnsafeUrl(
            "The URL has characters that a URL cannot have.", hint="Percent-encode them."
        )


def _parts(url: str, policy: UrlPolicy) -> SplitResult:
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError as error:
        raise UnsafeUrl(f"The URL cannot be read: {error}.", hint="Correct it.") from None
    _check_parts(parts, policy)
    return parts


def _check_parts(parts: SplitResult, policy: UrlPolicy) -> None:
    if parts.scheme not in {"http", "https"}:
        raise UnsafeUrl("The URL is neither https nor http.", hint="Use an absolute https URL.")
    if parts.scheme == "http" and not policy.allow_http:
        what = "The URL is plain http, which exposes the token."
        raise UnsafeUrl(what, hint=_HTTPS_HINT, permitted_by="allow_http")
    if parts.username is not None or parts.password is not None:
        raise UnsafeUrl("The URL carries a user or password.", hint="Take it out of the URL.")
    bracketed = "[" in parts.netloc
    if not parts.hostname or (bracketed and ":" not in parts.hostname):
        raise UnsafeUrl("The host is missing in the URL.", hint="Use an absolute https URL.")


@lru_cache(maxsize=1024)
def _allowed_host(host: str, policy: UrlPolicy) -> str:
    address = _literal(host)
    if address is not None:
        _check_address(address, host, policy)
        return host
    if not _HOST_NAME.match(host):
        raise UnsafeUrl(
            f"The host {host!r} is neither a valid name nor an address.", hint="Correct it."
        )
    name = host.rstrip(".").lower()
    local = name == "localhost" or name.endswith(_LOCAL_SUFFIXES)
    if local and not policy.allow_private:
        raise _private(f"The host {host} is this machine or network.")
    return host


def _literal(host: str) -> Address | None:
    """Read a host that is an address in any spelling that a resolver would take as one."""
    if ":" in host:
        try:
            return ipaddress.ip_address(host.partition("%")[0])
        except ValueError:
            raise UnsafeUrl(
                f"The host {host!r} is not a valid IPv6 address.", hint="Correct it."
            ) from None
    if not _NUMERIC_LABEL.match(host.rstrip(".").rpartition(".")[2]):
        return None
    try:
        return ipaddress.IPv4Address(socket.inet_aton(host.rstrip(".")))
    except OSError:
        raise UnsafeUrl(
            f"The host {host!r} is not a valid IPv4 address.", hint="Correct it."
        ) from None


def _check_address(address: Address, host: str, policy: UrlPolicy) -> None:
    if is_unusable(address):
        raise UnsafeUrl(
            f"The host {host} is an unspecified, multicast or reserved address.",
            hint="Use the address of one machine.",
        )
    if is_link_local(address):
        raise UnsafeUrl(
            f"The host {host} has the link-local or metadata address {address}, which is never "
            "called.",
            hint="Use an address that can be reached through a router.",
        )
    if not is_public(address) and not policy.allow_private:
        raise _private(f"The host {host} has the private address {address}.")


def _private(message: str) -> UnsafeUrl:
    return UnsafeUrl(message, hint=_PRIVATE_HINT, permitted_by="allow_private")
