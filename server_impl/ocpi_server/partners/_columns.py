"""What the columns of a partner become when its registration begins, or is agreed on."""

from collections.abc import Sequence
from typing import Any

from ocpi_runtime import token as tokens
from ocpi_server.partners import rows
from ocpi_server.partners._claims import RoleDecision
from ocpi_server.partners._records import (
    InvitationTerms,
    KnownPartner,
    PartnerRecord,
    PartnerRole,
    Status,
)

__all__ = ["agreed", "begun", "replaced"]


def begun(
    name: str,
    status: Status,
    token: str,
    roles: Sequence[PartnerRole],
    *,
    vouched: bool,
    expires: int | None,
) -> dict[str, Any]:
    """Return the columns of a partner that is invited, or that we are registering at.

    Args:
        name: What an operator calls it.
        status: Which of both.
        token: The token that opens versions and credentials until the registration is agreed on.
        roles: The roles that the registration is for.
        vouched: Whether the roles are approved, where none are named.
        expires: When the token stops working; None: never.
    """
    return {
        "name": name,
        "status": status.value,
        "pending_digest": tokens.digest(token),
        "previous_digest": None,
        "expires": expires,
        "allowed": rows.write_roles(roles),
        "vouched": int(vouched and not roles),
        "claimed": "[]",
    }


def agreed(terms: InvitationTerms, decision: RoleDecision, sealed_token: bytes) -> dict[str, Any]:
    """Return the columns of a partner by the terms that were agreed on.

    Args:
        terms: The terms.
        decision: Which of the roles are in force.
        sealed_token: The token that we use at the partner, sealed.
    """
    return {
        "status": Status.REGISTERED.value,
        "token_digest": tokens.digest(terms.token_here),
        "sealed_token": sealed_token,
        "versions_url": terms.versions_url,
        "version": terms.version,
        "endpoints": rows.write_endpoints(terms.endpoints),
        "roles": rows.write_roles(decision.granted),
        "claimed": rows.write_roles(decision.waiting),
        "token_base64": None if terms.token_base64 is None else int(terms.token_base64),
        "own_role": terms.own_role,
    }


def replaced(partner: PartnerRecord, asked: KnownPartner | None) -> dict[str, Any]:
    """Return what becomes of the tokens that a partner has used here so far.

    Args:
        partner: The partner, before the terms are in force.
        asked: The partner as it authenticated itself, where it began the exchange.
    """
    proposal = {"pending_digest": None, "sealed_pending": None, "proposed": None}
    if asked is None:
        return {**proposal, "previous_digest": None, "previous_whole": None, "expires": None}
    previous: dict[str, Any] = {
        "previous_digest": tokens.digest(asked.token),
        "previous_whole": int(not asked.invited),
    }
    if not asked.invited:
        previous["expires"] = None
    # A proposal of ours stays: the partner may have accepted it while it asked for this change.
    return previous if partner.status is Status.REGISTERED else {**proposal, **previous}
