"""A platform with everything that operations need to succeed, and valid requests made for them."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import httpx
import msgspec

from ocpi_runtime.types import PartyId
from ocpi_server import OwnParty
from ocpi_server.services.exchanges import ACTIVE, CLEAR, SET
from tests.acceptance.bodies import Maker
from tests.acceptance.bundles import Told
from tests.acceptance.guests import Call, Guest, data_of
from tests.server_impl.pair import Served, evse, location, token
from tests.server_impl.samples import cdr, client_info, session, tariff

__all__ = ["BEHIND", "Scene", "furnish", "order"]

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
_ENDERS: Final = ("post_stop_", "post_cancel_")
_STAGES: Final = {"PUT": 0, "POST": 0, "PATCH": 1, "GET": 2, "DELETE": 3}


def order(told: Told) -> tuple[int, bool, int]:
    """Say when an operation can succeed: what makes an object before what needs it or ends it."""
    ends = told.id.startswith(_ENDERS)
    profile = told.module == "chargingprofiles"  # of a session that was put before
    return 4 if ends else _STAGES[told.method], profile, len(told.path_names)


async def furnish(host: Served) -> None:
    """Give a platform objects of its own, one of each kind, for everybody."""
    put = host.platform.put_own
    for party in _playing(host, "CPO"):
        evses = [evse(f"E{number}") for number in range(_EVSES)]
        await put("locations", _text(location("OWN-LOC", party, evses=evses)))
        await put("tariffs", _text(tariff("OWN-TARIFF", party)))
    for party in _playing(host, "EMSP"):
        await put("tokens", _text(token("OWN-TOKEN", party)))
    for _ in _playing(host, "HUB"):
        await put("hubclientinfo", _text(client_info(BEHIND)))


def _playing(host: Served, role: str) -> list[OwnParty]:
    """Give the platform's party of a role, if there is one; a hub stands in for all."""
    parties = host.platform.settings.parties
    exact = [each for each in parties if each.role == role]
    return exact or [each for each in parties if each.role == "HUB"]


@dataclass
class Scene:
    """One partner at one platform: what it has there, and requests that it may make.

    Attributes:
        guest: The partner.
        session_id: A session of the platform that one of its tokens pays for.
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
        """Let the partner have a session, a reservation, a CDR and requests to answer."""
        guest, platform = self.guest, self.guest.host.platform
        for kind in (_COMMAND, ACTIVE, SET, CLEAR):
            self.exchanges[kind] = await platform.parts.exchanges.open(guest.id, kind)
        for party in _playing(guest.host, "CPO"):
            await self._charge(party)

    async def _charge(self, party: OwnParty) -> None:
        guest, platform = self.guest, self.guest.host.platform
        paid = cdr(f"{guest.name}-CDR", party, guest.party, remark=guest.mark)
        await platform.put_own("cdrs", _text(paid))
        ended = session(f"{guest.name}-OLD", party, guest.party, status="COMPLETED")
        ended["cdr_token"]["contract_id"] = guest.mark
        await platform.put_own("sessions", _text(ended))
        reference = f"{guest.name}-SESSION"
        charge = {"location_id": "OWN-LOC", "token": self.token()}
        await self.command("START_SESSION", {**charge, "authorization_reference": reference})
        self.session_id = reference
        reserve = {"reservation_id": self.reservation_id, "expiry_date": "2099-01-01T00:00:00Z"}
        await self.command("RESERVE_NOW", {**charge, **reserve})

    async def command(self, command: str, body: dict[str, Any]) -> str:
        """Send a command that is taken, wait for its result, and give the result."""
        guest = self.guest
        response_url = guest.response_url(f"{command}/{self.next()}")
        answer = await self.send_command(command, {**body, "response_url": response_url})
        assert data_of(answer)["result"] == "ACCEPTED"
        await guest.host.platform.settled()
        (result,) = guest.sink.of(response_url)
        return str(result["result"])

    async def send_command(self, command: str, body: dict[str, Any]) -> httpx.Response:
        """Send a command."""
        (url,) = (
            url
            for (_, module, side), url in self.guest.endpoints.items()
            if (module, side) == ("commands", "receiver")
        )
        return await self.guest.send("POST", f"{url}/{command}", body)

    def token(self) -> dict[str, Any]:
        """Give a token of the partner; all partners have one of the same uid."""
        return token(_TOKEN, self.guest.party, contract_id=self.guest.mark)

    def next(self) -> int:
        """Count."""
        self._count += 1
        return self._count

    def ids(self, told: Told) -> dict[str, str]:
        """Give the ids of what a request is about, by the names that OCPI has for them."""
        guest = self.guest
        ids = self._hosts(told) if (told.module, told.side) in _HOSTS else self._partners()
        kind = _KINDS.get(told.id, _COMMAND)
        return ids | {
            "country_code": guest.party.country_code,
            "party_id": guest.party.party_id,
            "response_url": guest.response_url(told.id),
            "command": _COMMAND,
            "uid": self.exchanges.get(kind, ""),
            "id": self.cdr,
            "cdr_id": f"{guest.name}-CDR-{self._count}",
        }

    def _hosts(self, told: Told) -> dict[str, str]:
        return {
            "location_id": "OWN-LOC",
            # Each command at an EVSE of its own, far from where sessions begin by themselves.
            "evse_uid": f"E{_EVSES - 1 - self._count % (_EVSES // 2)}",
            "connector_id": "1",
            "session_id": self.session_id,
            "token_uid": "OWN-TOKEN" if told.module == "tokens" else _TOKEN,
            "reservation_id": self.reservation_id,
        }

    def _partners(self) -> dict[str, str]:
        names = ("location_id", "evse_uid", "connector_id", "session_id", "tariff_id", "token_uid")
        return {name: f"{self.guest.name}-{name}" for name in names}

    def call(self, told: Told, mark: str = "") -> Call:
        """Make a valid request that this partner may make; it is newer than all before."""
        ids = self.ids(told)
        maker = Maker(ids, mark or self.guest.mark, _stamp(self.next()))
        call = Call(told)
        for each in told.parameters:
            if each.place == "path":
                call.path[each.name] = ids[each.name]
            elif each.required:
                call.query[each.name] = str(maker.make(told.bundle, each.schema, each.name))
        if told.body is not None:
            call.body = maker.make(told.bundle, told.body)
        return call

    def learn(self, answer: httpx.Response) -> None:
        """Remember where the partner's CDR can be read."""
        where = answer.headers.get("location")
        if where is not None:
            self.cdr = where.rpartition("/")[2]


def _stamp(number: int) -> str:
    instant = datetime(2026, 2, 1, tzinfo=UTC) + timedelta(seconds=number)
    return instant.strftime("%Y-%m-%dT%H:%M:%SZ")


def _text(value: Any) -> bytes:
    return msgspec.json.encode(value)
