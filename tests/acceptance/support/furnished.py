"""A platform with everything that operations need to succeed, and valid requests made for them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import httpx2
import msgspec

from ocpi_runtime.types import PartyId
from ocpi_server import OwnParty
from ocpi_server.async_requests.pending import ACTIVE, CLEAR, SET
from tests.acceptance.support.bodies import Maker
from tests.acceptance.support.bundles import OperationCase, find
from tests.acceptance.support.guests import Call, Guest, data_of
from tests.acceptance.support.new_modules import (
    SINCE,
    newer_ids,
    own_payments,
    own_place,
    own_record,
)
from tests.server_impl.pair import Served, evse, location, token
from tests.server_impl.samples import cdr, client_info, session, tariff

__all__ = ["BEHIND", "FurnishedPlatform", "furnish", "order"]

BEHIND: Final = PartyId("FR", "BEH")
"""A party behind the hub."""

_HOSTS: Final = frozenset(
    {
        ("locations", "sender"),
        ("sessions", "sender"),
        ("tokens", "sender"),
        ("commands", "receiver"),
        ("chargingprofiles", "receiver"),
    }
)
"""Interfaces whose requests are about objects of the platform; the others' are the partner's."""

_KINDS: Final = {
    "post_active_charging_profile_result": ACTIVE,
    "post_charging_profile_result": SET,
    "post_clear_profile_result": CLEAR,
}
_COMMAND: Final = "START_SESSION"
_EVSES: Final = 60
_TOKEN: Final = "SAME-TOKEN"
_CONTRACT: Final = "OWN-CONTRACT"
_ENDERS: Final = ("post_stop_", "post_cancel_", "post_deactivate_")
_STAGES: Final = {"PUT": 0, "POST": 0, "PATCH": 1, "GET": 2, "DELETE": 3}


def order(case: OperationCase) -> tuple[int, bool, int]:
    """Return the rank of an operation: what makes an object is before what needs or ends it."""
    ends = case.id.startswith(_ENDERS)
    profile = case.module == "chargingprofiles"  # of a session that was put before
    return 4 if ends else _STAGES[case.method], profile, len(case.path_names)


async def furnish(host: Served) -> None:
    """Create own objects of a platform, one of each kind, for everybody."""
    put = host.platform.put_own
    for party in _playing(host, "CPO"):
        evses = [evse(f"E{number}") for number in range(_EVSES)]
        await put("locations", _text(location("OWN-LOC", party, evses=evses)))
        await put("tariffs", _text(tariff("OWN-TARIFF", party)))
        await own_place(host, party)
    for party in _playing(host, "EMSP"):
        await put("tokens", _text(token("OWN-TOKEN", party, contract_id=_CONTRACT)))
    for _ in _playing(host, "HUB"):
        await put("hubclientinfo", _text(client_info(BEHIND)))


def _playing(host: Served, role: str) -> list[OwnParty]:
    """Return the platform's party of a role, if there is one; a hub stands in for all."""
    parties = host.platform.settings.parties
    exact = [each for each in parties if each.role == role]
    return exact or [each for each in parties if each.role == "HUB"]


