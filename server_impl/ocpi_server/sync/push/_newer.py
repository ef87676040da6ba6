"""The calls that send objects of the modules that came with 2.3.0."""

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Final, cast

from ocpi_runtime.errors import GenericClientError, NotFound, OcpiError
from ocpi_runtime.types import PartyId
from ocpi_server._jsonbytes import fields, text_field
from ocpi_server.partners import PartnerRecord
from ocpi_server.partners.calling import PartnerClients
from ocpi_server.store import Stored, party_of

if TYPE_CHECKING:
    from ocpi_bindings.v2_3_0.clients import Clients

__all__ = ["NEWER", "endpoint_of", "is_there", "remove_newer", "send_newer"]

NEWER: Final = {
    "booking_locations": "bookings",
    "bookings": "bookings",
    "terminals": "payments",
    "confirmations": "payments",
    "invoicereconciliation": "invoicereconciliation",
}
"""The OCPI module of each kind of object."""


def endpoint_of(kind: str) -> str:
    """Return the OCPI module whose receiver takes a kind of object."""
    return NEWER.get(kind, kind)


async def send_newer(clients: PartnerClients, partner: PartnerRecord, stored: Stored) -> None:
    """Send an object as it is now.

    Raises:
        OcpiError: It was not taken.
    """
    owner = PartyId.of(stored.key.country_code, stored.key.party_id)
    peer = _peer(clients, partner, owner, stored.audience)
    raw = stored.raw
    uid = text_field(fields(raw), "id") or ""
    match stored.key.module:
        case "booking_locations":
            await peer.bookings.put_booking_location(*owner, uid, raw)
        case "bookings":
            await peer.bookings.put_booking(*owner, uid, raw)
        case "terminals":
            await peer.payments.post_terminal(raw)
        case "confirmations":
            await peer.payments.post_financial_advice_confirmation(raw)
        case _:
            records = peer.invoicereconciliation
            if await is_there(
                lambda: records.get_stored_invoice_reconciliation_record(*owner, uid)
            ):
                await records.put_invoice_reconciliation_record(*owner, uid, raw)
            else:
                await records.post_invoice_reconciliation_record(raw)


async def remove_newer(
    clients: PartnerClients, partner: PartnerRecord, removed: dict[str, str]
) -> None:
    """Delete a record of an invoice at the party that it was for, if it ever got there.

    Raises:
        OcpiError: It could not be deleted there.
    """
    owner = PartyId.of(removed["country_code"], removed["party_id"])
    peer = _peer(clients, partner, owner, removed["audience"])
    records, uid = peer.invoicereconciliation, removed["id"]
    try:
        await records.delete_invoice_reconciliation_record(*owner, uid)
    except (GenericClientError, NotFound):
        if await is_there(lambda: records.get_stored_invoice_reconciliation_record(*owner, uid)):
            raise


async def is_there(look: Callable[[], Awaitable[object]]) -> bool:
    """Return whether a partner has an object, as far as is known."""
    try:
        await look()
    except (GenericClientError, NotFound):
        return False
    except OcpiError:
        return True
    return True


def _peer(
    clients: PartnerClients, partner: PartnerRecord, owner: PartyId, audience: str
) -> "Clients":
    if not audience:
        return cast("Clients", clients.for_all(partner, from_party=owner))
    to_party = party_of(audience)
    return cast("Clients", clients.peer(partner, from_party=owner, to_party=to_party))
