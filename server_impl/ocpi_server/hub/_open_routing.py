"""Open Routing Requests: the receiver is found by the content of a message."""

from collections.abc import Mapping, Sequence
from typing import Final
from urllib.parse import parse_qsl

import msgspec

from ocpi_runtime.server import RoutedRequest
from ocpi_runtime.types import PartyId
from ocpi_server._jsonbytes import fields, text_field
from ocpi_server.hub._members import Member
from ocpi_server.store import Key, ObjectStore

__all__ = ["OpenRouting"]

_LONG_CONTRACT: Final = 5


class OpenRouting:
    """Finds the receiver of a request that names none.

    A location and a token are those of the party that pushed them to the hub; a session and a CDR
    are for the party of their token; whatever only one party can take is for that one.

    Args:
        store: Has the objects that were broadcast.
    """

    def __init__(self, store: ObjectStore) -> None:
        self._store = store

    async def find(
        self, request: RoutedRequest, members: Sequence[Member], *, others: bool
    ) -> Member | None:
        """Return the party that a request is for; None where it cannot be found out.

        Args:
            request: The request.
            members: The parties that could take it.
            others: Whether it may be for a party of this platform too.
        """
        named = await self._named(request, members)
        if named is None and len(members) == 1 and not others:
            return members[0]
        return next((each for each in members if each.party == named), None)

    async def _named(self, request: RoutedRequest, members: Sequence[Member]) -> PartyId | None:
        place = request.context.interface.module, request.context.interface.name
        match place:
            case "locations", "sender":
                return await self._owner("locations", request.path["location_id"], members)
            case "tokens", "sender":
                kind = dict(parse_qsl(request.query)).get("type", "RFID")
                return await self._owner("tokens", request.path["token_uid"], members, kind)
            case "commands", "receiver":
                location = text_field(_fields(await request.body()), "location_id")
                if location is None:
                    return None
                return await self._owner("locations", location, members)
            case (("sessions" | "cdrs"), "receiver") if request.operation.body is not None:
                return _provider(_fields(await request.body()))
        return None

    async def _owner(
        self, module: str, uid: str, members: Sequence[Member], variant: str = ""
    ) -> PartyId | None:
        """Return the party behind this hub that has an object with an id, if it is the only one."""
        keys = [
            Key.of(module, member.party, uid, variant, holder=member.partner.company)
            for member in members
        ]
        found = {
            PartyId(each.key.country_code, each.key.party_id)
            for each in await self._store.get_any(keys)
        }
        return found.pop() if len(found) == 1 else None


def _provider(body: Mapping[str, msgspec.Raw]) -> PartyId | None:
    """Return the party of the token of a session or CDR."""
    token = _fields(body["cdr_token"]) if "cdr_token" in body else {}
    country, party = text_field(token, "country_code"), text_field(token, "party_id")
    if country and party:
        return PartyId.of(country, party)
    contract = (text_field(token, "contract_id") or "").replace("-", "")
    if len(contract) < _LONG_CONTRACT:
        return None
    return PartyId.of(contract[:2], contract[2:_LONG_CONTRACT])


def _fields(raw: bytes | msgspec.Raw) -> dict[str, msgspec.Raw]:
    try:
        return fields(bytes(raw))
    except msgspec.MsgspecError:
        return {}
