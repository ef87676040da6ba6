"""Inputs of a command: files, URLs and standard input, as seekable streams."""

import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, Final
from urllib.parse import urljoin

from ocpi_runtime.failures import CommandFailed

if TYPE_CHECKING:
    import httpx2

    from ocpi_runtime.urls import UrlPolicy

__all__ = ["Input", "InputFailed", "WrongInput", "check_file", "is_url", "opened"]

STANDARD_INPUT: Final = "-"
_TIMEOUT: Final = 30.0
_REDIRECTS: Final = 5
_MOST_BYTES: Final = 4 * 1024**3
_HEADERS: Final = {"Accept": "application/json, */*;q=0.5", "Accept-Encoding": "gzip, identity"}


class WrongInput(CommandFailed):
    """An input does not exist."""

    exit_code = 2


class InputFailed(CommandFailed):
    """An input cannot be read."""


@dataclass(frozen=True, slots=True)
class Input:
    """An opened input.

    Attributes:
        file: Its content.
        size: How many bytes it has.
    """

    file: BinaryIO
    size: int


def is_url(name: str) -> bool:
    """Return whether an input is a URL."""
    return name.lower().startswith(("http://", "https://"))


def check_file(name: str) -> None:
    """Raise an error for an input that cannot exist.

    Raises:
        WrongInput: There is no file of the name, or it is a folder.
    """
    if name == STANDARD_INPUT or is_url(name):
        return
    path = Path(name)
    if path.is_dir():
        raise WrongInput(f"{name} is a folder. Name the files in it.")
    if not path.exists():
        raise WrongInput(f"File {name} does not exist.")


@contextmanager
def opened(name: str, policy: "UrlPolicy") -> Iterator[Input]:
    """Open an input; anything but a file is copied to the disk first.

    Args:
        name: A path, a URL, or ``-``.
        policy: Which URLs are allowed.

    Raises:
        InputFailed: It cannot be read.
        UnsafeUrl: The URL, or one that it leads to, is not allowed.
    """
    if name == STANDARD_INPUT or is_url(name):
        with tempfile.TemporaryFile() as copy:
            if is_url(name):
                _download(name, policy, copy)
            else:
                shutil.copyfileobj(sys.stdin.buffer, copy)
            size = copy.tell()
            copy.seek(0)
            yield Input(copy, size)
        return
    try:
        with Path(name).open("rb") as file:
            yield Input(file, Path(name).stat().st_size)
    except OSError as error:
        raise InputFailed(f"{name}: {error.strerror or error}.") from error


def _download(url: str, policy: "UrlPolicy", copy: BinaryIO) -> None:
    import httpx2  # noqa: PLC0415 - slow to import, help is not

    from ocpi_runtime.client import (  # noqa: PLC0415 - loads httpx2
        connection_failure,
        sync_http_client,
    )
    from ocpi_runtime.urls import check_url  # noqa: PLC0415 - slow to import, help is not

    try:
        with sync_http_client(policy) as client:
            for _ in range(_REDIRECTS):
                check_url(url, policy)
                with client.stream("GET", url, headers=_HEADERS, timeout=_TIMEOUT) as answer:
                    if not answer.is_redirect:
                        _copy(answer, url, copy)
                        return
                    url = urljoin(url, answer.headers.get("location", ""))
    except (httpx2.HTTPError, httpx2.InvalidURL) as error:
        raise InputFailed(f"{url}: {connection_failure(error, url)}.") from error
    raise InputFailed(f"{url}: more than {_REDIRECTS} redirects.")


def _copy(answer: "httpx2.Response", url: str, copy: BinaryIO) -> None:
    if not answer.is_success:
        raise InputFailed(f"{url}: HTTP {answer.status_code} {answer.reason_phrase}.")
    for piece in answer.iter_raw():
        copy.write(piece)
        if copy.tell() > _MOST_BYTES:
            raise InputFailed(f"{url}: more than {_MOST_BYTES} bytes.")
