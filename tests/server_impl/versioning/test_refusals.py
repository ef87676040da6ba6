"""Lists in a version that cannot say everything: what is left out is not counted either."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import httpx2
import msgspec
import pytest
import pytest_asyncio

from ocpi_runtime.types import PartyId
from ocpi_server.store import Listing
from ocpi_server.versioning import _refusals as refusals
from tests.server_impl.pair import Pair, calling, location, paired
from tests.server_impl.reading import put
from tests.server_impl.samples import cdr, session, tariff

OWNER = PartyId("NL", "CPO")
LATER = "2026-03-01T10:00:00Z"


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def old(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Pair]:
    """A CPO and an eMSP that speak 2.1.1."""
    async with paired(tmp_path_factory.mktemp("old"), versions=("2.1.1", "2.2.1")) as made:
        assert made.at_emsp.version == "2.2.1"
        yield made


class Reader:
    """Reads lists of the CPO in 2.1.1, page by page, by plain offsets."""

    def __init__(self, pair: Pair, http: httpx2.AsyncClient, token: str) -> None:
        self._base = f"{pair.cpo.base_url}/cpo/2.1.1"
        self._http = http
        self._headers = {"Authorization": f"Token {token}"}

    async def page(self, module: str, **query: Any) -> tuple[list[str], int]:
        """Return the ids of a page and the total."""
        answer = await self._http.get(f"{self._base}/{module}", params=query, headers=self._headers)
        assert answer.status_code == 200
        ids = [each["id"] for each in answer.json()["data"]]
        return ids, int(answer.headers["X-Total-Count"])

    async def status(self, below: str) -> int:
        """Return the HTTP status of a GET."""
        return (await self._http.get(f"{self._base}/{below}", headers=self._headers)).status_code

    async def by_offset(self, module: str, limit: int, **query: Any) -> list[str]:
        """Read all pages by counting up to the total."""
        found, (_, total) = [], await self.page(module, limit=limit, **query)
        for offset in range(0, total, limit):
            found += (await self.page(module, limit=limit, offset=offset, **query))[0]
        return found


@pytest_asyncio.fixture(loop_scope="session")
async def reader(old: Pair) -> AsyncIterator[Reader]:
    token = old.emsp.platform.partners.open_token(old.at_emsp)
    async with httpx2.AsyncClient(timeout=60) as http:
        yield Reader(old, http, token)


def credit(uid: str) -> dict[str, Any]:
    """A CDR that 2.1.1 has no way to say."""
    return cdr(uid, credit=True, credit_reference_id="C0")


async def test_totals_and_offsets_leave_out_what_cannot_be_represented(
    old: Pair, reader: Reader
) -> None:
    some = [credit(f"C{at}") if at % 3 == 1 else cdr(f"C{at}") for at in range(12)]
    await put(old.cpo, "cdrs", *some)
    wanted = [f"C{at}" for at in range(12) if at % 3 != 1]
    assert await reader.page("cdrs", limit=3) == (wanted[:3], 8)
    assert await reader.by_offset("cdrs", 3) == wanted
    assert await reader.page("cdrs", limit=3, offset=8) == ([], 8)
    dated = {"date_from": "2026-01-01T11:00:00Z"}
    assert await reader.by_offset("cdrs", 3, **dated) == wanted
    await put(old.cpo, "cdrs", cdr("C12", last_updated=LATER), credit("C13"))
    assert await reader.page("cdrs", limit=3) == (wanted[:3], 9)
    assert await reader.page("cdrs", date_from=LATER) == (["C12"], 1)
    # In our own version they are all there.
    async with calling(old.cpo, old.emsp, old.at_emsp) as caller:
        answer = await caller("GET", old.cpo.url("sender", "cdrs"))
        assert answer.headers["X-Total-Count"] == "14"


async def test_a_tariff_that_can_be_represented_again_is_counted(old: Pair, reader: Reader) -> None:
    reservation = {"restrictions": {"reservation": "RESERVATION"}}
    element = tariff()["elements"][0]
    only: dict[str, Any] = {"elements": [{**element, **reservation}]}
    await put(old.cpo, "tariffs", tariff("T1"), tariff("T2", **only), tariff("T3"))
    assert await reader.page("tariffs") == (["T1", "T3"], 2)
    await put(old.cpo, "tariffs", tariff("T2", last_updated=LATER))
    assert await reader.page("tariffs") == (["T1", "T2", "T3"], 3)
    await put(old.cpo, "tariffs", tariff("T1", **only, last_updated=LATER))
    assert await reader.page("tariffs") == (["T2", "T3"], 2)
    await old.cpo.platform.publisher.remove_tariff(OWNER, "T1")
    await old.cpo.platform.pushed()
    assert await reader.page("tariffs") == (["T2", "T3"], 2)


async def test_a_session_is_counted_once_its_location_is_here(old: Pair, reader: Reader) -> None:
    await put(old.cpo, "sessions", session("S1", location_id="LATE"))
    since = {"date_from": "2020-01-01T00:00:00Z"}
    assert await reader.page("sessions", **since) == ([], 0)
    assert await reader.page("sessions", **since) == ([], 0)
    await put(old.cpo, "locations", location("LATE"))
    assert await reader.page("sessions", **since) == (["S1"], 1)


async def test_locations_that_must_not_be_shown_stay_out(old: Pair, reader: Reader) -> None:
    before, total = await reader.page("locations")
    await put(
        old.cpo,
        "locations",
        location("OPEN"),
        location("PRIVATE", publish=False),
        location("LATER", publish=False),
    )
    assert await reader.page("locations") == ([*before, "OPEN"], total + 1)
    assert await reader.status("locations/PRIVATE") == 404
    assert await reader.status("locations/OPEN") == 200
    await put(old.cpo, "locations", location("LATER", last_updated=LATER))
    await put(old.cpo, "locations", location("OPEN", publish=False, last_updated=LATER))
    assert await reader.page("locations") == ([*before, "LATER"], total + 1)
    # From 2.2 on they are there, with the word that they are not for everybody.
    peer = old.emsp.platform.clients.peer(old.at_emsp)
    assert (await peer.locations.get_location("PRIVATE")).publish is False
    # A driver who charges there learns where.
    await put(old.cpo, "sessions", session("AT-HOME", location_id="PRIVATE"))
    ids, _ = await reader.page("sessions", date_from="2020-01-01T00:00:00Z")
    assert "AT-HOME" in ids


async def test_a_page_is_as_it_was_listed(old: Pair) -> None:
    renditions, store = old.cpo.platform.parts.renditions, old.cpo.platform.parts.store
    await put(old.cpo, "sessions", session("MOVED", location_id="PRIVATE"))
    audiences = (str(PartyId("DE", "MSP")),)
    listed = await store.page(Listing(module="sessions", source="", audiences=audiences, limit=100))
    stranger = session("MOVED", provider=PartyId("BE", "XXX"), kwh=77.0, last_updated=LATER)
    await put(old.cpo, "sessions", {**stranger, "location_id": "PRIVATE"})
    shown = await renditions.page(listed, "2.1.1")
    (moved,) = [each for each in map(msgspec.json.decode, shown) if each["id"] == "MOVED"]
    assert moved["kwh"] == 0


async def test_a_platform_that_starts_again_knows_again(
    old: Pair, reader: Reader, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(refusals, "_CHUNK", 2)
    before = await reader.page("cdrs", limit=3)
    renditions = old.cpo.platform.parts.renditions
    forgetful = refusals.Refusals(old.cpo.platform.parts.store, renditions.render_lossy)
    monkeypatch.setattr(renditions, "_refusals", forgetful)
    pages = await asyncio.gather(*(reader.page("cdrs", limit=3) for _ in range(3)))
    assert pages == [before] * 3


@pytest.mark.one_node(reason="counts what one process does")
async def test_nothing_is_made_twice(
    old: Pair, reader: Reader, monkeypatch: pytest.MonkeyPatch
) -> None:
    await put(old.cpo, "tariffs", tariff("T9"))
    await reader.page("tariffs")
    made: list[int] = []
    renditions = old.cpo.platform.parts.renditions
    make = renditions._make

    async def counted(objects: Any, version: str) -> Any:
        made.extend(each.seq for each in objects)
        return await make(objects, version)

    monkeypatch.setattr(renditions, "_make", counted)
    await reader.page("tariffs")
    assert made == []
    await old.cpo.platform.publisher.tariff(
        msgspec.json.encode(tariff("T9", currency="SEK", last_updated=LATER))
    )
    await old.cpo.platform.pushed()
    await reader.page("tariffs")
    assert len(made) == 1
