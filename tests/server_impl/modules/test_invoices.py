"""Records of invoices: pushed, pulled, compared with CDRs, in both directions of billing."""

from collections.abc import AsyncIterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from ocpi_bindings.v2_3_0.clients.invoicereconciliation import InvoiceReconciliationClient
from ocpi_runtime.errors import GenericClientError, InvalidParameters, NotFound
from ocpi_runtime.types import PartyId
from ocpi_server import OwnParty
from tests.server_impl.booked import text
from tests.server_impl.pair import CPO, EMSP, Pair, Served, calling, introduce, paired, served
from tests.server_impl.samples import cdr, record

NEWER = "2026-03-01T10:00:00Z"


@pytest_asyncio.fixture(loop_scope="session")
async def billed(tmp_path: Path) -> AsyncIterator[Pair]:
    async with paired(tmp_path, versions=("2.2.1", "2.3.0")) as made:
        yield made


def at_emsp(pair: Pair) -> InvoiceReconciliationClient:
    peer: Any = pair.cpo.platform.clients.peer(pair.at_cpo)
    found: InvoiceReconciliationClient = peer.invoicereconciliation
    return found


def at_cpo(pair: Pair) -> InvoiceReconciliationClient:
    peer: Any = pair.emsp.platform.clients.peer(pair.at_emsp)
    found: InvoiceReconciliationClient = peer.invoicereconciliation
    return found


async def test_a_record_is_published_changed_and_withdrawn(billed: Pair) -> None:
    invoices = billed.cpo.platform.invoices
    assert await invoices.publish(text(record(x_note="kept")), EMSP.id) == (billed.at_cpo.id,)
    await billed.cpo.platform.pushed()
    there = await at_emsp(billed).get_stored_invoice_reconciliation_record("NL", "CPO", "r1")
    assert (there.invoice_id, there.cdrs) == ("INV-2026-01", ["CDR1"])
    changed = record(cdrs=["CDR1", "CDR2"], last_updated=NEWER)
    assert await invoices.publish(text(changed), EMSP.id)
    assert not await invoices.publish(text(record()), EMSP.id)  # older
    await billed.cpo.platform.pushed()
    there = await at_emsp(billed).get_stored_invoice_reconciliation_record("NL", "CPO", "R1")
    assert there.cdrs == ["CDR1", "CDR2"]
    (listed,) = [each async for each in at_cpo(billed).get_invoice_reconciliation_records()]
    assert listed == there
    assert await invoices.withdraw(CPO.id, "R1") == (billed.at_cpo.id,)
    assert await billed.cpo.platform.pushed() == {billed.at_cpo.id: None}
    with pytest.raises(NotFound):
        await at_emsp(billed).get_stored_invoice_reconciliation_record("NL", "CPO", "R1")
    assert [each async for each in at_cpo(billed).get_invoice_reconciliation_records()] == []
    with pytest.raises(NotFound):
        await invoices.withdraw(CPO.id, "R1")


async def test_a_record_is_taken_as_it_comes(billed: Pair) -> None:
    url = f"{billed.emsp.base_url}/2.3.0/receiver/invoicereconciliation"
    one = f"{url}/NL/CPO/R1"
    async with calling(billed.emsp, billed.cpo, billed.at_cpo) as as_cpo:

        async def status(method: str, where: str, body: Any = None) -> tuple[int, int]:
            answer = await as_cpo(method, where, body)
            return answer.status_code, answer.json()["status_code"]

        sent = record(x_note="kept")
        assert await status("POST", url, sent) == (201, 1000)
        assert await status("POST", url, sent) == (200, 1000)
        assert (await as_cpo("GET", one)).json()["data"] == sent
        assert await status("PUT", one, record(last_updated=NEWER)) == (200, 1000)
        assert await status("PUT", one, sent) == (200, 1000)
        assert (await as_cpo("GET", one)).json()["data"]["last_updated"] == NEWER
        assert await status("PUT", f"{url}/NL/CPO/R2", record("R2")) == (201, 1000)
        assert await status("PUT", f"{url}/NL/CPO/R3", record("R2")) == (200, 2001)
        assert await status("POST", url, record("R4", cdrs=[])) == (200, 2001)
        assert await status("DELETE", one) == (200, 1000)
        assert await status("DELETE", one) == (200, 2000)


