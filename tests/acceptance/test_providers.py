"""Sessions and CDRs are for the provider of their token: listed for it, counted for it, only it."""

from collections.abc import AsyncIterator
from typing import Any

import httpx2
import msgspec
import pytest
import pytest_asyncio

from ocpi_runtime.types import PartyId
from ocpi_server._versions import OWN_VERSION
from tests.acceptance.support.bundles import SPOKEN
from tests.acceptance.support.changing_lists import PARTY, Reader
from tests.acceptance.support.guests import Guest, credentials, data_of, register
from tests.acceptance.support.partner_server import PartnerServer
from tests.server_impl.pair import Served, location, served
from tests.server_impl.samples import cdr, session

FIRST, SECOND, OTHER = (PartyId("DE", code) for code in ("ONE", "TWO", "OTH"))
PROVIDERS = (FIRST, SECOND, OTHER)
EACH = 20
MAKERS = {"sessions": session, "cdrs": cdr}
MODULES = pytest.mark.parametrize("module", MAKERS)
QUERIES = pytest.mark.parametrize(
    "query", [{}, {"limit": 3}, {"limit": 7, "date_from": "2020-01-01T00:00:00Z"}], ids=str
)


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def host(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Served]:
    """A CPO with sessions and CDRs of three providers, one after the other in turn."""
    async with served(tmp_path_factory.mktemp("providers"), PARTY, versions=SPOKEN) as made:
        # Sessions of early versions hold their location.
        await made.platform.put_own("locations", msgspec.json.encode(location(owner=PARTY)))
        for number in range(EACH):
            for provider in PROVIDERS:
                await put(made, provider, number)
        yield made


async def put(host: Served, provider: PartyId, number: int) -> None:
    for module, make in MAKERS.items():
        case = make(f"{provider}-{number}", PARTY, provider)
        if number % 2:  # ids are compared without case
            case["cdr_token"]["party_id"] = provider.party_id.lower()
        await host.platform.put_own(module, msgspec.json.encode(case))


@pytest_asyncio.fixture(loop_scope="session", params=[OWN_VERSION])
async def guest(
    request: pytest.FixtureRequest,
    host: Served,
    servers: dict[str, PartnerServer],
    http: httpx2.AsyncClient,
) -> AsyncIterator[Guest]:
    made = await meet(host, servers[request.param], http, "first", FIRST)
    yield made
    await speak_for(made)


async def meet(
    host: Served, server: PartnerServer, http: httpx2.AsyncClient, name: str, party: PartyId
) -> Guest:
    """Register an eMSP, always as the same partner, for which its party is reserved."""
    before = [each.id for each in await host.platform.partners.every() if each.name == name]
    return await register(host, server, http, name, party, "EMSP", again=next(iter(before), None))


async def speak_for(guest: Guest, *parties: PartyId) -> None:
    """Change the parties of a partner; without any, end its registration."""
    url = guest.url("credentials", "both")
    if not parties:
        data_of(await guest.send("DELETE", url))
        return
    case = credentials(guest, ["EMSP"] * len(parties))
    for role, (country_code, party_id) in zip(case["roles"], parties, strict=True):
        role |= {"country_code": country_code, "party_id": party_id}
    guest.token = data_of(await guest.send("PUT", url, case))["token"]
    platform = guest.host.platform
    if (await platform.partner(guest.id)).claimed:
        await platform.administration.approve(guest.id)


async def crawl(guest: Guest, module: str, query: dict[str, Any]) -> list[str]:
    """Read a whole list, whose total must be right on every page."""
    reader = Reader(guest)
    found: list[str] = []
    totals = set()
    url: str | None = reader.url(module, **query)
    while url:
        page = await reader.page(url)
        found += page.ids
        totals.add(page.total)
        url = page.following
    assert totals == {len(found)}
    return found


def expected(*parties: PartyId) -> list[str]:
    return [f"{each}-{number}" for number in range(EACH) for each in PROVIDERS if each in parties]


@pytest.mark.parametrize("guest", SPOKEN, indirect=True)
@MODULES
@QUERIES
async def test_a_provider_sees_its_own(guest: Guest, module: str, query: dict[str, Any]) -> None:
    assert await crawl(guest, module, query) == expected(FIRST)


@MODULES
@QUERIES
async def test_a_partner_sees_what_is_for_all_its_parties(
    guest: Guest, module: str, query: dict[str, Any]
) -> None:
    await speak_for(guest, FIRST, SECOND)
    assert await crawl(guest, module, query) == expected(FIRST, SECOND)
    page = await Reader(guest).page(Reader(guest).url(module, offset=5, limit=9))
    assert page.ids == expected(FIRST, SECOND)[5:14]
    await speak_for(guest, SECOND)
    assert await crawl(guest, module, query) == expected(SECOND)


@pytest.mark.parametrize("version", SPOKEN)
@MODULES
async def test_a_partner_that_no_token_is_of_sees_nothing(
    host: Served,
    servers: dict[str, PartnerServer],
    http: httpx2.AsyncClient,
    module: str,
    version: str,
) -> None:
    party = PartyId("FR", "XXX")
    stranger = await meet(host, servers[version], http, "stranger", party)
    assert await crawl(stranger, module, {}) == []
    await speak_for(stranger)


@pytest.mark.parametrize("guest", SPOKEN, indirect=True)
@MODULES
async def test_routing_headers_widen_nothing(guest: Guest, module: str) -> None:
    for country_code, party_id in PROVIDERS:
        pretended = {"OCPI-from-country-code": country_code, "OCPI-from-party-id": party_id}
        answer = await guest.send("GET", Reader(guest).url(module, limit=1000), headers=pretended)
        assert [each["id"] for each in data_of(answer)] == expected(FIRST)


async def test_a_session_moves_to_the_provider_of_its_new_token(host: Served, guest: Guest) -> None:
    case = session(f"{OTHER}-3", PARTY, FIRST, last_updated="2099-01-01T00:00:00Z")
    await host.platform.put_own("sessions", msgspec.json.encode(case))
    assert case["id"] in await crawl(guest, "sessions", {})
    back = session(f"{OTHER}-3", PARTY, OTHER, last_updated="2099-01-01T00:00:01Z")
    await host.platform.put_own("sessions", msgspec.json.encode(back))
    assert await crawl(guest, "sessions", {"limit": 6}) == expected(FIRST)
    for offset in (4, 11, 18):
        page = await Reader(guest).page(Reader(guest).url("sessions", offset=offset, limit=3))
        assert page.ids == expected(FIRST)[offset : offset + 3]


async def test_deep_offsets_into_what_is_for_two_parties(host: Served, guest: Guest) -> None:
    await speak_for(guest, FIRST, SECOND)
    names = expected(FIRST, SECOND)
    texts = []
    for number in range(EACH, EACH + 400):
        for provider in PROVIDERS:
            case = session(f"{provider}-{number}", PARTY, provider)
            texts.append(msgspec.json.encode(case))
            names += [case["id"]] if provider != OTHER else []
    await host.platform.publisher.put_all("sessions", texts)
    for offset in (0, 255, 256, 257, 511, 512, 700, len(names) - 1, len(names)):
        page = await Reader(guest).page(Reader(guest).url("sessions", offset=offset, limit=10))
        assert page.ids == names[offset : offset + 10]
        assert page.total == len(names)
