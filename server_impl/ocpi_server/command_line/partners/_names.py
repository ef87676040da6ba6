"""Parties, roles and partners, as the commands about partners read and print them."""

import re
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer

from ocpi_runtime.parties import CPO, EMSP, PartyRole

if TYPE_CHECKING:
    from ocpi_runtime.types import PartyId
    from ocpi_server.partners import PartnerRecord, PartnerRole

__all__ = [
    "OWN_ROLES",
    "LinkedPartner",
    "OwnRole",
    "Parties",
    "Role",
    "Unregistered",
    "read_party",
    "read_role",
    "shown_partner",
]

_ROLE_NAMES: Final = ("CPO", "EMSP", "HUB", "NAP", "NSP", "OTHER", "PTP", "SCSP")
_PARTY: Final = re.compile(r"([A-Za-z]{2})-([A-Za-z0-9]{3})(?::([A-Za-z]+))?")

Parties = Annotated[
    list[str] | None,
    typer.Option("--party", help="Party and role, such as NL-ABC:CPO; may be repeated."),
]


class Role(StrEnum):
    """The roles that have a versions URL of their own."""

    CPO = "CPO"
    EMSP = "EMSP"


OWN_ROLES: Final[dict[Role, PartyRole]] = {Role.CPO: CPO, Role.EMSP: EMSP}

OwnRole = Annotated[
    Role | None,
    typer.Option(help="Our role in the registration (2.1.1 and 2.0 only)."),
]
Unregistered = Annotated[
    str | None, typer.Option("--again", help="Key of an unregistered partner.")
]
LinkedPartner = Annotated[
    str | None,
    typer.Option(
        "--same-company-as",
        help="Key of the partner that is the same company in its other role (2.1.1 and 2.0).",
    ),
]


def read_role(text: str) -> "PartnerRole":
    """Parse a party with its role.

    Raises:
        BadParameter: It is none.
    """
    from ocpi_server.partners import PartnerRole  # noqa: PLC0415 - heavy

    role = text.upper().partition(":")[2]
    if role not in _ROLE_NAMES:
        raise typer.BadParameter(
            f"{text!r} names no role; write NL-ABC:ROLE with one of {', '.join(_ROLE_NAMES)}.",
            param_hint="--party",
        )
    return PartnerRole(role, *read_party(text))


def read_party(text: str) -> "PartyId":
    """Parse a party.

    Raises:
        BadParameter: It is none.
    """
    from ocpi_runtime.types import PartyId  # noqa: PLC0415 - slow to import, help is not

    read = _PARTY.fullmatch(text)
    if read is None:
        raise typer.BadParameter(
            f"{text!r} is not a party; write country code and party ID, such as NL-ABC.",
            param_hint="party",
        )
    return PartyId.of(read[1], read[2])


def shown_partner(partner: "PartnerRecord") -> dict[str, Any]:
    """Return a partner as the commands print it as JSON."""
    return {
        "partner": partner.id,
        "name": partner.label,
        "versions_url": partner.versions_url,
        "status": "damaged" if partner.damaged else partner.status.value,
        "version": partner.version,
        "roles": [str(role) for role in partner.roles],
        "waiting": [str(role) for role in partner.claimed],
        "blocked": partner.blocked is not None,
        "expires": None if partner.expires is None else partner.expires.isoformat(),
    }
