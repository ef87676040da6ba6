"""The services of the module payments, put together."""

from dataclasses import dataclass

from ocpi_server.modules.payments._client import PaymentClient
from ocpi_server.modules.payments._provider import PaymentProvider
from ocpi_server.modules.payments._terminals import Terminals
from ocpi_server.modules.payments.received import UnownedObjects
from ocpi_server.modules.shared import Shared
from ocpi_server.objects.kinds import CONFIRMATIONS, TERMINALS
from ocpi_server.objects.objects_for_party import WRITTEN_IN, ObjectsForParty
from ocpi_server.objects.own import OwnObjects

__all__ = ["Payments", "assemble_payments"]


@dataclass(frozen=True, slots=True)
class Payments:
    """The services of the module payments.

    Attributes:
        terminals: Takes what CPOs do with our terminals.
        confirmations: Our own confirmations.
        provider: Writes and pushes our own terminals and confirmations.
        user: Uses the terminals of others.
    """

    terminals: Terminals
    confirmations: OwnObjects
    provider: PaymentProvider
    user: PaymentClient


def assemble_payments(on: Shared) -> Payments:
    """Put the services of the module payments together."""
    ptp = on.settings.party_as("PTP", "HUB").id
    terminals, confirmations = (
        ObjectsForParty(on.store, TERMINALS),
        ObjectsForParty(on.store, CONFIRMATIONS),
    )
    received = (UnownedObjects(on.store, kind, WRITTEN_IN) for kind in (TERMINALS, CONFIRMATIONS))
    return Payments(
        terminals=Terminals(on.own(TERMINALS), terminals, ptp, on.clock),
        confirmations=on.own(CONFIRMATIONS),
        provider=PaymentProvider(terminals, confirmations, on.announcer, on.outbox, ptp),
        user=PaymentClient(on.clients, *received),
    )
