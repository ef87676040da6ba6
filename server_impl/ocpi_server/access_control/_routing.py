"""Routing headers: which party of this platform a request is for, and for whom a hub speaks."""

import logging
from dataclasses import replace

from ocpi_runtime.errors import InvalidParameters, Violation
from ocpi_runtime.headers import RoutingHeaders
from ocpi_runtime.operations import Interface, Operation
from ocpi_runtime.server import Partner
from ocpi_runtime.types import PartyId
from ocpi_server.access_control._hubs import HubParties
from ocpi_server.access_control._log_limit import LogLimit
from ocpi_server.partners import KnownPartner

__all__ = ["Routing"]

log = logging.getLogger("ocpi_server.routing")


class Routing:
    """The rules of this platform; made to be the ``route`` of an application.

    Args:
        own: The parties of this platform.
        hub_parties: Finds the parties behind a hub.
        forwards: Whether this platform is a hub: what is for others is forwarded.
    """

    def __init__(
        self, own: frozenset[PartyId], hub_parties: HubParties, *, forwards: bool = False
    ) -> None:
        self._own, self._hub_parties, self._forwards = own, hub_parties, forwards
        self._log_limit = LogLimit()

    async def __call__(
        self, partner: Partner, _interface: Interface, operation: Operation, sent: RoutingHeaders
    ) -> tuple[Partner, PartyId | None]:
        """Return the partner with the party that it speaks for, and the receiver.

        Raises:
            InvalidParameters: The receiver is not a party of this platform, which is no hub.
        """
        receiver = sent.to_party
        if receiver is not None and receiver not in self._own and not self._forwards:
            self._refuse_unknown(partner, operation, receiver)
            receiver = None
        return await self._speaking(partner, sent.from_party), receiver

    def _refuse_unknown(self, partner: Partner, operation: Operation, receiver: PartyId) -> None:
        """Allow a GET for another party, unless we are strict; log one a minute of a partner."""
        strict = partner.dialect is None or partner.dialect.level == "strict"
        text = f"{receiver} is not a party of this platform"
        if operation.method == "GET" and not strict:
            if self._log_limit.permits(partner.id):
                log.warning("%s from %s: %s; it is answered.", operation.id, partner.id, text)
            return
        fault = Violation("header:OCPI-to-party-id", "receiver", text)
        raise InvalidParameters(f"{text}.", violations=[fault])

    async def _speaking(self, partner: Partner, sender: PartyId | None) -> Partner:
        """Return a hub with the party that it speaks for, or all of them where it names none.

        Others are returned as they are.
        """
        if not (isinstance(partner, KnownPartner) and partner.forwards):
            return partner
        if sender is None or sender in partner.parties:
            behind = await self._hub_parties.listed(partner.record)
        else:
            behind = await self._hub_parties.among(partner.record, {sender})
        return replace(partner, parties=partner.parties | behind) if behind else partner
