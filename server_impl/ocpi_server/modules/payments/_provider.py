"""Terminals and payments of a PTP: stored, and pushed to the CPO."""

import logging
from typing import TYPE_CHECKING

from ocpi_runtime.errors import OcpiError
from ocpi_runtime.types import PartyId, Raw
from ocpi_server._background import Background
from ocpi_server.objects.objects_for_party import ObjectsForParty
from ocpi_server.partners.by_party import ClientsByParty
from ocpi_server.store import Stored, party_of
from ocpi_server.sync.publishing import as_raw

if TYPE_CHECKING:
    from ocpi_bindings.v2_3_0.models import FinancialAdviceConfirmation, Terminal

__all__ = ["PaymentProvider"]

log = logging.getLogger("ocpi_server.payments")


class PaymentProvider:
    """Owns terminals and financial advice confirmations. A PTP's side.

    Args:
        terminals: Writes own terminals.
        confirmations: Writes own confirmations.
        messenger: Finds CPOs.
        background: Runs what goes on after answers.
        ptp: Our party that owns them.
    """

    def __init__(
        self,
        terminals: ObjectsForParty,
        confirmations: ObjectsForParty,
        messenger: ClientsByParty,
        background: Background,
        ptp: PartyId,
    ) -> None:
        self._terminals = terminals
        self._confirmations = confirmations
        self._messenger = messenger
        self._background = background
        self._ptp = ptp

    async def terminal(self, value: "Terminal | bytes", cpo: PartyId) -> bool:
        """Put a terminal and push it to the CPO that it is for.

        Returns:
            False where the CPO takes no terminals; it is in our list for it all the same.

        Raises:
            OcpiError: The CPO did not take it.
        """
        raw = as_raw(value)
        await self._terminals.put(self._ptp, cpo, raw)
        return await self._push_terminal(raw, cpo)

    async def confirmation(
        self, value: "FinancialAdviceConfirmation | bytes", cpo: PartyId
    ) -> bool:
        """Put what was captured for a session and push it to the CPO of the session.

        Returns:
            False where the CPO takes no confirmations; it is in our list for it all the same.

        Raises:
            OcpiError: The CPO did not take it.
        """
        raw = as_raw(value)
        await self._confirmations.put(self._ptp, cpo, raw)
        peer = await self._messenger.taker("payments", self._ptp, cpo)
        if peer is not None:
            await peer.payments.post_financial_advice_confirmation(raw)
        return peer is not None

    def push_later(self, terminal: Stored, partner_id: str) -> None:
        """Push a terminal that a CPO has activated, after the CPO has its answer.

        Where too much is under way for that partner, it finds the terminal in our list.

        Args:
            terminal: The terminal.
            partner_id: The partner that activated it.
        """
        cpo = party_of(terminal.audience)

        async def push() -> None:
            try:
                await self._push_terminal(terminal.raw, cpo)
            except OcpiError as error:
                log.warning("pushing a terminal to %s failed: %s", cpo, error.message)

        size = len(terminal.raw)
        if not self._background.try_start(push(), "pushing a terminal", partner_id, size):
            log.warning("terminal is not pushed to %s: too many pending requests", cpo)

    async def _push_terminal(self, raw: Raw, cpo: PartyId) -> bool:
        peer = await self._messenger.taker("payments", self._ptp, cpo)
        if peer is not None:
            await peer.payments.post_terminal(raw)
        return peer is not None
