"""Who owns an object: named in it from 2.2 on, known from the connection before."""

from typing import Any

from ocpi_bridge._context import ConversionContext
from ocpi_bridge._conversion.object import ObjectConversion
from ocpi_runtime.types import PartyId, same_ci

__all__ = ["emsp_of", "leave_owner", "name_owner"]


def name_owner(conversion: ObjectConversion[Any], party: PartyId | None, name: str) -> None:
    """Put the owner into an object.

    Args:
        conversion: The object on its way.
        party: The party in the context.
        name: Under which name.

    Raises:
        ContextMissing: The context has none.
    """
    owner = conversion.required(party, name, "country_code")
    conversion.put("country_code", owner.country_code)
    conversion.put("party_id", owner.party_id)


def leave_owner(conversion: ObjectConversion[Any], party: PartyId | None) -> None:
    """Take the owner out of an object. It is lost unless the context names the same."""
    source = conversion.source
    if party is not None and _is(party, source.country_code, source.party_id):
        conversion.mark_used("country_code", "party_id")
        return
    reason = f"the owner cannot be represented in OCPI {conversion.version}"
    conversion.lose("country_code", reason)
    conversion.lose("party_id", reason)


def emsp_of(context: ConversionContext) -> PartyId | None:
    """Return the owner of tokens: by itself, or by a token that names it."""
    token: Any = context.token
    if context.emsp is None and hasattr(token, "country_code"):
        return PartyId.of(token.country_code, token.party_id)
    return context.emsp


def _is(party: PartyId, country_code: str, party_id: str) -> bool:
    return same_ci(party.country_code, country_code) and same_ci(party.party_id, party_id)
