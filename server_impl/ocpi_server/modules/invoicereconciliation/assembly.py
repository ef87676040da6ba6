"""The services of the module invoicereconciliation, put together."""

from dataclasses import dataclass

from ocpi_server.modules.invoicereconciliation.invoices import Invoices
from ocpi_server.modules.shared import Shared
from ocpi_server.objects.kinds import (
    RECORDS,
)
from ocpi_server.objects.objects_for_party import ObjectsForParty
from ocpi_server.objects.own import OwnObjects

__all__ = ["Invoicing", "assemble_invoicing"]


@dataclass(frozen=True, slots=True)
class Invoicing:
    """The services of the module invoicereconciliation.

    Attributes:
        own: The records of our invoices.
        invoices: Publishes them, and checks those of others.
    """

    own: OwnObjects
    invoices: Invoices


def assemble_invoicing(on: Shared) -> Invoicing:
    """Put the services of the module invoicereconciliation together."""
    own = ObjectsForParty(on.store, RECORDS)
    parties = on.settings.own_parties
    return Invoicing(
        own=on.own(RECORDS),
        invoices=Invoices(own, on.clients, on.announcer, on.renditions, parties, on.hub_parties),
    )
