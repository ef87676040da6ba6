"""What is asked for where lists of partners are pulled, and what is stored of their items."""

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

from ocpi_runtime.client import Pages
from ocpi_runtime.operations import Interface
from ocpi_runtime.types import PartyId, Raw
from ocpi_server._clock import changed_at
from ocpi_server.access_control import client_info_key
from ocpi_server.partners import PartnerRecord
from ocpi_server.store import Draft, Key

if TYPE_CHECKING:
    from ocpi_bindings.v2_2_1.clients import Clients

__all__ = ["OF_HUBS", "OPERATIONS", "draft_of", "owner_of", "pages_of"]

OF_HUBS: Final = "hubclientinfo"
"""The module whose objects are about parties for which the partner may not speak yet."""


def owner_of(owners: frozenset[PartyId], item: Any) -> PartyId:
    """Return the owner of an object; before 2.2, the only party of the partner."""
    if hasattr(item, "country_code"):
        return PartyId.of(item.country_code, item.party_id)
    return min(owners, default=PartyId("", ""))


def draft_of(partner: PartnerRecord, module: str, owner: PartyId, item: Any, raw: Raw) -> Draft:
    if module == OF_HUBS:
        key = client_info_key(owner, partner)
    else:
        uid, variant = (item.uid, str(item.type)) if module == "tokens" else (item.id, "")
        key = Key.of(module, owner, uid, variant, holder=partner.company)
    version = partner.version or ""
    undated = not isinstance(getattr(item, "last_updated", None), datetime)
    return Draft(key, raw, changed_at(item), version, source=partner.id, undated=undated)


OPERATIONS: Final = {
    "locations": "get_locations",
    "tokens": "get_tokens",
    "tariffs": "get_tariffs",
    "sessions": "get_sessions",
    "cdrs": "get_cdrs",
    OF_HUBS: "get_hub_client_infos",
}


def pages_of(
    interface: Interface,
    peer: "Clients",
    module: str,
    since: datetime | None,
    most: int | None,
) -> Pages[Any]:
    """Ask for a list with the parameters that the version knows."""
    name = OPERATIONS[module]
    known = {each.name: each for each in interface.operations[name].parameters}
    given: dict[str, Any] = {"limit": most}
    if "date_from" in known:
        needed = known["date_from"].required
        given["date_from"] = since or (datetime(1970, 1, 1, tzinfo=UTC) if needed else None)
    pages: Pages[Any] = getattr(getattr(peer, module), name)(**given)
    return pages
