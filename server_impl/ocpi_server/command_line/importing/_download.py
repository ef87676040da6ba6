"""A feed at a URL, read into a file that is there as long as it is imported."""

import asyncio
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ocpi_runtime.errors import OcpiError
from ocpi_runtime.failures import CommandFailed
from ocpi_runtime.urls import UrlPolicy
from ocpi_server.settings import Settings
from ocpi_server.sync.downloads import download

__all__ = ["downloaded"]


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
            asyncio.run(download(url, policy, file, most=settings.pull.feed_bytes))
        except OcpiError as error:
            raise CannotRead(f"The feed cannot be read: {error.message}") from None
        yield Path(file.name)
