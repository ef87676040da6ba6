"""The platforms on the other side: who they are, registration, and calling them."""

from ocpi_server.partners._administration import PartnerAdministration
from ocpi_server.partners._claims import HUB, RolesRefused
from ocpi_server.partners._errors import (
    ConcurrentChange,
    PartiesTaken,
    PartnerNotFound,
    WrongState,
)
from ocpi_server.partners._records import (
    Invitation,
    InvitationTerms,
    KnownPartner,
    PartnerRecord,
    PartnerRole,
    Status,
)
from ocpi_server.partners.directory import PartnerDirectory

__all__ = [
    "HUB",
    "ConcurrentChange",
    "Invitation",
    "InvitationTerms",
    "KnownPartner",
    "PartiesTaken",
    "PartnerAdministration",
    "PartnerDirectory",
    "PartnerNotFound",
    "PartnerRecord",
    "PartnerRole",
    "RolesRefused",
    "Status",
    "WrongState",
]
