"""What a CPO does with the terminals of a PTP: it assigns, activates and reads them."""

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any, cast

import msgspec

from ocpi_runtime.client import Pages
from ocpi_runtime.codec import encode
from ocpi_runtime.types import Raw
from ocpi_server.modules.payments.received import UnownedObjects
from ocpi_server.partners import PartnerRecord
from ocpi_server.partners.calling import PartnerClients
from ocpi_server.sync.publishing import as_raw

if TYPE_CHECKING:
    from ocpi_bindings.v2_3_0.clients.payments import PaymentsClient
    from ocpi_bindings.v2_3_0.models import Terminal, TerminalActivation

__all__ = ["PaymentClient"]


class PaymentClient:
    """Uses the terminals of PTPs, and stores what they report of them. The side of a CPO.

    Args:
        clients: Calls PTPs.
        terminals: Keeps their terminals.
        confirmations: Keeps their confirmations.
    """

    def __init__(
        self,
        clients: PartnerClients,
        terminals: UnownedObjects,
        confirmations: UnownedObjects,
    ) -> None:
        self._clients = clients
        self._terminals = terminals
        self._confirmations = confirmations

    async def assign(
        self,
        ptp: PartnerRecord,
        terminal_id: str,
        *,
        location_ids: Sequence[str] | None = None,
        evse_uids: Sequence[str] | None = None,
    ) -> "Terminal":
        """Set the locations and EVSEs of a terminal, and read it again.

        Args:
            ptp: Whose terminal.
            terminal_id: Which one.
            location_ids: Locations with all their EVSEs; None leaves them as they are.
            evse_uids: Single EVSEs; None leaves them as they are.

        Raises:
            OcpiError: The PTP refused it.
        """
        given = {"location_ids": location_ids, "evse_uids": evse_uids}
        patch = {name: list(value) for name, value in given.items() if value is not None}
        at = self._at(ptp)
        await at.patch_terminal(terminal_id, Raw(msgspec.json.encode(patch)))
        terminal = await at.get_terminal(terminal_id)
        await self._terminals.keep(ptp, terminal.terminal_id, encode(terminal))
        return terminal

    async def activate(self, ptp: PartnerRecord, value: "TerminalActivation | bytes") -> None:
        """Ask for a terminal; the PTP pushes it once it is ready.

        Raises:
            OcpiError: The PTP refused it.
        """
        await self._at(ptp).post_activate_terminal(as_raw(value))

    async def deactivate(self, ptp: PartnerRecord, terminal_id: str) -> None:
        """Take a terminal out of use, there and here.

        Raises:
            OcpiError: The PTP refused it.
        """
        await self._at(ptp).post_deactivate_terminal(terminal_id)
        await self._terminals.forget(ptp, terminal_id)

    async def pull(self, ptp: PartnerRecord, since: datetime | None = None) -> int:
        """Read all terminals and confirmations of a PTP, and return how many there were.

        Args:
            ptp: Whose.
            since: Only what was updated since then; everything when None.

        Raises:
            OcpiError: It broke off; what was read before is kept.
        """
        at = self._at(ptp)
        terminals = at.get_terminals(date_from=since)
        confirmations = at.get_financial_advice_confirmations(date_from=since)
        count = await self._keep(ptp, terminals, self._terminals, "terminal_id")
        return count + await self._keep(ptp, confirmations, self._confirmations, "id")

    async def _keep(
        self, ptp: PartnerRecord, pages: Pages[Any], kept: UnownedObjects, id_field: str
    ) -> int:
        count = 0
        async for page in pages.pages():
            for item, raw in zip(page.items, page.texts, strict=True):
                await kept.keep(ptp, getattr(item, id_field), raw)
                count += 1
        return count

    def _at(self, ptp: PartnerRecord) -> "PaymentsClient":
        return cast("PaymentsClient", cast("Any", self._clients.peer(ptp)).payments)
