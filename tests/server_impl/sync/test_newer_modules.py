"""What came with 2.3.0 converges too: places, records of invoices, terminals."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from ocpi_runtime.errors import NotFound
from ocpi_server import PushRules
from tests.server_impl.booked import text
from tests.server_impl.fault_injector import FaultInjector
from tests.server_impl.pair import CPO, EMSP, Pair, introduce, location, served
from tests.server_impl.samples import place, record

VERSIONS = ("2.3.0",)


@pytest_asyncio.fixture(loop_scope="session")
async def away(tmp_path: Path) -> AsyncIterator[tuple[Pair, FaultInjector]]:
    """A CPO, and an eMSP that is away."""
    injector, rules = FaultInjector(), PushRules(longest_pause=3600)
    async with (
        served(tmp_path / "cpo", CPO, versions=VERSIONS, push=rules) as cpo,
        served(tmp_path / "emsp", EMSP, versions=VERSIONS, wrap=injector.wrap) as emsp,
    ):
        pair = await introduce(cpo, emsp)
        await cpo.platform.put_own("locations", text(location()))
        injector.mode = "500"
        yield pair, injector


async def back(pair: Pair, injector: FaultInjector) -> None:
    injector.mode = "open"
    injector.took()
    await pair.cpo.platform.retry_pushes()
    assert await pair.cpo.platform.pushed() == {pair.at_cpo.id: None}


def at_emsp(pair: Pair) -> Any:
    return pair.cpo.platform.clients.peer(pair.at_cpo)


async def test_a_partner_that_was_away_gets_the_latest_state(
    away: tuple[Pair, FaultInjector],
) -> None:
    pair, injector = away
    cpo = pair.cpo.platform
    await cpo.bookings.publisher.place(text(place()))
    await cpo.invoices.publish(text(record(invoice_id="FIRST")), EMSP.id)
    await cpo.pushed()
    newer = record(invoice_id="SECOND", last_updated="2026-03-01T00:00:00Z")
    await cpo.invoices.publish(text(newer), EMSP.id)
    (status,) = await cpo.push_status()
    assert (status.pending, status.parked) == (2, 0)
    await back(pair, injector)
    there = await at_emsp(pair).invoicereconciliation.get_stored_invoice_reconciliation_record(
        "NL", "CPO", "R1"
    )
    assert there.invoice_id == "SECOND"
    known = await at_emsp(pair).bookings.get_stored_booking_location("NL", "CPO", "BL1")
    assert known.location_id == "LOC1"
    assert sorted(method for method, _ in injector.took()) == ["POST", "PUT"]


async def test_a_record_that_was_withdrawn_meanwhile_is_not_there(
    away: tuple[Pair, FaultInjector],
) -> None:
    pair, injector = away
    cpo = pair.cpo.platform
    await cpo.invoices.publish(text(record()), EMSP.id)
    assert await cpo.invoices.withdraw(CPO.id, "R1") == (pair.at_cpo.id,)
    await back(pair, injector)
    with pytest.raises(NotFound):
        await at_emsp(pair).invoicereconciliation.get_stored_invoice_reconciliation_record(
            "NL", "CPO", "R1"
        )


async def test_all_of_it_is_sent_again_on_demand(away: tuple[Pair, FaultInjector]) -> None:
    pair, injector = away
    cpo = pair.cpo.platform
    await cpo.bookings.publisher.place(text(place()))
    await cpo.invoices.publish(text(record()), EMSP.id)
    await back(pair, injector)
    injector.took()
    assert await cpo.resync(pair.at_cpo.id, "booking_locations")
    await cpo.pushed()
    assert injector.took() == [("PUT", "booking_locations")]
