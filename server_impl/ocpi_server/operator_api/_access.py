"""The key of a request, and whether its scopes permit the operation."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from ocpi_runtime.errors import HttpError
from ocpi_runtime.operations import Interface, Operation
from ocpi_runtime.server import Partner
from ocpi_server.operator_keys import Keys, OperatorKey

__all__ = ["SCOPE_OF", "Access", "Operator", "allows", "must_allow", "permit"]

SCOPE_OF: Final[Mapping[str, str]] = {
    "get_own_objects": "objects:read",
    "get_own_object": "objects:read",
    "post_own_objects": "objects:write",
    "put_own_object": "objects:write",
    "patch_own_object": "objects:write",
    "delete_own_object": "objects:write",
    "put_evse_status": "objects:write",
    "get_received_objects": "objects:read",
    "get_received_object": "objects:read",
    "get_partners": "partners:read",
    "get_partner": "partners:read",
    "get_dialect": "partners:read",
    "post_invitation": "partners:write",
    "post_registration": "partners:write",
    "delete_partner": "partners:write",
    "put_dialect": "partners:write",
    "post_partner_action": "partners:write",
    "get_requests": "commands:write",
    "get_request": "commands:write",
    "post_request": "commands:write",
    "get_orders": "commands:write",
    "get_order": "commands:write",
    "put_order_result": "commands:write",
    "post_authorization": "authorize",
    "get_pushes": "state:read",
    "get_pending_pushes": "state:read",
    "post_resync": "state:write",
    "get_pulls": "state:read",
    "post_pull": "state:write",
    "get_losses": "state:read",
    "get_messages": "log:read",
    "get_message": "log:read",
    "get_events": "state:read",
    "get_webhooks": "state:read",
    "post_webhook": "state:write",
    "post_webhook_secret": "state:write",
    "delete_webhook": "state:write",
}
"""The scope of each operation; an operation that is missing here is always refused."""


@dataclass(frozen=True)
class Operator(Partner):
    """A back end, by the key that it sent.

    Attributes:
        key: The key.
    """

    key: OperatorKey | None = None


class Access:
    """Finds the key of a request.

    Args:
        keys: The keys of the platform.
    """

    def __init__(self, keys: Keys) -> None:
        self._keys = keys

    async def find(self, candidates: Sequence[str]) -> Operator | None:
        """Return the operator with one of some secrets; None if there is none."""
        for secret in candidates:
            key = await self._keys.find(secret)
            if key is not None:
                return Operator(f"key-{key.id}", key=key)
        return None


def permit(partner: Partner, _interface: Interface, operation: Operation) -> Partner:
    """Return the operator if its key permits an operation.

    Raises:
        HttpError: It does not (HTTP 403).
    """
    must_allow(partner, operation.id)
    return partner


def must_allow(partner: Partner, operation: str) -> None:
    """Raise an error for an operation that the key of an operator does not permit.

    Raises:
        HttpError: It does not (HTTP 403).
    """
    if not allows(partner, operation):
        scope = SCOPE_OF.get(operation)
        raise HttpError(f"This key lacks the scope {scope}.", http_status=403)


def allows(partner: Partner, operation: str) -> bool:
    """Return whether the key of an operator permits an operation."""
    scope = SCOPE_OF.get(operation)
    key = partner.key if isinstance(partner, Operator) else None
    return key is not None and scope is not None and key.allows(scope)
