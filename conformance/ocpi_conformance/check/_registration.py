"""Where a registration is that a check makes, uses and ends."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ocpi_conformance.check._registry import Stopped
from ocpi_conformance.exchanges.checked import CheckedExchange, Outcome

if TYPE_CHECKING:
    from ocpi_conformance.check._interface import CheckedInterface
    from ocpi_conformance.check._own_platform import OwnPlatform
    from ocpi_conformance.check._party import CheckedParty

__all__ = ["CheckRegistration", "accepted_after_use", "still_accepted"]

_UNAUTHORIZED = 401


@dataclass(slots=True)
class CheckRegistration:
    """The registration of a run.

    Attributes:
        party: The party under check.
        own: What it reads of us.
        version: The version whose credentials are exchanged.
        token: The token that opens the party at present.
        token_a: The token of the invitation.
        registered: Whether it is that of a registration; else it is token A.
        kept: Whether the registration is left at the end.
    """

    party: "CheckedParty"
    own: "OwnPlatform"
    version: str
    token: str
    token_a: str
    registered: bool = False
    kept: bool = False

    def plan(self, versions_url: str) -> str:
        """Return what will be done, for people."""
        roles = " and ".join(self.own.roles)
        end = "left registered" if self.kept else "ended with DELETE"
        return (
            f"Registers at {versions_url} as {self.own.party} ({roles}) with OCPI {self.version}; "
            f"the party reads {self.own.versions_url}. The registration is renewed once, "
            f"and {end} after the check."
        )

    def outcome(self) -> str:
        """Return what is left, for people."""
        if not self.registered:
            return "The registration did not succeed."
        if self.kept:
            return f"Left registered as {self.own.party}; the token is {self.token}"
        return "The registration was ended with DELETE."

    def use(self, token: str) -> str:
        """Send another token from now on; return the one of before."""
        before, self.token = self.token, token
        self.party.use(token)
        return before

    @contextmanager
    def with_token(self, token: str) -> Iterator[None]:
        """Send another token while the block runs."""
        before = self.use(token)
        try:
            yield
        finally:
            self.use(before)

    def require(self) -> None:
        """Go on only where the registration succeeded.

        Raises:
            Stopped: It did not.
        """
        if not self.registered:
            raise Stopped("The registration did not succeed.")

    def send(self, place: "CheckedInterface", method: str, url: str = "") -> CheckedExchange:
        """Send our credentials.

        Args:
            place: The interface of credentials.
            method: ``post`` or ``put``.
            url: The versions URL in them, if it is not ours.
        """
        self.own.begin()
        body = self.own.credentials(url)
        return place.call(place.operations[f"{method}_credentials"], body=body)

    def take(self, checked: CheckedExchange) -> str | None:
        """Use the token of an answer from now on; return the one of before.

        Returns:
            None where the answer has no token.
        """
        data: Any = (checked.envelope or {}).get("data")
        token = data.get("token") if isinstance(data, dict) else None
        if checked.outcome is not Outcome.ACCEPTED or not isinstance(token, str) or not token:
            return None
        self.registered = True
        return self.use(token)


def accepted_after_use(place: "CheckedInterface", old: str) -> CheckedExchange | None:
    """Use the token in force, and then an old one.

    A party may take the old token until the new one was used: its answer may have been lost.

    Returns:
        The exchange where the old token is still accepted; else None.
    """
    still_accepted(place)
    with place.registration.with_token(old):
        return still_accepted(place)


def still_accepted(place: "CheckedInterface") -> CheckedExchange | None:
    """Read the list of versions.

    Returns:
        The exchange where the token is accepted; None for HTTP 401.
    """
    listed = place.sibling("versions", "list") or place
    operation = listed.any_operation()
    checked = listed.send(operation, listed.request(operation))
    return None if checked.http == _UNAUTHORIZED else checked
