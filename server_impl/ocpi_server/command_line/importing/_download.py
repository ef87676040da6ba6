"""A feed at a URL, read into a file: anonymous, within the rules for URLs."""

import asyncio
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Final

import httpx2

from ocpi_runtime.client import http_client
from ocpi_runtime.errors import UnsafeUrl
from ocpi_runtime.failures import CommandFailed
from ocpi_runtime.urls import UrlPolicy, check_url
from ocpi_server.settings import Settings

__all__ = ["downloaded"]

_MOST: Final = 4 * 1024**3
_SECONDS: Final = httpx2.Timeout(30.0)


class CannotRead(CommandFailed):
    """A feed cannot be read."""


@contextmanager
def downloaded(url: str, settings: Settings) -> Iterator[Path]:
    """Read a feed into a file that is there until the block ends.

    Raises:
        CannotRead: The URL is not allowed, does not answer, or answers with something else.
    """
    rules = settings.urls
    policy = UrlPolicy(allow_private=rules.allow_private, allow_http=rules.allow_http)
    with tempfile.NamedTemporaryFile(prefix="ocpi-feed-") as file:
        try:
            check_url(url, policy)
            asyncio.run(_read(url, policy, file))
        except (UnsafeUrl, httpx2.HTTPError) as error:
            why = getattr(error, "message", "") or str(error) or type(error).__name__
            raise CannotRead(f"{url} cannot be read: {why}") from None
        yield Path(file.name)


async def _read(url: str, policy: UrlPolicy, file: IO[bytes]) -> None:
    async with (
        http_client(policy) as http,
        http.stream("GET", url, timeout=_SECONDS) as answer,
    ):
        if answer.status_code != httpx2.codes.OK:
            moved = answer.headers.get("location")
            hint = f"; it has moved to {moved}" if moved else ""
            raise CannotRead(f"{url} answers with HTTP {answer.status_code}{hint}")
        read = 0
        async for chunk in answer.aiter_bytes():
            read += len(chunk)
            if read > _MOST:
                raise CannotRead(f"{url} has more than {_MOST} bytes")
            file.write(chunk)
    file.flush()
