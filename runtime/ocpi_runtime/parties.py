"""Which party offers which interface, for versions whose version details do not name its role.

2.0 and 2.1.1 know a CPO and an eMSP interface for each module where later versions speak of sender
and receiver. A platform with both roles has one versions URL per role there, so the role of whoever
publishes an endpoint implies its interface role.
"""

from typing import Final, Literal

from ocpi_runtime.operations import RECEIVER, SENDER, InterfaceRole

__all__ = ["CPO", "EMSP", "PartyRole", "offered_by", "other", "role_offered"]

PartyRole = Literal["CPO", "EMSP"]
CPO: Final = "CPO"
EMSP: Final = "EMSP"

_SENT_BY_EMSP: Final = frozenset({"tokens", "commands", "chargingprofiles"})
"""Here the eMSP is the sender; of all other functional modules the CPO is."""


def offered_by(module: str, role: str | None) -> PartyRole | None:
    """Return who offers an interface, given by its role in any case or by its name.

    None where both parties do (versions, credentials).
    """
    role = (role or "").upper()
    if role not in {SENDER, RECEIVER}:
        return None
    return EMSP if (module.lower() in _SENT_BY_EMSP) == (role == SENDER) else CPO


def role_offered(module: str, role: PartyRole) -> InterfaceRole:
    """Return which interface role of a functional module a party of a role offers."""
    return SENDER if (module.lower() in _SENT_BY_EMSP) == (role == EMSP) else RECEIVER


def other(role: PartyRole) -> PartyRole:
    """Return the role of the other party."""
    return EMSP if role == CPO else CPO
