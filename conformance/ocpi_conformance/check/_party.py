"""The party under check."""

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from ocpi_conformance.check._session import CheckSession
from ocpi_conformance.exchanges.listener import Listener

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ocpi_conformance.check._interface import CheckedInterface
    from ocpi_conformance.check._registration import CheckRegistration
    from ocpi_conformance.check.writing.writes import Writes

__all__ = ["CheckedParty"]


@dataclass(slots=True)
class CheckedParty:
    """The party under check, and what the run may do.

    Attributes:
        session: Sends and judges.
        role: The role in which it is checked, ``cpo``, ``emsp`` or ``hub``; empty if unknown.
        interfaces: Its interfaces, by version, module and interface.
        others: Those that are not checked, to look up what objects and requests refer to.
        mark: Begins the ids of objects that are asked for and not there.
        writes: What the run makes; None where it only reads.
        listener: Where the party reaches us; None where it does not.
        result_seconds: How long to wait for a result.
        registration: The registration that the run makes, if it makes one.
    """

    session: CheckSession
    role: str = ""
    interfaces: dict[tuple[str, str, str], "CheckedInterface"] = field(default_factory=dict)
    others: dict[tuple[str, str, str], "CheckedInterface"] = field(default_factory=dict)
    mark: str = "CHK"
    writes: "Writes | None" = None
    listener: Listener | None = None
    result_seconds: float = 30.0
    registration: "CheckRegistration | None" = None

    def of(self, version: str) -> "Iterator[CheckedInterface]":
        """Return the interfaces of one version."""
        return (one for one in self.interfaces.values() if one.version == version)

    def use(self, token: str) -> None:
        """Send another token to all interfaces from now on."""
        for sender in self.session.senders.values():
            sender.use(token)
        for one in (*self.interfaces.values(), *self.others.values()):
            one.target = replace(one.target, token=token)
