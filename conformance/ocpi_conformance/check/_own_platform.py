"""The platform that a check registers as: what the party reads of it, and what it calls."""

from collections.abc import Iterator, Sequence
from typing import Any, Final

from ocpi_conformance.exchanges.listener import OTHER_TOKEN, Listener
from ocpi_conformance.exchanges.wire import SentRequest
from ocpi_runtime import token as tokens
from ocpi_runtime.binding import Binding
from ocpi_runtime.operations import Interface
from ocpi_runtime.parties import CPO, EMSP, PartyRole, offered_by
from ocpi_runtime.types import PartyId

__all__ = ["OwnPlatform", "opposite_roles"]

_ROOT: Final = "/ocpi"
_OTHER_VERSION: Final = "9.9"
_NAME: Final = "OCPI check"


class OwnPlatform:
    """Serves versions and details to the party, and takes whatever it sends to our endpoints.

    Args:
        listener: The HTTP server.
        binding: The version that is spoken.
        roles: What we are.
        party: Who we are.

    Attributes:
        token: The credentials token that the party must send us.
        versions_url: Where our versions are listed.
    """

    def __init__(
        self,
        listener: Listener,
        binding: Binding[Any, Any],
        roles: Sequence[PartyRole],
        party: PartyId,
    ) -> None:
        self.listener = listener
        self.roles, self.party = tuple(roles), party
        self.token = ""
        self._credentials = binding.interfaces["credentials", "both"]
        version = binding.version
        offered = [one for one in binding.interfaces.values() if self._offers(one)]
        details = {"version": version, "endpoints": [self._endpoint(one) for one in offered]}
        url = listener.serve(f"{_ROOT}/{version}", details)
        listed = [{"version": version, "url": url}]
        self.versions_url = listener.serve(f"{_ROOT}/versions", listed)
        other = [{"version": _OTHER_VERSION, "url": f"{listener.url}{_ROOT}/{_OTHER_VERSION}"}]
        self.foreign_versions_url = listener.serve(f"{_ROOT}/other/versions", other)
        bare = listener.serve(f"{_ROOT}/bare/{version}", {**details, "endpoints": []})
        shown = [{"version": version, "url": bare}]
        self.bare_versions_url = listener.serve(f"{_ROOT}/bare/versions", shown)
        listener.endpoints = f"{_ROOT}/"
        self.renew()

    @property
    def nowhere(self) -> str:
        """A URL that answers with HTTP 404."""
        return f"{self.listener.url}/nowhere/versions"

    def renew(self) -> None:
        """Make another token for the party; the one before it is expected no more."""
        self.token = tokens.new_token()
        coded = self._credentials.token_base64
        self.listener.expected = tokens.header_value(self.token, base64=coded)

    def credentials(self, url: str = "") -> dict[str, Any]:
        """Return our credentials object.

        Args:
            url: The versions URL in it, if it is not ours.
        """
        named = {"country_code": self.party.country_code, "party_id": self.party.party_id}
        party = {"business_details": {"name": _NAME}, **named}
        parties = [{"role": one, **party} for one in self.roles]
        shown = {"roles": parties} if self._credentials.roles else party
        return {"token": self.token, "url": url or self.versions_url, **shown}

    def begin(self) -> None:
        """Forget what was read so far."""
        self.listener.calls.clear()

    def reads(self) -> Iterator[SentRequest]:
        """Return the requests for our versions and details."""
        pieces = (f"{_ROOT}/versions", f"{_ROOT}/{self._credentials.version}")
        return (one for one in list(self.listener.calls) if one.url.startswith(pieces))

    def is_read(self) -> bool:
        """Return whether both our versions and our details were read."""
        urls = {one.url.partition("?")[0] for one in self.reads()}
        return urls >= {f"{_ROOT}/versions", f"{_ROOT}/{self._credentials.version}"}

    def strange_tokens(self) -> list[SentRequest]:
        """Return the requests that had no token, or another one than ours."""
        sent = list(self.listener.calls)
        return [one for one in sent if one.headers.get("authorization") in {None, OTHER_TOKEN}]

    def _offers(self, interface: Interface) -> bool:
        if interface.module == "credentials":
            return True
        return interface.functional and offered_by(interface.module, interface.name) in self.roles

    def _endpoint(self, interface: Interface) -> dict[str, str]:
        below = "" if interface.name == "both" else f"/{interface.name}"
        url = f"{self.listener.url}{_ROOT}/{interface.version}{below}/{interface.module}"
        found = {"identifier": interface.module, "url": url}
        # From 2.2 on an endpoint has a role; credentials are the same in both.
        role = "SENDER" if interface.name == "both" else interface.name.upper()
        return {**found, "role": role} if self._credentials.roles else found


def opposite_roles(role: str, offered: set[str]) -> tuple[PartyRole, ...]:
    """Return what somebody must be to whom a party is of use.

    Args:
        role: The role in which it is checked, if that is known.
        offered: The roles that its interfaces imply, ``cpo`` and ``emsp``.
    """
    found: list[PartyRole] = []
    if "cpo" in ({role} if role in {"cpo", "emsp"} else offered):
        found.append(EMSP)
    if "emsp" in ({role} if role in {"cpo", "emsp"} else offered):
        found.append(CPO)
    return tuple(found) or (EMSP,)
