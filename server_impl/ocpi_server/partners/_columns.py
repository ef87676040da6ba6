"""The columns of a partner: how they are read, and what they become as it is registered."""

from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import datetime
from typing import Any, TypeVar

import msgspec
from sqlalchemy import RowMapping

from ocpi_runtime import token as tokens
from ocpi_runtime.client import Endpoint
from ocpi_server._clock import from_micros
from ocpi_server.partners._claims import RoleDecision
from ocpi_server.partners._records import (
    InvitationTerms,
    KnownPartner,
    PartnerRecord,
    PartnerRole,
    Status,
)
from ocpi_server.store.database.damage import number, report

__all__ = ["agreed", "begun", "read_record", "replaced", "write_roles"]

T = TypeVar("T")


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
        "allowed": write_roles(roles),
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
        "endpoints": _write_endpoints(terms.endpoints),
        "roles": write_roles(decision.granted),
        "claimed": write_roles(decision.waiting),
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


def _write_endpoints(endpoints: Iterable[Endpoint]) -> str:
    return msgspec.json.encode(list(endpoints)).decode()


def write_roles(roles: Iterable[PartnerRole]) -> str:
    """Write roles for their column."""
    return msgspec.json.encode(list(roles)).decode()


def read_record(values: RowMapping) -> PartnerRecord:
    """Read a row; what is damaged in it is empty, reported, and keeps the partner from acting."""
    coding = values["token_base64"]
    read = _Reader(values)
    record = PartnerRecord(
        id=values["id"],
        name=values["name"],
        status=read.status(),
        revision=number(values["revision"]),
        versions_url=values["versions_url"],
        version=values["version"],
        endpoints=read.array("endpoints", Endpoint),
        roles=read.array("roles", PartnerRole),
        token_base64=None if coding is None else bool(coding),
        sealed_token=values["sealed_token"],
        own_role=values["own_role"],
        linked_partner_id=values["linked_partner_id"],
        claimed=read.array("claimed", PartnerRole),
        allowed=read.array("allowed", PartnerRole),
        vouched=values["vouched"] == 1,
        blocked=read.instant("blocked"),
        expires=read.instant("expires"),
        sealed_transport=values["sealed_transport"],
        dialect=values["dialect"],
    )
    if read.damaged:
        report("partners", record.id, f"{record.label}: {', '.join(read.damaged)}")
    return replace(record, damaged=tuple(read.damaged))


class _Reader:
    """Reads columns, and notes which are damaged."""

    def __init__(self, values: RowMapping) -> None:
        self._values = values
        self.damaged: list[str] = []

    def status(self) -> Status:
        try:
            return Status(self._values["status"])
        except ValueError:
            self.damaged.append("status")
            return Status.UNREGISTERED

    def array(self, name: str, kind: type[T]) -> tuple[T, ...]:
        try:
            return msgspec.json.decode(self._values[name], type=tuple[kind, ...])  # type: ignore[valid-type]
        except (msgspec.DecodeError, TypeError, UnicodeError):
            self.damaged.append(name)
            return ()

    def instant(self, name: str) -> datetime | None:
        """Read an instant; one that is damaged is long ago, so that it is over."""
        value = self._values[name]
        if value is None:
            return None
        with suppress(TypeError, OverflowError):
            return from_micros(value)
        self.damaged.append(name)
        return from_micros(0)
