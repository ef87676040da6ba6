"""Credentials of any version: ours to send, a partner's to read."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import msgspec

from ocpi_runtime import codec
from ocpi_runtime.binding import Binding
from ocpi_runtime.errors import InvalidParameters, Violation
from ocpi_runtime.parties import PartyRole
from ocpi_runtime.types import Model, PartyId

__all__ = ["OwnParty", "check_allowed", "own_credentials", "parties_of", "versions_url"]


@dataclass(frozen=True, slots=True)
class OwnParty:
    """A party of this platform.

    Attributes:
        role: ``CPO``, ``EMSP`` or another role of the specification.
        country_code: ISO 3166 alpha-2.
        party_id: Three characters.
        name: The name of the company, as drivers see it.
    """

    role: str
    country_code: str
    party_id: str
    name: str

    def fields(self) -> dict[str, Any]:
        """Return the fields that credentials of all versions have."""
        return {
            "country_code": self.country_code,
            "party_id": self.party_id,
            "business_details": {"name": self.name},
        }


def versions_url(base_url: str, role: PartyRole | None) -> str:
    """Return the URL that partners are given; with a role where a version has one URL per role."""
    return f"{base_url}/versions" if role is None else f"{base_url}/{role.lower()}/versions"


def own_credentials(
    binding: Binding[Any, Any],
    own: Sequence[OwnParty],
    token: str,
    base_url: str,
    role: PartyRole | None,
) -> Model:
    """Write our credentials.

    Args:
        binding: The version.
        own: All parties of this platform.
        token: The token that the partner shall use here.
        base_url: That of the application.
        role: The own role, in versions whose credentials are those of one party.
    """
    document: dict[str, Any] = {"token": token, "url": versions_url(base_url, role)}
    interface = binding.interfaces["credentials", "both"]
    if interface.roles:
        document["roles"] = [{"role": each.role, **each.fields()} for each in own]
    else:
        document |= next(each for each in own if each.role == role).fields()
    body: type[Model] = interface.operations["post_credentials"].body
    hub = next((each for each in own if each.role == "HUB"), None)
    if hub is not None and "hub_party_id" in body.__struct_fields__:
        document["hub_party_id"] = f"{hub.country_code}{hub.party_id}"
    return codec.check(msgspec.json.encode(document), body)


def parties_of(credentials: Model) -> frozenset[PartyId]:
    """Return the parties of a partner's credentials, of any version."""
    read: Any = credentials
    roles = getattr(read, "roles", None) or [read]
    return frozenset(PartyId.of(each.country_code, each.party_id) for each in roles)


def check_allowed(parties: frozenset[PartyId], allowed: frozenset[PartyId] | None) -> None:
    """Validate the parties of a partner against its invitation.

    Raises:
        InvalidParameters: The invitation is not for one of them.
    """
    foreign = set() if allowed is None else parties - allowed
    if foreign:
        names = ", ".join(sorted(map(str, foreign)))
        listed = ", ".join(sorted(map(str, allowed or ())))
        fault = Violation("", "invitation", f"{names} is not among the invited parties: {listed}")
        raise InvalidParameters("The invitation is not for these parties.", violations=[fault])