async def test_another_partys_records_are_404(billed: Pair) -> None:
    peer, stolen = at_emsp(billed), record(party_id="XXX")
    for refused in (
        peer.post_invoice_reconciliation_record(text(stolen)),
        peer.put_invoice_reconciliation_record("NL", "XXX", "R1", text(stolen)),
        peer.get_stored_invoice_reconciliation_record("NL", "XXX", "R1"),
        peer.delete_invoice_reconciliation_record("NL", "XXX", "R1"),
    ):
        with pytest.raises(NotFound):
            await refused
    with pytest.raises(InvalidParameters):
        await peer.put_invoice_reconciliation_record("NL", "CPO", "R1", text(stolen))
    with pytest.raises(GenericClientError):
        await peer.delete_invoice_reconciliation_record("NL", "CPO", "R1")


async def test_each_sees_its_own_records_only(billed: Pair, tmp_path: Path) -> None:
    rival = OwnParty("BE", "RIV", "EMSP", "Another provider")
    invoices = billed.cpo.platform.invoices
    for number in range(5):
        await invoices.publish(text(record(f"R{number}")), EMSP.id)
    async with served(tmp_path / "rival", rival, versions=("2.3.0",)) as other:
        both = await introduce(billed.cpo, other)
        await invoices.publish(text(record("THEIRS")), rival.id)
        assert await names(other, both.at_emsp) == ["THEIRS"]
        await billed.cpo.platform.pushed()
    pages = [
        page async for page in at_cpo(billed).get_invoice_reconciliation_records(limit=2).pages()
    ]
    assert [len(page.items) for page in pages] == [2, 2, 1]
    assert {page.total for page in pages} == {5}
    assert await billed.emsp.platform.invoices.pull(billed.at_emsp) == 5


async def names(at: Served, partner: Any) -> list[str]:
    peer: Any = at.platform.clients.peer(partner)
    records = peer.invoicereconciliation.get_invoice_reconciliation_records()
    return [each.id async for each in records]


async def test_the_cdrs_of_an_invoice_are_added_up(billed: Pair) -> None:
    cpo, emsp = billed.cpo.platform, billed.emsp.platform
    for uid, cost in (("CDR1", 2.75), ("CDR2", 1.1), ("CDR3", 9)):
        await cpo.publisher.cdr(text(cdr(uid, total_cost={"excl_vat": cost})))
        await cpo.pushed()
    sent = record(cdrs=["CDR1", "CDR2", "CDR9"])
    await cpo.invoices.publish(text(sent), EMSP.id)
    await cpo.pushed()
    for platform in (cpo, emsp):
        found = await platform.invoices.reconcile(CPO.id, "R1")
        assert found.totals == {"EUR": Decimal("3.85")}
        assert found.missing == ("CDR9",)
    with pytest.raises(NotFound):
        await emsp.invoices.reconcile(CPO.id, "R9")


async def test_an_emsp_credits_a_cpo(billed: Pair) -> None:
    cpo, emsp = billed.cpo.platform, billed.emsp.platform
    await cpo.publisher.cdr(text(cdr()))
    await cpo.pushed()
    elsewhere = cdr("CDR2", provider=PartyId("BE", "XXX"))
    await cpo.put_own("cdrs", text(elsewhere))  # of another eMSP's driver
    sent = record(owner=EMSP, cdrs=["CDR1", "CDR2"])
    assert await emsp.invoices.publish(text(sent), CPO.id)
    await emsp.pushed()
    (listed,) = [each async for each in at_emsp(billed).get_invoice_reconciliation_records()]
    assert listed.party_id == "MSP"
    for platform in (cpo, emsp):
        found = await platform.invoices.reconcile(EMSP.id, "R1")
        assert (found.totals, found.missing) == ({"EUR": Decimal("2.75")}, ("CDR2",))
