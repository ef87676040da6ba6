"""Payment at a terminal: a CPO assigns a terminal, the PTP confirms what it captured.

``python -m examples.overlay_direct_payment`` does both in one process, with the bindings of the
overlays in ``overlays/`` on 2.2.1.
"""

import asyncio
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, final

from ocpi_overlays import v2_2_1
from ocpi_overlays.v2_2_1 import models as ocpi
from ocpi_overlays.v2_2_1.clients import Clients
from ocpi_overlays.v2_2_1.stubs import PaymentsReceiverStub, PaymentsSenderStub
from ocpi_runtime.codec import decode, encode
from ocpi_runtime.errors import NotFound, NotSupported
from ocpi_runtime.patch import merge
from ocpi_runtime.server import Context, Outcome, Page, PageQuery, Received
from ocpi_runtime.testing import answering, connected

Confirmation = ocpi.FinancialAdviceConfirmation


@final
class Terminals(PaymentsSenderStub):
    """The terminals of a PTP, in memory."""

    def __init__(self, *terminals: ocpi.Terminal) -> None:
        self.stored = {each.terminal_id: each for each in terminals}

    async def get_terminals(self, context: Context, query: PageQuery) -> Page[ocpi.Terminal]:
        found = [*self.stored.values()][query.offset : query.offset + query.limit]
        return Page(found, len(self.stored), query.offset + len(found) < len(self.stored))

    async def get_terminal(self, context: Context, terminal_id: str) -> ocpi.Terminal:
        if terminal_id not in self.stored:
            raise NotFound(f"Terminal {terminal_id} not found.")
        return self.stored[terminal_id]

    async def put_terminal(
        self, context: Context, terminal_id: str, body: Received[ocpi.Terminal]
    ) -> None:
        self.stored[terminal_id] = body.value

    async def patch_terminal(
        self, context: Context, terminal_id: str, body: Received[ocpi.TerminalPatch]
    ) -> None:
        before = await self.get_terminal(context, terminal_id)
        merged = merge(encode(before), body.raw)
        self.stored[terminal_id] = decode(merged, ocpi.Terminal)

    async def post_activate_terminal(
        self, context: Context, body: Received[ocpi.TerminalActivation]
    ) -> None:
        raise NotSupported

    async def post_deactivate_terminal(self, context: Context, terminal_id: str) -> None:
        self.stored.pop(terminal_id, None)

    async def get_financial_advice_confirmations(
        self, context: Context, query: PageQuery
    ) -> Page[Confirmation]:
        return Page([], 0, more=False)

    async def get_financial_advice_confirmation(
        self, context: Context, financial_advice_confirmation_id: str
    ) -> Confirmation:
        raise NotFound(f"Confirmation {financial_advice_confirmation_id} not found.")


async def assign(ptp: Clients, location_id: str) -> list[str]:
    """Assign a location to all terminals of a PTP that have none."""
    free = [each async for each in ptp.payments.get_terminals() if not each.location_ids]
    for terminal in free:
        change = ocpi.TerminalPatch(location_ids=[location_id])
        await ptp.payments.patch_terminal(terminal.terminal_id, change)
    return [each.terminal_id for each in free]


def invoiced(_context: Any, body: Received[Confirmation]) -> Outcome:
    """Print what the invoice of the CPO must state about a payment."""
    print(*body.value.eft_data, body.value.total_costs.incl_vat, body.value.currency)
    return Outcome.CREATED


async def main() -> None:
    """Assign a terminal, then confirm a payment of 12.10 EUR at it."""
    now = datetime.now(UTC)
    terminals = Terminals(ocpi.Terminal(terminal_id="T1", last_updated=now))
    async with connected([terminals], bindings=[v2_2_1.binding]) as ptp:
        print(await assign(ptp, "LOC1"), terminals.stored["T1"].location_ids)
    paid = Confirmation(
        id="F1",
        authorization_reference="A1",
        total_costs=ocpi.Price(excl_vat=Decimal(10), incl_vat=Decimal("12.10")),
        currency="EUR",
        eft_data=["Debit card, ****1234"],
        capture_status_code=ocpi.CaptureStatusCode.SUCCESS,
        last_updated=now,
    )
    cpo_side = answering(PaymentsReceiverStub, post_financial_advice_confirmation=invoiced)
    async with connected([cpo_side], bindings=[v2_2_1.binding]) as cpo:
        await cpo.payments.post_financial_advice_confirmation(paid)


if __name__ == "__main__":
    asyncio.run(main())
