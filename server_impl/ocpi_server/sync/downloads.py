"""A feed at a URL, read into a file: anonymous, within the rules for URLs."""

import asyncio
from dataclasses import dataclass
from typing import IO, Final

import httpx2

from ocpi_runtime.client import connection_failure, http_client
from ocpi_runtime.errors import (
    LimitExceeded,
    OcpiError,
    ProtocolError,
    RequestTimeout,
    TooManyRequests,
    TransportError,
)
from ocpi_runtime.urls import UrlPolicy, check_url

__all__ = ["Downloaded", "download"]

_SECONDS: Final = httpx2.Timeout(30.0)
_ALL_SECONDS: Final = 3600.0
_LONGEST_ETAG: Final = 512
_LONGEST_PAUSE: Final = 86400
_PAUSES: Final = frozenset({httpx2.codes.TOO_MANY_REQUESTS, httpx2.codes.SERVICE_UNAVAILABLE})


@dataclass(frozen=True, slots=True)
class Downloaded:
    """What came of a request for a feed.

    Attributes:
        changed: Whether the feed is in the file; False where it is the one that is known.
        etag: The ETag that it came with; None where there is none.
    """

    changed: bool
    etag: str | None


async def download(
    url: str, policy: UrlPolicy, file: IO[bytes], *, most: int, etag: str | None = None
) -> Downloaded:
    """Read a feed into a file.

    Args:
        url: Where the feed is.
        policy: Which URLs are allowed.
        file: Is written to, from where it is.
        most: How many bytes it may have.
        etag: The ETag of the feed that is known: one that has not changed is not read.

    Raises:
        OcpiError: The URL is not allowed, does not answer, or answers with something else.
    """
    check_url(url, policy)
    headers = {} if etag is None else {"If-None-Match": etag}
    answered = False
    try:
        async with (
            asyncio.timeout(_ALL_SECONDS),
            http_client(policy) as http,
            http.stream("GET", url, headers=headers, timeout=_SECONDS) as answer,
        ):
            answered = True
            if etag is not None and answer.status_code == httpx2.codes.NOT_MODIFIED:
                return Downloaded(changed=False, etag=etag)
            _check_status(url, answer)
            await _write(url, answer, file, most)
            found = answer.headers.get("etag", "")
    except TimeoutError:
        text = f"{url} was not read to its end within {_ALL_SECONDS:.0f} seconds."
        raise RequestTimeout(text) from None
    except httpx2.HTTPError as error:
        why = connection_failure(error, url, answered=answered)
        raise TransportError(f"{url} cannot be read: {why}.") from error
    return Downloaded(changed=True, etag=found if 0 < len(found) <= _LONGEST_ETAG else None)


def _check_status(url: str, answer: httpx2.Response) -> None:
    if answer.status_code == httpx2.codes.OK:
        return
    raise _refusal(url, answer)


def _refusal(url: str, answer: httpx2.Response) -> OcpiError:
    moved = answer.headers.get("location")
    hint = f"; it has moved to {moved}" if moved else ""
    text = f"{url} answers with HTTP {answer.status_code}{hint}."
    asked = answer.headers.get("retry-after", "")
    if answer.status_code in _PAUSES and asked.isdecimal():
        return TooManyRequests(text, retry_after=min(int(asked[:9]), _LONGEST_PAUSE))
    return ProtocolError(text)


async def _write(url: str, answer: httpx2.Response, file: IO[bytes], most: int) -> None:
    read = 0
    async for chunk in answer.aiter_bytes():
        read += len(chunk)
        if read > most:
            raise LimitExceeded(
                f"{url} has more than {most:,} bytes, the maximum; to read more, set feed_bytes in "
                "[pull], if the folder for temporary files has room for it."
            )
        file.write(chunk)
    file.flush()
