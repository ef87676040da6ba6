"""Objects of the modules that came with 2.3.0, for the platform that is fuzzed and checked."""

import msgspec

from ocpi_runtime.parties import CPO, EMSP
from ocpi_runtime.types import PartyId
from ocpi_server import OwnParty
from tests.server_impl.pair import Pair
from tests.server_impl.samples import confirmation, place, record, terminal, wish

__all__ = ["furnish_extensions"]


async def furnish_extensions(pair: Pair, host: PartyId, guest: PartyId, copies: int) -> None:
    """Create terminals, confirmations, records of invoices, and two bookings.

    Args:
        pair: The platforms; what is made is at the first.
        host: Whose it is.
        guest: Whom it is for.
        copies: How many of each kind, beside bookings.
    """
    platform, owner = pair.cpo.platform, OwnParty(*host, CPO, "Subject")
    for at in range(copies):
        option = {"evse_uid": f"E{at}"}
        one = place(f"PLACE{at}", owner, location_id=f"LOC{at}", booking_option=option)
        await platform.bookings.publisher.place(msgspec.json.encode(one))
        provider = platform.payments.provider
        await provider.terminal(msgspec.json.encode(terminal(f"TER{at}")), guest)
        await provider.confirmation(msgspec.json.encode(confirmation(f"FIN{at}")), guest)
        invoice = record(f"REC{at}", owner, cdrs=[f"CDR{at}"])
        await platform.invoices.publish(msgspec.json.encode(invoice), guest)
    await _book(pair, guest, copies - 1, canceled=False)
    await _book(pair, guest, copies - 2, canceled=True)


async def _book(pair: Pair, guest: PartyId, at: int, *, canceled: bool) -> None:
    known = {"location_id": f"LOC{at}", "booking_location_id": f"PLACE{at}"}
    request = wish(f"BOOKED{at}", emsp=OwnParty(*guest, EMSP, "Partner"), **known)
    end = {"canceled": {"cancellation_reason": "TRAFFIC", "who_canceled": "EMSP"}}
    for each in [request, {**request, **end}][: 1 + canceled]:
        await pair.emsp.platform.bookings.user.book(pair.at_emsp, msgspec.json.encode(each))
