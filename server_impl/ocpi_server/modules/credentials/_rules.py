"""What is refused in a partner's credentials, with a pointer to each fault."""

from collections.abc import Iterator
from typing import Final

from ocpi_runtime.errors import InvalidParameters, UnsafeUrl, Violation
from ocpi_runtime.urls import host_of
from ocpi_server.modules.credentials._json_text import PartnerCredentials
from ocpi_server.partners import PartiesTaken, RolesRefused

__all__ = ["check_roles", "check_versions_url", "refused_roles", "taken_parties"]

_MOST_FAULTS: Final = 100
_SHOWN: Final = 100


def check_versions_url(url: str) -> None:
    """Refuse a versions URL that is none.

    Raises:
        InvalidParameters: It is not an absolute URL of http or https.
    """
    try:
        host_of(url)
    except UnsafeUrl as error:
        text = f"The versions URL {url[:_SHOWN]!r} is not an absolute https or http URL."
        raise InvalidParameters(text, violations=[Violation("/url", "url", text)]) from error


def check_roles(offer: PartnerCredentials, most: int) -> None:
    """Validate the roles of a partner beyond its schema.

    Args:
        offer: Its credentials.
        most: How many roles a partner may have.

    Raises:
        InvalidParameters: There are too many, one occurs twice, or a name is blank.
    """
    if len(offer.roles) > most:
        fault = Violation(
            "/roles", "maxItems", f"has {len(offer.roles)} roles, at most {most} are allowed"
        )
        raise InvalidParameters(
            f"The credentials have {len(offer.roles)} roles, at most {most} are allowed.",
            violations=[fault],
        )
    faults = [fault for fault, _ in zip(_faults(offer), range(_MOST_FAULTS), strict=False)]
    if faults:
        raise InvalidParameters("Roles are repeated or have a blank party.", violations=faults)


def _faults(offer: PartnerCredentials) -> Iterator[Violation]:
    known = set()
    for at, role in enumerate(offer.roles):
        for name in ("country_code", "party_id"):
            if not getattr(role, name).strip():
                yield Violation(offer.pointer(at, name), "blank", "must not be blank")
        if role.key in known:
            yield Violation(offer.pointer(at), "unique", f"repeats {role.party} as {role.role}")
        known.add(role.key)


def taken_parties(error: PartiesTaken, offer: PartnerCredentials) -> InvalidParameters:
    """Point at the roles whose party is somebody else's."""
    taken = set(error.parties)
    faults = [
        Violation(
            offer.pointer(at),
            "taken",
            f"{role.party} belongs to another platform or is reserved for one",
        )
        for at, role in enumerate(offer.roles)
        if role.party in taken
    ]
    return InvalidParameters(
        "Parties in the credentials belong to another platform or are reserved for one.",
        violations=faults[:_MOST_FAULTS],
        hint="Ask the operator of this platform to release the parties, or register others.",
    )


def refused_roles(error: RolesRefused, offer: PartnerCredentials) -> InvalidParameters:
    """Point at the roles that the invitation is not for."""
    refused = {role.key for role in error.roles}
    listed = ", ".join(map(str, error.allowed[:10]))
    faults = [
        Violation(
            offer.pointer(at), "invitation", f"{role} is not in the invitation; allowed: {listed}"
        )
        for at, role in enumerate(offer.roles)
        if role.key in refused
    ]
    return InvalidParameters(
        "The invitation does not include these roles.",
        violations=faults[:_MOST_FAULTS],
        hint="Register with the roles of the invitation, or ask the operator for another one.",
    )
