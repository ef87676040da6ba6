"""An exchange together with what is known about its request."""

from dataclasses import dataclass, field
from enum import Enum, auto
from typing import Any

from ocpi_conformance.bundles.operations import Operation
from ocpi_conformance.bundles.reading import Reading
from ocpi_conformance.exchanges.wire import RecordedExchange
from ocpi_runtime.codec import parse
from ocpi_runtime.errors import InvalidParameters, MalformedRequest
from ocpi_runtime.types import PartyId

__all__ = ["OCPI_SUCCESS", "CheckedExchange", "Intent", "Outcome", "envelope_of"]

OCPI_SUCCESS = range(1000, 2000)
_SUCCESS = range(200, 300)
_NOT_FOUND = 404
_FIRST_SERVER_ERROR = 500
_DEEPEST = 100
"""Whoever goes through the values of an answer may call itself for each level."""


class Intent(Enum):
    """What a request is sent for, and so what a right answer is.

    The answer to a probe is judged by the check that sends it, besides what holds of all answers.
    """

    CALL = auto()
    PROBE = auto()
    UNAUTHORIZED = auto()
    METHOD = auto()
    PATH = auto()


class Outcome(Enum):
    """What an answer says about the request."""

    ACCEPTED = "accepted"
    REFUSED = "refused"
    NOT_FOUND = "not found"
    FAILED = "failed"


@dataclass(slots=True)
class CheckedExchange:
    """One exchange with what is known about the request.

    Attributes:
        operation: What was called, or whose path was called with another method.
        exchange: The request and the answer.
        reading: The request as its bundle sees it.
        own: The party that the fuzzer speaks for.
        reachable: Whether the ids in the path are those of an object that exists or may be made.
        intent: What the request was sent for.
        allowed: The methods that the path has.
        awaited: Whether a result that the request asks for would reach us; a party may refuse to
            send one elsewhere.
    """

    operation: Operation
    exchange: RecordedExchange
    reading: Reading
    own: PartyId
    reachable: bool = False
    intent: Intent = Intent.CALL
    allowed: frozenset[str] = frozenset()
    awaited: bool = True
    envelope: dict[str, Any] | None = field(init=False)

    def __post_init__(self) -> None:
        self.envelope = envelope_of(self.exchange.answer.body)

    @property
    def http(self) -> int:
        """The HTTP status."""
        return self.exchange.answer.status

    @property
    def code(self) -> int:
        """The OCPI status, or 0 where there is none."""
        code = (self.envelope or {}).get("status_code")
        return code if isinstance(code, int) and not isinstance(code, bool) else 0

    @property
    def object(self) -> Any:
        """The data; what a list of one object holds, which a rule of its own is about."""
        data = (self.envelope or {}).get("data")
        return data[0] if isinstance(data, list) and len(data) == 1 else data

    @property
    def outcome(self) -> Outcome:
        """Which way it went."""
        if self.http >= _FIRST_SERVER_ERROR or not self.http:
            return Outcome.FAILED
        if self.http in _SUCCESS and self.code in OCPI_SUCCESS:
            return Outcome.ACCEPTED
        return Outcome.NOT_FOUND if self.http == _NOT_FOUND else Outcome.REFUSED

    @property
    def refused(self) -> bool:
        """Whether it was understood and refused."""
        return self.outcome in {Outcome.REFUSED, Outcome.NOT_FOUND}

    @property
    def foreign(self) -> bool:
        """Whether the path names another party than ours as the owner."""
        if not self.operation.owned:
            return False
        path = self.reading.path
        return PartyId.of(path.get("country_code", ""), path.get("party_id", "")) != self.own

    def summary(self) -> str:
        """Return both statuses and the message, for people."""
        message = (self.envelope or {}).get("status_message")
        suffix = f" ({message})" if message else ""
        return f"HTTP {self.http}, OCPI {self.code or 'none'}{suffix}"


def envelope_of(body: bytes) -> dict[str, Any] | None:
    """Return a body as a JSON object, or None where it is none, or has more than 100 levels."""
    try:
        found = parse(body, max_depth=_DEEPEST)
    except (MalformedRequest, InvalidParameters):
        return None
    return found if isinstance(found, dict) else None
