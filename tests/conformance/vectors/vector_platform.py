"""The reference platform in the state that the vectors ask for, and vectors run against it."""

import json
import re
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote, unquote, urlsplit

import httpx2
import msgspec
from msgspec import UNSET
from starlette.types import ASGIApp

from ocpi_conformance.vectors import Vector, VectorFile
from ocpi_conformance.vectors._format import Expected, Step, VectorRequest
from ocpi_conformance.vectors._requests import SUCCESS
from ocpi_conformance.vectors._world import (
    AT_FIRST,
    PEER,
    PEER_PARTY,
    SUBJECT,
    SUBJECT_PARTY,
    TOKEN_A,
)
from ocpi_runtime.types import PartyId
from ocpi_server import HubRules, OwnParty
from ocpi_server.async_requests.pending import ACTIVE, CLEAR, SET
from tests.acceptance.support.guests import Guest, authorization, register
from tests.acceptance.support.partner_server import PartnerServer
from tests.server_impl.pair import Served, evse, location, served, token
from tests.server_impl.samples import (
    calendar,
    cdr,
    client_info,
    confirmation,
    place,
    record,
    session,
    slot,
    tariff,
    terminal,
)

__all__ = ["VectorPlatform", "prepared", "sends_token_a"]

_BASE: Final = PEER.versions_url.removesuffix("versions")
ROLES: Final = ("CPO", "EMSP", "HUB")
_KINDS: Final = {
    "post_command_result": "START_SESSION",
    "post_active_charging_profile_result": ACTIVE,
    "post_charging_profile_result": SET,
    "post_clear_profile_result": CLEAR,
}


@dataclass
class VectorPlatform:
    """A platform with a partner, the peer of the vectors.

    Attributes:
        guest: The peer.
        invitation: The token A with which it can register.
        chosen: Values of path parameters that the platform chose.
    """

    guest: Guest
    invitation: str = ""
    chosen: dict[str, str] = field(default_factory=dict)

    async def run(self, file: VectorFile, vector: Vector) -> list[str]:
        """Run a vector; return what is not as expected."""
        found: list[str] = []
        if vector.operation in _KINDS:
            kind = _KINDS[vector.operation]
            platform = self.guest.host.platform
            self.chosen["uid"] = await platform.parts.exchanges.open(self._partner(file), kind)
        unregistered = vector.kind == "good" or not self.invitation or _ends_it(vector)
        if sends_token_a(file, vector) and unregistered:
            await self._unregister()
        for step in vector.before:
            found += await self._step(step, vector)
        key = (file.version, file.module, file.interface)
        parts = {name: self.chosen[name] for name in vector.bind}
        status, body = await self._send(key, vector.request, parts)
        found += _wrong(status, body, vector.expected, vector.id)
        if file.module == "credentials" and vector.kind == "good":
            self._learn(json.loads(body).get("data"))
        for step in vector.after:
            found += await self._step(step, vector)
        return found

    async def _unregister(self) -> None:
        """End the registration of the peer, and invite it again."""
        guest = self.guest
        await guest.send("DELETE", guest.url("credentials", "both"))
        platform = guest.host.platform
        invitation = await platform.issue_token_a(guest.name, partner_id=guest.id)
        self.invitation = invitation.token

    def _learn(self, data: Any) -> None:
        if data is not None and data["token"] != PEER.token:
            self.guest.token = data["token"]

    def _partner(self, file: VectorFile) -> str:
        url = self.guest.endpoints[file.version, file.module, file.interface]
        return self.guest.at(url).id

    async def _step(self, step: Step, vector: Vector) -> list[str]:
        key = (self.guest.version, step.module, step.interface)
        status, body = await self._send(key, step.request, {})
        wrong = _wrong(status, body, step.expected, step.operation)
        wrong = wrong or _differing(step, json.loads(body).get("data"))
        return [f"{vector.id}, {each}" for each in wrong]

    async def _send(
        self, key: tuple[str, str, str], request: VectorRequest, chosen: Mapping[str, str]
    ) -> tuple[int, bytes]:
        url = self.guest.endpoints[key]
        guest = self.guest.at(url)
        target = request.target.replace(quote(_BASE, safe=""), quote(self._base, safe=""))
        for name, value in chosen.items():
            target = target.replace(request.parameters[name], value)
        tokens = {
            authorization(guest.version, SUBJECT.token): guest.token,
            authorization(guest.version, TOKEN_A): self.invitation,
        }
        headers = dict(request.headers)
        sent = headers.get("Authorization", "")
        if sent in tokens:
            headers["Authorization"] = authorization(guest.version, tokens[sent])
        answer = await ask(
            self.guest.host.platform.app,
            request.method,
            url.rstrip("/") + target,
            headers,
            self._text(request),
        )
        if "location" in answer.headers:
            self.chosen["id"] = answer.headers["location"].rpartition("/")[2]
        return answer.status, answer.body

    def _text(self, request: VectorRequest) -> bytes | None:
        """Write the body, with the URLs of the partner that is really there."""
        if request.body_text is not UNSET:
            return str(request.body_text).encode()
        if request.body is UNSET:
            return None
        text = msgspec.json.encode(request.body)
        return text.replace(_BASE.encode(), self._base.encode())

    @property
    def _base(self) -> str:
        return self.guest.versions_url.removesuffix("versions")


