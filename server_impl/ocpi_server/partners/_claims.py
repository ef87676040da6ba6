"""Which of the roles that a partner claims are granted, wait for an operator, or are refused."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from ocpi_server.partners._records import PartnerRecord, PartnerRole, Status

__all__ = ["HUB", "RoleDecision", "RolesRefused", "decide_roles"]

HUB: Final = "HUB"
"""The role that is granted only where an operator named it."""


@dataclass(frozen=True, slots=True)
class RoleDecision:
    """What becomes of a claim.

    Attributes:
        granted: These roles are in force.
        waiting: These roles wait until an operator approves them.
    """

    granted: tuple[PartnerRole, ...]
    waiting: tuple[PartnerRole, ...]


class RolesRefused(Exception):
    """A partner claims roles that its invitation is not for.

    Attributes:
        roles: The roles in question.
        allowed: The roles that the invitation is for.
    """

    def __init__(self, roles: Sequence[PartnerRole], allowed: Sequence[PartnerRole]) -> None:
        super().__init__(", ".join(map(str, roles)))
        self.roles = tuple(roles)
        self.allowed = tuple(allowed)


def decide_roles(
    record: PartnerRecord, claimed: Sequence[PartnerRole], *, first: bool
) -> RoleDecision:
    """Decide about the roles that a partner claims.

    Args:
        record: The partner, as it is before.
        claimed: All roles in its credentials.
        first: Whether it registers; otherwise it changes a registration.

    Raises:
        RolesRefused: It was invited for certain roles, and claims others.
    """
    named = {role.key for role in record.allowed}
    known = set(named) if first else named | {role.key for role in record.roles}
    granted: list[PartnerRole] = []
    others: list[PartnerRole] = []
    for role in claimed:
        vouched = first and record.vouched and role.key[1] != HUB
        (granted if vouched or role.key in known else others).append(role)
    # Where this platform registers, the other side has gone through with it already.
    if others and first and named and record.status is not Status.CONNECTING:
        raise RolesRefused(others, record.allowed)
    return RoleDecision(tuple(granted), tuple(others))
