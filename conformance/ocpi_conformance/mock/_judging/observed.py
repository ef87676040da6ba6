"""All that a mock has observed of a client: what rules are applied to."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from ocpi_conformance.mock._party.calling import Call
from ocpi_conformance.mock._record import ClientRequest
from ocpi_runtime.types import PartyId

__all__ = ["Observed"]


@dataclass(frozen=True, slots=True)
class Observed:
    """What a client did, and what it was answered.

    Attributes:
        entries: Its requests, in their order.
        calls: What the mock sent to it.
        own: The parties of the mock.
        parties: The parties of the client; empty where none is known.
        base64: Whether tokens are Base64-encoded in the version.
        callbacks: Whether the client's versions are read when it registers.
        discovered: Whether it had read versions and details before the first of the entries.
        ended: When the record ended, in seconds of the same clock as the entries.
    """

    entries: Sequence[ClientRequest]
    calls: Sequence[Call] = ()
    own: frozenset[PartyId] = frozenset()
    parties: frozenset[PartyId] = frozenset()
    base64: bool = True
    callbacks: bool = True
    discovered: bool = False
    ended: float = field(default=0.0)

    def of(self, *operations: str) -> list[ClientRequest]:
        """Return the requests to some operations."""
        return [one for one in self.entries if one.name in operations]

    def after(self, entry: ClientRequest) -> list[ClientRequest]:
        """Return the requests that came after the answer to one."""
        return [one for one in self.entries if one.number > entry.number and one.at >= entry.done]

    def repeats(self, entry: ClientRequest, seconds: float) -> list[ClientRequest]:
        """Return the later requests that are the same, within some seconds."""
        return [
            one
            for one in self.entries
            if one.number > entry.number and is_same(one, entry) and one.at - entry.done <= seconds
        ]


def is_same(one: ClientRequest, other: ClientRequest) -> bool:
    """Return whether two requests ask for the same."""
    a, b = one.sent, other.sent
    return (a.method, a.url, a.body) == (b.method, b.url, b.body)


def answered_well(entries: Iterable[ClientRequest]) -> list[ClientRequest]:
    """Return the requests that were answered with success."""
    good = range(200, 300)
    return [one for one in entries if one.status in good and one.complete]
