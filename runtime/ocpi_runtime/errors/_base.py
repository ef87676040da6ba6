"""The root of the errors, and what they are made of."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypedDict

from ocpi_runtime.status import Status

__all__ = ["ErrorDetails", "OcpiError", "Violation"]

_PASSING_HTTP = frozenset({408, 425, 429, 500, 502, 503, 504})
_PASSING = frozenset({Status.SERVER_ERROR, Status.HUB_TIMEOUT, Status.HUB_CONNECTION_PROBLEM})
_MOST_NOTES = 5
"""How many violations a traceback shows."""


@dataclass(frozen=True, slots=True)
class Violation:
    """One fault in a document that came or is to be sent.

    Attributes:
        pointer: Where, as an RFC 6901 JSON pointer (``""`` is the whole document). Faults outside
            the body are pointed at as ``query:limit``, ``path:party_id``, ``header:...``.
        code: The rule, such as ``required``, ``maxLength``, ``type``, ``enum``, ``not-available``.
        message: What is wrong and what would be right, for a person.
        severity: ``error`` refuses; ``warning`` is reported and let through (``#NA``).
    """

    pointer: str
    code: str
    message: str
    severity: str = "error"


class ErrorDetails(TypedDict, total=False):
    """What every error takes beside its message; see :class:`OcpiError`."""

    violations: Sequence[Violation]
    hint: str | None
    http_status: int | None
    status_code: int | None


class OcpiError(Exception):
    """Anything that this library raises on purpose.

    Attributes:
        http_status: The HTTP status that a server answers with, or that a peer sent.
        status_code: The OCPI status code of the answer; custom codes are possible.
        hint: What to do about it, for a person; may be empty.
        violations: The single faults, if there are any.
        of_peer: Whether it is about a request that was sent, and not about one that is answered: a
            server that raises it answers with HTTP 200.
    """

    of_peer: bool = False
    http_status: int = 200
    status_code: int = Status.CLIENT_ERROR
    hint: str = ""

    def __init__(
        self,
        message: str = "",
        *,
        violations: Sequence[Violation] = (),
        hint: str | None = None,
        http_status: int | None = None,
        status_code: int | None = None,
    ) -> None:
        super().__init__(message or (type(self).__doc__ or "").partition("\n")[0])
        self.violations = tuple(violations)
        for each in self.violations[:_MOST_NOTES]:
            self.add_note(f"{each.pointer or 'the whole'}: {each.message}")
        if hint is not None:
            self.hint = hint
        if http_status is not None:
            self.http_status = http_status
        if status_code is not None:
            self.status_code = status_code

    @property
    def retryable(self) -> bool:
        """Whether the same request may succeed when it is sent again later.

        It may after a failure of the connection, of the server or of a hub on the way, and where
        too many requests were sent. Whether a POST may be sent twice is another question.
        """
        return self.http_status in _PASSING_HTTP or self.status_code in _PASSING

    @property
    def message(self) -> str:
        """The one line that describes what happened."""
        return str(self.args[0])
