"""One request of an operator, as pages see it."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, Generic, Protocol, TypeVar
from urllib.parse import parse_qsl, urlencode

from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response

from ocpi_server.console._sessions import Session

__all__ = ["BadForm", "Page", "Part", "Visit", "check_site", "printable", "read_form", "row_number"]

T = TypeVar("T")

_MOST_BYTES: Final = 64 * 1024
_MOST_FIELDS: Final = 100
_FORM_SECONDS: Final = 20.0
_REFRESH: Final = range(5, 3601)
_SAME_SITE: Final = frozenset({"same-origin", "none"})


class BadForm(Exception):
    """What was sent is no form of the console."""


@dataclass(frozen=True, slots=True)
class Part(Generic[T]):
    """A part of a list that is too long for a page.

    Attributes:
        items: What it has.
        first: How many are before it.
        total: How many there are.
    """

    items: Sequence[T]
    first: int
    total: int

    @property
    def end(self) -> int:
        """How many are before what follows it."""
        return self.first + len(self.items)


@dataclass(frozen=True, slots=True)
class Visit:
    """One request.

    Attributes:
        request: The request.
        session: The session of the operator.
        form: The fields of the form that was sent.
    """

    request: Request
    session: Session
    form: Mapping[str, str] = field(default_factory=dict)

    def query(self, name: str) -> str:
        """Return a parameter of the URL; empty where it is missing."""
        return printable(self.request.query_params.get(name, ""))

    def page_of(self, every: Sequence[T], most: int) -> "Part[T]":
        """Return the part of a list that ``from`` in the URL asks for; the first one otherwise.

        Args:
            every: The list.
            most: How long a part is.
        """
        asked = self.number("from") or 0
        first = asked if asked < len(every) else 0
        return Part(every[first : first + most], first, len(every))

    def number(self, name: str) -> int | None:
        """Return a parameter of the URL that is a number of a row; None where it is none."""
        return row_number(self.query(name))

    def link(self, **changes: object) -> str:
        """Return the URL of this page with other parameters."""
        known = {**self.request.query_params, **changes}
        return "?" + urlencode({name: value for name, value in known.items() if value != ""})

    def path(self, name: str) -> str:
        """Return a part of the path."""
        return printable(str(self.request.path_params[name]))

    def field(self, name: str) -> str:
        """Return a field of the form; empty where it is missing."""
        return printable(self.form.get(name, ""))

    def text(self, name: str) -> str:
        """Return a field of the form with the lines that it has; empty where it is missing."""
        return self.form.get(name, "").replace("\r\n", "\n")

    @property
    def refresh(self) -> int | None:
        """After how many seconds the operator wants the page again; None: not by itself."""
        seconds = self.number("refresh")
        return seconds if seconds is not None and seconds in _REFRESH else None

    def require(self, scope: str) -> None:
        """Refuse what the key of the operator is not for.

        Raises:
            PermissionError: It lacks the scope.
        """
        if not self.may(scope):
            raise PermissionError(f"The key {self.session.key.name} lacks the scope {scope}.")

    def may(self, scope: str) -> bool:
        """Return whether the key of the operator has a scope."""
        return self.session.key.allows(scope)


class Page(Protocol):
    """Answers the requests of one path."""

    async def __call__(self, console: Any, visit: Visit) -> Response:
        """Answer one request."""
        ...


def printable(text: str) -> str:
    """Return text without spaces around it; none where it has characters that databases refuse."""
    return text.strip() if text.isprintable() else ""


def check_site(request: Request) -> None:
    """Refuse what another site makes a browser send.

    Raises:
        PermissionError: Another site sent it.
    """
    if request.headers.get("sec-fetch-site", "same-origin") not in _SAME_SITE:
        raise PermissionError("Forms are accepted from pages of the console only.")


def row_number(text: str) -> int | None:
    """Read the number of a row; None where the text is something else."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else None  # noqa: PLR2004 - 64 bits


async def read_form(request: Request) -> dict[str, str]:
    """Read the fields of a form.

    Raises:
        BadForm: It is too long, arrives too slowly, or is none.
    """
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != "application/x-www-form-urlencoded":
        raise BadForm("Content-Type must be application/x-www-form-urlencoded.")
    try:
        async with asyncio.timeout(_FORM_SECONDS):
            body = await _read(request)
        pairs = parse_qsl(body.decode(), keep_blank_values=True, max_num_fields=_MOST_FIELDS)
    except TimeoutError:
        raise BadForm("The form did not arrive in time.") from None
    except (ClientDisconnect, ValueError) as error:
        raise BadForm("The form cannot be read.") from error
    return dict(pairs)


async def _read(request: Request) -> bytes:
    body = b""
    async for chunk in request.stream():
        body += chunk
        if len(body) > _MOST_BYTES:
            raise BadForm(f"The form has more than {_MOST_BYTES} bytes.")
    return body
