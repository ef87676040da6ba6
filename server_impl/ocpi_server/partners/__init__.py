"""The platforms on the other side: who they are, registration, and calling them."""

from ocpi_server.partners.administration import PartnerAdministration
from ocpi_server.partners.claims import HUB, RolesRefused
from ocpi_server.partners.directory import PartnerDirectory
from ocpi_server.partners.errors import Overtaken, PartiesTaken, WrongState
from ocpi_server.partners.records import (
    Invitation,
    KnownPartner,
    PartnerRecord,
    PartnerRole,
    Status,
    Terms,
)

__all__ = [
    "HUB",
    "Invitation",
    "KnownPartner",
    "Overtaken",
    "PartiesTaken",
    "PartnerAdministration",
    "PartnerDirectory",
    "PartnerRecord",
    "PartnerRole",
    "RolesRefused",
    "Status",
    "Terms",
    "WrongState",
]
