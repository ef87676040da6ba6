"""Which parties behind a hub may reach each other: by contracts, and by their roles."""

from collections.abc import Collection, Iterable
from functools import cache

from ocpi_runtime.types import PartyId
from ocpi_server._interfaces import interfaces_of
from ocpi_server.access_control._permissions import PERMISSIONS
from ocpi_server.partners import HUB, PartnerRole

__all__ = ["Reach", "may_communicate"]

_EITHER_WAY = "invoicereconciliation"
"""Whoever invoices another is its sender, whatever its role."""


class Reach:
    """Which parties may reach each other.

    Args:
        pairs: The pairs of parties that have a contract; empty where none is needed.
    """

    def __init__(self, pairs: frozenset[frozenset[PartyId]]) -> None:
        self._pairs = pairs

    def allows(self, senders: Iterable[PartyId], receiver: PartyId) -> bool:
        """Return whether each of some parties has a contract with another one, or needs none."""
        return not self._pairs or all(
            frozenset((sender, receiver)) in self._pairs for sender in senders
        )

    def connects(
        self, roles: Iterable[PartnerRole], party: PartyId, played: Collection[str]
    ) -> bool:
        """Return whether one of a partner's parties may exchange messages with a party.

        Args:
            roles: The roles of the partner.
            party: The other party.
            played: The roles that it plays; empty where they are not known.
        """
        return any(
            (not played or any(may_communicate(each.role, other) for other in played))
            and self.allows((each.party,), party)
            for each in roles
        )


@cache
def may_communicate(one: str, other: str) -> bool:
    """Return whether parties of two roles have something to say to each other in OCPI."""
    if HUB in {one, other}:
        return True
    return one != other and (_calls(one, other) or _calls(other, one))


def _calls(caller: str, called: str) -> bool:
    return any(
        caller in permission.read | permission.write
        for name in interfaces_of([called])
        if name[0] != _EITHER_WAY and (permission := PERMISSIONS.get(name)) is not None
    )