@dataclass
class FurnishedPlatform:
    """One partner at one platform: what it has there, and requests that it may make.

    Attributes:
        guest: The partner.
        session_id: A session of the platform that one of its tokens pays for; it runs, where there
            are commands that begin one.
        exchanges: Requests of the platform that it owes a result, by kind.
        cdr: The last part of the URL of the CDR that it posted last.
    """

    guest: Guest
    session_id: str = ""
    exchanges: dict[str, str] = field(default_factory=dict)
    cdr: str = ""
    _count: int = 0

    @property
    def reservation_id(self) -> str:
        return f"{self.guest.name}-RESERVED"

    async def prepare(self) -> None:
        """Create a session, a reservation, a CDR and requests to answer for the partner."""
        guest, platform = self.guest, self.guest.host.platform
        case = guest.at(guest.endpoints.get((guest.version, "commands", "sender"), ""))
        for kind in (_COMMAND, ACTIVE, SET, CLEAR):
            self.exchanges[kind] = await platform.parts.exchanges.open(case.id, kind)
        for party in _playing(guest.host, "CPO"):
            await self._charge(party)
        if guest.version == SINCE:
            await self._own_newer()

    async def _own_newer(self) -> None:
        guest = self.guest
        mine = (guest.name, guest.party, guest.mark)
        if _playing(guest.host, "PTP"):
            await own_payments(guest.host, *mine)
        for party in _playing(guest.host, "CPO"):
            await own_record(guest.host, party, *mine)

    async def _charge(self, party: OwnParty) -> None:
        guest, platform = self.guest, self.guest.host.platform
        paid = cdr(f"{guest.name}-CDR", party, guest.party, remark=guest.mark)
        await platform.put_own("cdrs", _text(paid))
        ended = session(
            f"{guest.name}-OLD", party, guest.party, status="COMPLETED", location_id="OWN-LOC"
        )
        ended["cdr_token"]["contract_id"] = guest.mark
        await platform.put_own("sessions", _text(ended))
        self.session_id = f"{guest.name}-OLD"
        if find(guest.version, "post_start_session") is None:
            return
        charge = {"location_id": "OWN-LOC", "token": self.token()}
        known = await self.sessions()
        reference = f"{guest.name}-SESSION"
        await self.command("START_SESSION", {**charge, "authorization_reference": reference})
        (self.session_id,) = set(await self.sessions()) - set(known)
        await self.command("RESERVE_NOW", {**charge, **self.reservation(self.reservation_id)})

    async def sessions(self) -> dict[str, dict[str, Any]]:
        """List what it sees of sessions of the platform, by id."""
        listed = data_of(await self.guest.get("sessions", "sender", "?limit=1000"))
        return {each["id"]: each for each in listed}

    def reservation(self, name: str) -> dict[str, Any]:
        """Return what a reservation says beside what a session says."""
        case = find(self.guest.version, "post_reserve_now")
        assert case
        maker = self.maker({**self.ids(case), "reservation_id": name}, at=0)
        body = maker.make(case.bundle, case.body or {})
        return {key: body[key] for key in ("reservation_id", "expiry_date")}

    async def command(self, command: str, body: dict[str, Any]) -> str:
        """Send a command that is taken, wait for its result, and return the result."""
        guest = self.guest
        response_url = guest.response_url(f"{command}/{self.next()}")
        answer = await self.send_command(command, {**body, "response_url": response_url})
        assert data_of(answer)["result"] == "ACCEPTED"
        await guest.host.platform.settled()
        (result,) = guest.server.of(response_url)
        return str(result["result"])

    async def send_command(self, command: str, body: dict[str, Any]) -> httpx2.Response:
        """Send a command."""
        url = self.guest.url("commands", "receiver")
        return await self.guest.send("POST", f"{url}/{command}", body)

    def token(self) -> dict[str, Any]:
        """Return a token of the partner; all partners have one of the same uid."""
        case = find(self.guest.version, "post_start_session")
        assert case
        made: dict[str, Any] = self.call(case, at=0).body["token"]
        return made

    def next(self) -> int:
        """Count."""
        self._count += 1
        return self._count

    def ids(self, case: OperationCase) -> dict[str, str]:
        """Return the ids of what a request is about, by the names that OCPI has for them."""
        guest = self.guest
        ids = self._hosts(case) if (case.module, case.name) in _HOSTS else self._partners()
        kind = _KINDS.get(case.id, _COMMAND)
        return ids | {
            "country_code": guest.party.country_code,
            "party_id": guest.party.party_id,
            "response_url": guest.response_url(case.id),
            "command": _COMMAND,
            "uid": self.exchanges.get(kind, ""),
            "id": self.cdr,
            "cdr_id": f"{guest.name}-CDR-{self._count}",
            **newer_ids(guest.name, case, self._count),
        }

    def _hosts(self, case: OperationCase) -> dict[str, str]:
        return {
            "location_id": "OWN-LOC",
            # Each command at an EVSE of its own, far from where sessions begin by themselves.
            "evse_uid": f"E{_EVSES - 1 - self._count % (_EVSES // 2)}",
            "connector_id": "1",
            "session_id": self.session_id,
            "token_uid": "OWN-TOKEN" if case.module == "tokens" else _TOKEN,
            "reservation_id": self.reservation_id,
        }

    def _partners(self) -> dict[str, str]:
        names = ("location_id", "evse_uid", "connector_id", "session_id", "tariff_id", "token_uid")
        # In no version is an id longer than is allowed in all.
        return {name: f"{self.guest.name}-{name[:3]}" for name in names}

    def call(self, case: OperationCase, mark: str = "", *, at: int | None = None) -> Call:
        """Make a valid request that this partner may make.

        Args:
            case: The operation.
            mark: What is in the texts of the body; the partner's mark by default.
            at: The second at which the body was updated; by default later than all before.
        """
        ids = self.ids(case)
        maker = self.maker(ids, mark, at)
        call = Call(case)
        for each in case.parameters:
            if each.place == "path":
                call.path[each.name] = ids[each.name]
            elif each.required:
                call.query[each.name] = str(maker.make(case.bundle, each.schema, each.name))
        if case.body is not None:
            call.body = maker.make(case.bundle, case.body)
        return call

    def maker(self, ids: Mapping[str, str], mark: str = "", at: int | None = None) -> Maker:
        """Return what makes bodies; the arguments are as of :meth:`call`."""
        stamp = _stamp(self.next() if at is None else at)
        return Maker(ids, mark or self.guest.mark, stamp, self._driver())

    def _driver(self) -> dict[str, str]:
        """Return what sessions and CDRs of the partner name a token by that the host knows."""
        parties = self.guest.host.platform.settings.parties
        issuers = _playing(self.guest.host, "EMSP") or parties
        return {
            "country_code": issuers[0].country_code,
            "party_id": issuers[0].party_id,
            "uid": "OWN-TOKEN",
            "type": "RFID",
            "contract_id": _CONTRACT,
            "auth_id": _CONTRACT,
        }

    def learn(self, answer: httpx2.Response) -> None:
        """Remember where the partner's CDR can be read."""
        where = answer.headers.get("location")
        if where is not None:
            self.cdr = where.rpartition("/")[2]


def _stamp(number: int) -> str:
    instant = datetime(2026, 2, 1, tzinfo=UTC) + timedelta(seconds=number)
    return instant.strftime("%Y-%m-%dT%H:%M:%SZ")


def _text(value: Any) -> bytes:
    return msgspec.json.encode(value)
