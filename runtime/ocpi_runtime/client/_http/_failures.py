"""Failed connections in words for an operator, whichever HTTP library reported them."""

import errno
import logging
import socket
import ssl
from collections.abc import Iterator
from typing import Final
from urllib.parse import urlsplit

from ocpi_runtime.client._http.libraries import error_classes

__all__ = ["connection_failure"]

log = logging.getLogger("ocpi_runtime.client")

_UNREACHABLE: Final = frozenset({errno.EHOSTUNREACH, errno.ENETUNREACH, errno.EADDRNOTAVAIL})
_OURS: Final = ("the headers of the answer have more than", "the name ", "no application at ")
"""How texts of this library begin, which stay as they are."""
_CUT: Final = ("payload is not completed", "complete message body", "incomplete chunked read")


def connection_failure(fault: Exception, url: str, *, answered: bool = False) -> str:
    """Return why a connection failed, without a full stop; what the library raised is logged.

    Args:
        fault: An error of httpx2 or httpx, or of the system.
        url: The URL that was called.
        answered: Whether the head of an answer had come.
    """
    causes = list(_causes(fault))
    host = urlsplit(url).netloc  # paths and queries of webhooks may have secrets
    log.info("%s: %s", host, "; ".join(repr(each) for each in causes))
    reasons = (_reason(each, url, answered=answered) for each in reversed(causes))
    return next(filter(None, reasons), str(fault).rstrip(".") or type(fault).__name__)


def _causes(fault: BaseException) -> Iterator[BaseException]:
    """Yield an error and what caused it, the innermost last."""
    found: list[BaseException] = []
    at: BaseException | None = fault
    while at is not None and at not in found:
        found.append(at)
        yield at
        if isinstance(at, BaseExceptionGroup):
            at = at.exceptions[0]
        else:
            at = at.__cause__ or at.__context__


def _reason(fault: BaseException, url: str, *, answered: bool) -> str:
    text = str(fault)
    if text.startswith(_OURS):
        return text
    if isinstance(fault, OSError):
        return _of_the_system(fault, url)
    return _of_the_library(fault, urlsplit(url).netloc, answered=answered)


def _of_tls(fault: BaseException, host: str) -> str:
    if isinstance(fault, ssl.SSLCertVerificationError):
        return f"the TLS certificate of {host} is not trusted: {fault.verify_message.rstrip('.')}"
    why = getattr(fault, "reason", None) or type(fault).__name__
    return f"TLS with {host} failed: {str(why).replace('_', ' ').lower()}"


def _of_the_system(fault: OSError, url: str) -> str:
    host, place = urlsplit(url).hostname or url, urlsplit(url).netloc
    if isinstance(fault, ssl.SSLError):
        return _of_tls(fault, host)
    if isinstance(fault, socket.gaierror):
        return f"the name {host} was not found"
    if fault.errno == errno.ECONNREFUSED:
        return f"{place} refuses connections, nobody listens there"
    if fault.errno in _UNREACHABLE:
        return f"there is no network route to {place}"
    return ""


def _of_the_library(fault: BaseException, place: str, *, answered: bool) -> str:
    if isinstance(fault, error_classes("ProxyError")):
        return f"the proxy refuses it ({fault})"
    if isinstance(fault, error_classes("RemoteProtocolError")):
        return _of_the_answer(str(fault), answered=answered)
    if isinstance(fault, error_classes("ReadError", "WriteError")):
        return _closed(answered=answered)
    if isinstance(fault, error_classes("TimeoutException")):
        return f"{place} did not answer in time"
    if isinstance(fault, error_classes("TransportError")):
        return f"there is no connection to {place}"
    return ""


def _of_the_answer(text: str, *, answered: bool) -> str:
    if "disconnected" in text:
        return _closed(answered=answered)
    if any(each in text for each in _CUT):
        return _closed(answered=True)
    return "what came is no HTTP answer that can be read"


def _closed(*, answered: bool) -> str:
    where = "in the middle of the answer" if answered else "before an answer came"
    return f"the other side closed it {where}"
