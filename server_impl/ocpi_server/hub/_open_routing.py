"""Open Routing Requests: the receiver is found by the content of a message."""

from collections.abc import Collection, Sequence
from typing import Final

from ocpi_runtime.server import RoutedRequest
from ocpi_runtime.types import PartyId
from ocpi_server._jsonbytes import text_field
from ocpi_server.hub._known_parties import KnownParties
from ocpi_server.hub._members import Member
from ocpi_server.hub._receivers import sender_of
from ocpi_server.hub._subjects import Subject, fields_of, subjects
from ocpi_server.store import Key, ObjectStore

__all__ = ["OpenRouting"]

_LONG_CONTRACT: Final = 5
_STORED: Final = {"location": ("locations", ("",)), "token": ("tokens", ("RFID", "OTHER"))}
"""What is broadcast: the module, and its variants that are looked for."""


class OpenRouting:
    """Finds the receiver of a request that names none.

    A session and a CDR that are pushed are for the party of their token. Whatever else has an id
    is that of the party that broadcast it, or sent or answered a message about it through the hub.
    Where nothing is known, and only one party can take the request, it is for that one.

    Args:
        store: Has the objects that were broadcast.
        known: What messages have shown.
    """

    def __init__(self, store: ObjectStore, known: KnownParties) -> None:
        self._store, self._known = store, known

    async def find(
        self, request: RoutedRequest, members: Sequence[Member], *, others: bool
    ) -> Member | None:
        """Return the party that a request is for; None where it cannot be found out.

        Args:
            request: The request.
            members: The parties that could take it.
            others: Whether it may be for a party of this platform too.
        """
        body = await request.body()
        provider = _provider(request, body)
        if provider is not None:
            return next((each for each in members if each.party == provider), None)
        for subject in subjects(request, body):
            parties = await self._parties(request, subject, members)
            if parties:
                found = [each for each in members if each.party in parties]
                return found[0] if len(found) == 1 else None
        return members[0] if len(members) == 1 and not others else None

    async def _parties(
        self, request: RoutedRequest, subject: Subject, members: Sequence[Member]
    ) -> Collection[PartyId]:
        found = await self._known.find(subject, sender_of(request.context))
        return found or await self._owners(subject, members)

    async def _owners(self, subject: Subject, members: Sequence[Member]) -> set[PartyId]:
        """Return the parties behind this hub that have broadcast something."""
        module, variants = _STORED.get(subject.kind, ("", ()))
        keys = [
            Key.of(module, member.party, subject.uid, variant, holder=member.partner.company)
            for member in members
            for variant in variants
        ]
        found = await self._store.get_any(keys) if keys else []
        return {PartyId(each.key.country_code, each.key.party_id) for each in found}


def _provider(request: RoutedRequest, body: bytes) -> PartyId | None:
    """Return the party of the token of a session or CDR that is pushed."""
    interface = request.context.interface
    if interface.name != "receiver" or interface.module not in {"sessions", "cdrs"}:
        return None
    parts = fields_of(body)
    token = fields_of(parts["cdr_token"]) if "cdr_token" in parts else {}
    country, party = text_field(token, "country_code"), text_field(token, "party_id")
    if country and party:
        return PartyId.of(country, party)
    contract = (text_field(token, "contract_id") or "").replace("-", "")
    if len(contract) < _LONG_CONTRACT:
        return None
    return PartyId.of(contract[:2], contract[2:_LONG_CONTRACT])
