"""Which party offers which side, for versions whose version details do not say it.

2.0 and 2.1.1 know a CPO and an eMSP interface for each module where later versions speak of sender
and receiver. A platform with both roles has one versions URL per role there, so the role of whoever
publishes an endpoint tells its side.
"""

from typing import Final, Literal

__all__ = ["CPO", "EMSP", "PartyRole", "offered_by", "other", "side_offered"]

PartyRole = Literal["CPO", "EMSP"]
CPO: Final = "CPO"
EMSP: Final = "EMSP"

_SENT_BY_EMSP: Final = frozenset({"tokens", "commands"})
"""Here the eMSP is the sender; of all other functional modules the CPO is."""


def offered_by(module: str, side: str) -> PartyRole | None:
    """Return who offers an interface; None where both do (versions, credentials)."""
    if side not in {"sender", "receiver"}:
        return None
    return EMSP if (module.lower() in _SENT_BY_EMSP) == (side == "sender") else CPO


def side_offered(module: str, role: PartyRole) -> str:
    """Return which interface role of a functional module a party of a role offers."""
    return "sender" if (module.lower() in _SENT_BY_EMSP) == (role == EMSP) else "receiver"


def other(role: PartyRole) -> PartyRole:
    """Return the role on the other side."""
    return EMSP if role == CPO else CPO
