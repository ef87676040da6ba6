"""Registered partners of a platform, played by hand over a real socket."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import quote

import httpx2

from ocpi_runtime import token as tokens
from ocpi_runtime.parties import PartyRole, other, role_offered
from ocpi_runtime.types import PartyId
from ocpi_server._versions import binding_of
from ocpi_server.partners import PartnerRole
from tests.acceptance.support.bundles import ROLELESS, OperationCase
from tests.acceptance.support.partner_server import PartnerServer
from tests.server_impl.pair import Served

__all__ = ["Call", "Guest", "authorization", "credentials", "data_of", "register", "succeeded"]

Interface = tuple[str, str, str]


@dataclass
class Call:
    """A request to an operation, before it is written for the wire."""

    case: OperationCase
    path: dict[str, str] = field(default_factory=dict)
    query: dict[str, str] = field(default_factory=dict)
    body: Any = None
    headers: dict[str, str] = field(default_factory=dict)

    def url(self, endpoint: str) -> str:
        below = self.case.path
        for name, value in self.path.items():
            below = below.replace(f"{{{name}}}", quote(value, safe=""))
        return endpoint.rstrip("/") + below.rstrip("/")


@dataclass
class Guest:
    """A partner.

    Attributes:
        name: What it is called, and what its ids begin with.
        party: For whom it speaks.
        host: Where it is registered.
        id: What the host knows it by.
        token: What it sends there.
        endpoints: What the host offers it.
        twin: Its registration with the other role of the host, in versions that have one each.
    """

    name: str
    party: PartyId
    host: Served
    server: PartnerServer
    http: httpx2.AsyncClient
    id: str
    token: str
    endpoints: Mapping[Interface, str] = field(default_factory=dict)
    twin: "Guest | None" = None

    @property
    def ids(self) -> frozenset[str]:
        """All that the host knows it by."""
        return frozenset({self.id} | ({self.twin.id} if self.twin else set()))

    def at(self, url: str) -> "Guest":
        """Return the registration that a URL of the host is for."""
        settings = self.host.platform.settings
        below = settings.versions_url(other(settings.main_role)).removesuffix("versions")
        return self.twin if self.twin is not None and url.startswith(below) else self

    @property
    def version(self) -> str:
        """The version that it speaks."""
        return self.server.version

    @property
    def versions_url(self) -> str:
        return self.server.versions_url(self.id)

    def response_url(self, tail: str) -> str:
        """Return a URL to which results for this partner can be sent."""
        return self.server.response_url(self.id, tail)

    @property
    def mark(self) -> str:
        """What is in the texts of its objects, and nowhere else."""
        return f"of-{self.name}"

    async def send(
        self, method: str, url: str, body: Any = None, headers: Mapping[str, str] | None = None
    ) -> httpx2.Response:
        fixed = {"Authorization": authorization(self.version, self.at(url).token)}
        if self.version not in ROLELESS:
            fixed |= {"X-Request-ID": "r-1", "X-Correlation-ID": "c-1"}
        return await self.http.request(method, url, json=body, headers={**fixed, **(headers or {})})

    async def call(self, call: Call) -> httpx2.Response:
        url = call.url(self.endpoints[call.case.interface])
        if call.query:
            url = f"{url}?{httpx2.QueryParams(call.query)}"
        return await self.send(call.case.method, url, call.body, call.headers)

    async def get(self, module: str, interface: str, query: str = "") -> httpx2.Response:
        return await self.send("GET", self.url(module, interface) + query)

    def url(self, module: str, interface: str) -> str:
        """Return the URL of an interface."""
        (url,) = (
            self.endpoints[each] for each in self.endpoints if each[1:] == (module, interface)
        )
        return url

    def routed(self, to: PartyId | None = None) -> dict[str, str]:
        """Return the headers of a message from this partner."""
        headers = {
            "OCPI-from-country-code": self.party.country_code,
            "OCPI-from-party-id": self.party.party_id,
        }
        if to is not None:
            headers |= {"OCPI-to-country-code": to.country_code, "OCPI-to-party-id": to.party_id}
        return headers

    async def discover(self) -> Mapping[Interface, str]:
        """Find what the host offers in the version of the partner, as a peer does.

        Where a host has a versions URL for each of its roles, all of them are read, that of the
        role as which it meets the partner first: a token A opens them all.
        """
        settings = self.host.platform.settings
        roles: tuple[PartyRole | None, ...] = (None,)
        if self.version in ROLELESS:
            roles = (settings.main_role, other(settings.main_role))
        found: dict[Interface, str] = {}
        for role in roles:
            found = {**await self._below(settings.versions_url(role), role), **found}
        return found

    async def _below(self, url: str, role: PartyRole | None) -> dict[Interface, str]:
        """Read one list of versions; there may be none.

        A token A is refused everywhere else, so that it gets 401 where there is none.
        """
        answer = await self.send("GET", url)
        if answer.status_code in {httpx2.codes.NOT_FOUND, httpx2.codes.UNAUTHORIZED}:
            return {}
        (at,) = (each["url"] for each in data_of(answer) if each["version"] == self.version)
        found = {
            (self.version, "versions", "list"): url,
            (self.version, "versions", "details"): at,
        }
        for each in data_of(await self.send("GET", at))["endpoints"]:
            found[self.version, each["identifier"], _interface(each, role)] = each["url"]
        return found


def _interface(endpoint: Mapping[str, str], role: PartyRole | None) -> str:
    if endpoint["identifier"] == "credentials":
        return "both"
    if role is None:
        return endpoint["role"].lower()
    assert "role" not in endpoint
    return role_offered(endpoint["identifier"], role).lower()


def authorization(version: str, token: str) -> str:
    """Write a token into a header as a version does."""
    interface = binding_of(version).interfaces["credentials", "both"]
    return tokens.header_value(token, base64=interface.token_base64)


def credentials(guest: Guest, roles: Iterable[str]) -> dict[str, Any]:
    """Write what a partner says of itself."""
    named = {"name": guest.mark}
    party = {"party_id": guest.party.party_id, "country_code": guest.party.country_code}
    stated = {"token": tokens.new_token(), "url": guest.versions_url}
    if guest.version in ROLELESS:
        return {**stated, **party, "business_details": named}
    listed = [{"role": role, "business_details": named, **party} for role in roles]
    return {**stated, "roles": listed}


async def register(
    host: Served,
    server: PartnerServer,
    http: httpx2.AsyncClient,
    name: str,
    party: PartyId,
    *roles: str,
    again: str | None = None,
) -> Guest:
    """Register a partner at a platform: once per role, where versions tell roles apart.

    Its two registrations there are of one party, as an operator allowed. ``again`` is what the
    platform knows it by, if its registration has ended.
    """
    known = [PartnerRole(role, *party) for role in dict.fromkeys(("CPO", "EMSP", *roles))]
    invitation = await host.platform.issue_token_a(name, roles=known, partner_id=again)
    guest = Guest(name, party, host, server, http, invitation.partner_id, invitation.token)
    guest.endpoints = await guest.discover()
    await _post(guest, guest.url("credentials", "both"), roles)
    role = other(host.platform.settings.main_role)
    if guest.version in ROLELESS and offers(guest, role):
        more = await host.platform.issue_token_a(
            name, role=role, linked_partner_id=guest.id, roles=known
        )
        guest.twin = replace(guest, id=more.partner_id, token=more.token)
        below = more.versions_url.removesuffix("versions")
        await _post(guest.twin, f"{below}{guest.version}/credentials", roles)
    return guest


def offers(guest: Guest, role: PartyRole) -> bool:
    """Return whether the host has functional interfaces of a role."""
    below = guest.host.platform.settings.versions_url(role).removesuffix("versions")
    return any(url.startswith(below) for url in guest.endpoints.values())


async def _post(guest: Guest, url: str, roles: Iterable[str]) -> None:
    guest.token = data_of(await guest.send("POST", url, credentials(guest, roles)))["token"]


def succeeded(answer: httpx2.Response) -> bool:
    """Return whether a request was taken, and what it asked for too."""
    case = answer.json()
    data = case.get("data")
    result = data.get("result", "ACCEPTED") if isinstance(data, dict) else "ACCEPTED"
    return answer.status_code in {200, 201} and case["status_code"] == 1000 and result == "ACCEPTED"


def data_of(answer: httpx2.Response) -> Any:
    """Return the data of an answer that must be a success."""
    assert succeeded(answer), answer.text
    return answer.json().get("data")
