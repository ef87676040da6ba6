"""The platforms on the other side: who they are, registration, and calling them."""

from ocpi_server.partners.directory import Overtaken, PartiesTaken, PartnerDirectory
from ocpi_server.partners.records import (
    KnownPartner,
    PartnerRecord,
    PartnerRole,
    Status,
    Terms,
)

__all__ = [
    "KnownPartner",
    "Overtaken",
    "PartiesTaken",
    "PartnerDirectory",
    "PartnerRecord",
    "PartnerRole",
    "Status",
    "Terms",
]