def sends_token_a(file: VectorFile, vector: Vector) -> bool:
    """Return whether a request is for a party that is not registered yet."""
    sent = vector.request.headers.get("Authorization")
    return sent == authorization(file.version, TOKEN_A)


def _ends_it(vector: Vector) -> bool:
    """Return whether it is the point of a vector that the party is not registered."""
    return vector.operation != "post_credentials"


def _differing(step: Step, data: Any) -> list[str]:
    """Compare data with what a step has to find in it."""
    wanted = step.data | dict.fromkeys(step.absent)
    found = {pointer: _at(data, pointer) for pointer in wanted}
    return [] if found == wanted else [f"{step.operation}: {found} instead of {wanted}"]


def _at(value: Any, pointer: str) -> Any:
    for part in pointer.split("/")[1:]:
        if isinstance(value, list):
            value = value[int(part)] if int(part) < len(value) else None
        else:
            value = (value or {}).get(part)
    return value


def _wrong(status: int, body: bytes, expected: list[Expected], name: str) -> list[str]:
    """Compare an answer with the right one; the others that are allowed are not ours."""
    answer = json.loads(body)
    code = str(answer["status_code"])
    right = [one for one in expected if one.status_code == SUCCESS] or expected[:1]
    for one in right:
        pattern = one.status_code.replace("x", r"\d")
        if status == one.http_status and re.fullmatch(pattern, code):
            return []
    stated = f"HTTP {status}, OCPI {code} {answer.get('status_message')!r}"
    return [f"{name}: {stated} instead of {right}"]


@dataclass
class Answered:
    """What came back."""

    status: int
    headers: dict[str, str]
    body: bytes


async def ask(
    app: ASGIApp, method: str, url: str, headers: Mapping[str, str], body: bytes | None
) -> Answered:
    """Send a request to an application without a socket between."""
    parts = urlsplit(url)
    sent: list[Any] = []
    scope = {
        "type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "scheme": "http",
        "method": method, "path": unquote(parts.path), "raw_path": parts.path.encode(),
        "query_string": parts.query.encode(), "root_path": "",
        "headers": [(name.lower().encode(), text.encode()) for name, text in headers.items()],
        "client": ("127.0.0.1", 1), "server": (parts.hostname, parts.port),
    }  # fmt: skip

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": body or b"", "more_body": False}

    async def send(message: Any) -> None:
        sent.append(message)

    await app(scope, receive, send)
    found = {name.decode().lower(): text.decode() for name, text in sent[0]["headers"]}
    return Answered(sent[0]["status"], found, b"".join(each.get("body", b"") for each in sent[1:]))


@asynccontextmanager
async def prepared(
    directory: Path, version: str, server: PartnerServer, http: httpx2.AsyncClient
) -> AsyncIterator[VectorPlatform]:
    """Serve a platform that holds what vectors ask for."""
    parties = [OwnParty(*SUBJECT_PARTY, role, f"Example {role}") for role in ROLES]
    alone = HubRules(routing=False)  # vectors are about one party
    async with served(
        directory, *parties, versions=(version,), dialect="strict", hub=alone
    ) as host:
        await _hold(host, parties[0])
        guest = await register(host, server, http, "exa", PEER_PARTY, *ROLES)
        if version == "2.3.0":
            await _hold_newer(host, parties[0], guest.party)
        yield VectorPlatform(guest)


async def _hold(host: Served, owner: OwnParty) -> None:
    put, peer = host.platform.put_own, PEER_PARTY
    evses = [evse("EXB-EVSE")]
    await put("locations", _text(location("EXB-LOC", owner, evses=evses)))
    await put("tariffs", _text(tariff("EXB-TAR", owner)))
    await put("tokens", _text(token("EXB-TOK", owner)))
    running = session("EXB-SES", owner, peer, location_id="EXB-LOC", evse_uid="EXB-EVSE")
    await put("sessions", _text(running))
    await put("cdrs", _text(cdr("EXB-CDR", owner, peer)))
    await put("hubclientinfo", _text(client_info(PartyId("FR", "BEH"), last_updated=AT_FIRST)))


async def _hold_newer(host: Served, owner: OwnParty, peer: PartyId) -> None:
    platform = host.platform
    slots = [slot("2099-01-01T00:00:00Z", "2100-01-01T00:00:00Z")]
    whole = {"begin_from": "2099-01-01T00:00:00Z", "end_before": "2100-01-01T00:00:00Z"}
    booked = place("EXB-PLACE", owner, location_id="EXB-LOC")
    booked["calendars"] = [calendar("EXB-CAL", **whole, available_timeslots=slots)]
    await platform.bookings.publisher.place(_text(booked))
    provider = platform.payments.provider
    await provider.terminal(_text(terminal("EXB-TERM")), peer)
    await provider.confirmation(_text(confirmation("EXB-FAC")), peer)
    await platform.invoices.publish(_text(record("EXB-INV", owner)), peer)


def _text(value: Any) -> bytes:
    return msgspec.json.encode(value)
