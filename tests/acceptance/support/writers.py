"""Writers that go on one after the other, and know what of theirs must be there afterwards."""

from abc import ABC, abstractmethod
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx2

from ocpi_runtime import token as tokens
from ocpi_runtime.types import PartyId
from tests.server_impl.pair import connector, evse, location
from tests.server_impl.samples import cdr, period, session

__all__ = ["OWNER", "Wire", "Writer", "every_writer"]

OWNER = PartyId("DE", "WRI")


class Wire:
    """Calls a platform that may go away at any moment."""

    def __init__(self, http: httpx2.AsyncClient, base_url: str, token: str) -> None:
        self._http = http
        self._base_url = base_url
        self._headers = {"Authorization": tokens.header_value(token, base64=True)}

    async def __call__(self, method: str, below: str, body: Any = None) -> httpx2.Response:
        url = f"{self._base_url}/2.2.1/{below}"
        answer = await self._http.request(method, url, json=body, headers=self._headers)
        assert (answer.status_code, answer.json()["status_code"]) in {(200, 1000), (201, 1000)}, (
            answer.text
        )
        return answer

    async def read(self, below: str) -> Any:
        return (await self("GET", below)).json()["data"]


class Writer(ABC):
    """One object, or a row of them, that is written again and again.

    Attributes:
        acknowledged: The number of the last write that was answered.
        sent: The number of the last write that was begun.
    """

    def __init__(self, name: str) -> None:
        self.name = name
        self.acknowledged = 0
        self.sent = 0

    @property
    def place(self) -> str:
        return f"{OWNER.country_code}/{OWNER.party_id}/{self.name}"

    async def run(self, wire: Wire) -> None:
        """Write until the platform goes away."""
        try:
            while True:
                self.sent += 1
                await self.write(wire, self.sent)
                self.acknowledged = self.sent
        except httpx2.TransportError:
            pass

    async def begin(self, wire: Wire) -> None:
        """Make what must be there before the first write."""
        await self.write(wire, 0)

    @abstractmethod
    async def write(self, wire: Wire, number: int) -> None:
        """Do one write."""

    @abstractmethod
    async def found(self, wire: Wire) -> int:
        """Return the number of the write that is there, which must be there as a whole."""

    async def check(self, wire: Wire) -> None:
        """Compare what is stored with what was acknowledged, and go on from there."""
        number = await self.found(wire)
        assert self.acknowledged <= number <= self.sent, f"{self.name}: {number}"
        self.acknowledged = self.sent = number


class PutLocation(Writer):
    """PUT of a whole location."""

    async def write(self, wire: Wire, number: int) -> None:
        stamp = _stamp(number)
        each = evse("E1", physical_reference=str(number), last_updated=stamp)
        body = location(self.name, OWNER, name=str(number), evses=[each], last_updated=stamp)
        await wire("PUT", f"receiver/locations/{self.place}", body)

    async def found(self, wire: Wire) -> int:
        case = await wire.read(f"receiver/locations/{self.place}")
        number = int(case["name"])
        assert case["evses"][0]["physical_reference"] == case["name"]
        assert case["last_updated"] == case["evses"][0]["last_updated"] == _stamp(number)
        return number


class PatchPart(Writer):
    """PATCH of an EVSE, or of a connector, of a location that others patch too.

    An EVSE becomes as new as its connectors, so none is patched beside its own connectors: the
    older one of two changes would be passed over.
    """

    def __init__(self, name: str, *path: str, field: str) -> None:
        super().__init__(name)
        self._path = path
        self._field = field

    @property
    def place(self) -> str:
        return "/".join((super().place, *self._path))

    async def begin(self, wire: Wire) -> None:
        parts = [connector(each, max_amperage=0) for each in ("1", "2")]
        evses = [
            evse(each, physical_reference="0", connectors=parts) for each in ("E1", "E2", "E3")
        ]
        body = location(self.name, OWNER, evses=evses)
        await wire("PUT", f"receiver/locations/{super().place}", body)

    async def write(self, wire: Wire, number: int) -> None:
        value = str(number) if self._field == "physical_reference" else number
        patch = {self._field: value, "last_updated": _stamp(number)}
        await wire("PATCH", f"receiver/locations/{self.place}", patch)

    async def found(self, wire: Wire) -> int:
        case = await wire.read(f"receiver/locations/{self.place}")
        number = int(case[self._field])
        assert not number or case["last_updated"] == _stamp(number)
        return number


class PatchSession(Writer):
    """PATCH of a session, each with one more charging period."""

    async def begin(self, wire: Wire) -> None:
        body = session(self.name, OWNER, kwh=0)
        await wire("PUT", f"receiver/sessions/{self.place}", body)

    async def write(self, wire: Wire, number: int) -> None:
        stamp = _stamp(number)
        patch = {"kwh": number, "charging_periods": [period(stamp, number)], "last_updated": stamp}
        await wire("PATCH", f"receiver/sessions/{self.place}", patch)

    async def found(self, wire: Wire) -> int:
        case = await wire.read(f"receiver/sessions/{self.place}")
        number = int(case["kwh"])
        periods = case.get("charging_periods", [])
        assert periods == [period(_stamp(each), each) for each in range(1, number + 1)]
        return number


class PostCdr(Writer):
    """POST of one CDR after the other."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self._places: dict[int, str] = {}

    def _body(self, number: int) -> dict[str, Any]:
        return cdr(f"{self.name}-{number}", OWNER, remark=str(number))

    async def write(self, wire: Wire, number: int) -> None:
        answer = await wire("POST", "receiver/cdrs", self._body(number))
        self._places[number] = answer.headers["location"].rpartition("/")[2]

    async def found(self, wire: Wire) -> int:
        for number, place in self._places.items():
            assert await wire.read(f"receiver/cdrs/{place}") == self._body(number)
        self._places.clear()
        return self.sent  # whether the last one came, nobody can ask: so its id is not used again


def every_writer() -> list[Writer]:
    """Make lanes for all kinds of writes, some of which meet in one object."""
    parts = [
        PatchPart("SHARED", "E1", "1", field="max_amperage"),
        PatchPart("SHARED", "E1", "2", field="max_amperage"),
        PatchPart("SHARED", "E2", field="physical_reference"),
        PatchPart("SHARED", "E3", field="physical_reference"),
    ]
    rows = [kind(f"{kind.__name__}{at}") for kind in (PutLocation, PatchSession) for at in (1, 2)]
    return [*parts, *rows, PostCdr("CDR-A"), PostCdr("CDR-B")]


def _stamp(number: int) -> str:
    instant = datetime(2026, 2, 1, tzinfo=UTC) + timedelta(seconds=number)
    return instant.strftime("%Y-%m-%dT%H:%M:%SZ")
