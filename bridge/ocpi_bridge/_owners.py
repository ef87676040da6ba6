"""Who owns an object: named in it from 2.2 on, known from the connection before."""

from typing import Any

from ocpi_bridge._passage import Passage
from ocpi_bridge.context import Context
from ocpi_runtime.types import PartyId, same_ci

__all__ = ["emsp_of", "leave_owner", "name_owner"]


def name_owner(passage: Passage[Any], party: PartyId | None, name: str) -> None:
    """Put the owner into an object.

    Args:
        passage: The object on its way.
        party: What the context says.
        name: Under which name.

    Raises:
        ContextMissing: It says nothing.
    """
    owner = passage.given(party, name, "country_code")
    passage.put("country_code", owner.country_code)
    passage.put("party_id", owner.party_id)


def leave_owner(passage: Passage[Any], party: PartyId | None) -> None:
    """Take the owner out of an object. It is lost unless the context says the same."""
    source = passage.source
    if party is not None and _is(party, source.country_code, source.party_id):
        passage.spend("country_code", "party_id")
        return
    reason = f"OCPI {passage.version} names no owner"
    passage.lose("country_code", reason)
    passage.lose("party_id", reason)


def emsp_of(context: Context) -> PartyId | None:
    """Tell the owner of tokens: by itself, or by a token that names it."""
    token: Any = context.token
    if context.emsp is None and hasattr(token, "country_code"):
        return PartyId.of(token.country_code, token.party_id)
    return context.emsp


def _is(party: PartyId, country_code: str, party_id: str) -> bool:
    return same_ci(party.country_code, country_code) and same_ci(party.party_id, party_id)
