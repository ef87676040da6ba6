"""The platforms on the other side: who they are, registration, and calling them."""

from ocpi_server.partners.administration import PartnerAdministration
from ocpi_server.partners.claims import HUB, RolesRefused
from ocpi_server.partners.directory import PartnerDirectory
from ocpi_server.partners.errors import ConcurrentChange, PartiesTaken, WrongState
from ocpi_server.partners.lookup import Unclaimed
from ocpi_server.partners.records import (
    Invitation,
    InvitationTerms,
    KnownPartner,
    PartnerRecord,
    PartnerRole,
    Status,
)

__all__ = [
    "HUB",
    "ConcurrentChange",
    "Invitation",
    "InvitationTerms",
    "KnownPartner",
    "PartiesTaken",
    "PartnerAdministration",
    "PartnerDirectory",
    "PartnerRecord",
    "PartnerRole",
    "RolesRefused",
    "Status",
    "Unclaimed",
    "WrongState",
]
