"""What a key may be used for."""

from collections.abc import Iterable, Mapping
from typing import Final

from ocpi_runtime.failures import did_you_mean

__all__ = ["ALL", "SCOPES", "UnknownScope", "checked_scopes"]

ALL: Final = "*"
"""The scope that includes all others."""

SCOPES: Final[Mapping[str, str]] = {
    "objects:read": "Read own objects and those of partners.",
    "objects:write": "Store and delete own objects.",
    "partners:read": "List partners and read their state.",
    "partners:write": "Invite, register, renew, block and remove partners.",
    "commands:write": "Send commands to partners, and report results of orders.",
    "authorize": "Request authorizations of tokens from partners.",
    "log:read": "Read the message log.",
    "state:read": "Read the state of pushes and pulls, losses and events.",
    "state:write": "Start pulls, push again, and set webhooks.",
    "console": "Log in to the console.",
    ALL: "All of these.",
}
"""Every scope with what it permits."""


class UnknownScope(ValueError):
    """A scope does not exist."""


def checked_scopes(scopes: Iterable[str]) -> frozenset[str]:
    """Return scopes if all of them exist.

    Raises:
        UnknownScope: One does not exist, or none is named.
    """
    wanted = frozenset(scopes)
    allowed = f"Allowed: {', '.join(SCOPES)}."
    if not wanted:
        raise UnknownScope(f"A key needs at least one scope. {allowed}")
    for scope in sorted(wanted - SCOPES.keys()):
        near = did_you_mean(scope, SCOPES) or "."
        raise UnknownScope(f"Scope {scope} does not exist{near} {allowed}")
    return wanted
