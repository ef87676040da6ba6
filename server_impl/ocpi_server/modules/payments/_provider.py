"""Terminals and payments of a PTP: stored, to be pushed to the CPO."""

from typing import TYPE_CHECKING

from ocpi_runtime.types import PartyId
from ocpi_server.objects.objects_for_party import ObjectsForParty
from ocpi_server.store import Outbox, Stored, audience_of
from ocpi_server.sync.publishing import Recipients, as_raw
from ocpi_server.sync.push import Announcer

if TYPE_CHECKING:
    from ocpi_bindings.v2_3_0.models import FinancialAdviceConfirmation, Terminal

__all__ = ["PaymentProvider"]


class PaymentProvider:
    """Owns terminals and financial advice confirmations. A PTP's side.

    Methods return when what they write is durable; it is in our list for the CPO even where that
    takes none.

    Args:
        terminals: Writes own terminals.
        confirmations: Writes own confirmations.
        announcer: Finds CPOs.
        outbox: What partners have not been sent.
        ptp: Our party that owns them.
    """

    def __init__(
        self,
        terminals: ObjectsForParty,
        confirmations: ObjectsForParty,
        announcer: Announcer,
        outbox: Outbox,
        ptp: PartyId,
    ) -> None:
        self._terminals = terminals
        self._confirmations = confirmations
        self._announcer = announcer
        self._outbox = outbox
        self._ptp = ptp

    async def terminal(self, value: "Terminal | bytes", cpo: PartyId) -> Recipients:
        """Put a terminal, to be pushed to the CPO that it is for."""
        return await self._put(self._terminals, value, cpo)

    async def confirmation(
        self, value: "FinancialAdviceConfirmation | bytes", cpo: PartyId
    ) -> Recipients:
        """Put what was captured for a session, to be pushed to the CPO of the session."""
        return await self._put(self._confirmations, value, cpo)

    async def push(self, terminal: Stored) -> None:
        """Push a terminal that a CPO has activated."""
        announcement = await self._announcer.for_provider(
            self._terminals.kind.module, terminal.audience
        )
        await self._outbox.note(terminal.key, announcement)

    async def _put(
        self,
        kept: ObjectsForParty,
        value: "Terminal | FinancialAdviceConfirmation | bytes",
        cpo: PartyId,
    ) -> Recipients:
        announcement = await self._announcer.for_provider(kept.kind.module, audience_of(cpo))
        await kept.put(self._ptp, cpo, as_raw(value), announcement)
        return announcement.partners
