"""Messages to parties behind a hub go through it, with the party in the routing headers."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import msgspec
import pytest
import pytest_asyncio
from starlette.types import ASGIApp, Receive, Scope, Send

from ocpi_runtime.client import Exchange
from ocpi_runtime.errors import OcpiError
from ocpi_runtime.types import PartyId
from ocpi_server import HubRules, OwnParty
from ocpi_server.partners import PartnerRecord, PartnerRole
from tests.server_impl.pair import CPO, Served, introduce, location, served
from tests.server_impl.pair import token as made_token
from tests.server_impl.reading import put, received
from tests.server_impl.samples import cdr, client_info, session, tariff

HUB = OwnParty("LU", "HUB", "HUB", "Example Hub")
DRIVEN = OwnParty("FR", "DRV", "EMSP", "Behind the hub")
AWAY = OwnParty("FR", "OFF", "EMSP", "Behind the hub, but not connected")
DIRECT = OwnParty("AT", "OWN", "EMSP", "Registered itself, and behind the hub")
VERSION = "2.3.0"


def taking_all(app: ASGIApp) -> ASGIApp:
    """Have a platform take what is for parties behind it, as if it passed it on."""

    async def wrapped(scope: Scope, receive: Receive, send: Send) -> None:
        headers = [one for one in scope.get("headers", ()) if not one[0].startswith(b"ocpi-to-")]
        await app({**scope, "headers": headers} if headers else scope, receive, send)

    return wrapped


@dataclass
class Setup:
    """A CPO, a hub that it is registered with, and all that the CPO sent.

    Attributes:
        ours: The CPO.
        hub: The hub.
        at_ours: What the CPO knows of the hub.
        at_hub: What the hub knows of the CPO.
        sent: The requests of the CPO.
    """

    ours: Served
    hub: Served
    at_ours: PartnerRecord
    at_hub: PartnerRecord
    sent: list[Exchange]

    def took(self) -> list[tuple[str, str, str | None]]:
        """Return operation, sender and receiver of what was sent since."""
        found = [
            (one.operation, _party(one, "from") or "", _party(one, "to"))
            for one in self.sent
            if "/hubclientinfo" not in one.url
        ]
        self.sent.clear()
        return found


def _party(exchange: Exchange, way: str) -> str | None:
    headers = exchange.request_headers
    country = headers.get(f"ocpi-{way}-country-code")
    return None if country is None else f"{country}-{headers[f'ocpi-{way}-party-id']}"


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def setup(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Setup]:
    folder, sent = tmp_path_factory.mktemp("behind"), list[Exchange]()
    settings: Any = {"versions": (VERSION,)}
    alone = HubRules(routing=False)
    async with (
        served(folder / "hub", HUB, wrap=taking_all, hub=alone, **settings) as hub,
        served(folder / "ours", CPO, on_exchange=sent.append, **settings) as ours,
        served(folder / "direct", DIRECT, **settings) as direct,
    ):
        await introduce(ours, direct)
        pair = await introduce(hub, ours, known_as=[PartnerRole(HUB.role, *HUB.id)])
        for party, status in ((DRIVEN, "CONNECTED"), (AWAY, "OFFLINE"), (DIRECT, "CONNECTED")):
            await put(hub, "hubclientinfo", client_info(party, role="EMSP", status=status))
        found = await ours.platform.parts.puller.pull(pair.at_emsp, "hubclientinfo")
        assert (found.created, found.foreign, found.problems) == (3, 0, [])
        sent.clear()
        yield Setup(ours, hub, pair.at_emsp, pair.at_cpo, sent)


def bill(uid: str, provider: OwnParty) -> bytes:
    return msgspec.json.encode(cdr(uid, provider=provider, session_id=uid))


async def test_what_is_for_one_party_goes_through_its_hub(setup: Setup) -> None:
    publisher = setup.ours.platform.publisher
    await put(setup.ours, "sessions", session("S1", provider=DRIVEN))
    await publisher.session_news(CPO.id, "S1", {"kwh": 1.5})
    await setup.ours.platform.pushed()
    *before, last = setup.took()
    assert last == ("put_session", "NL-CPO", "FR-DRV")
    assert all(way == ["NL-CPO", "FR-DRV"] for _, *way in before)
    (known,) = await received(setup.hub, "sessions", setup.at_hub.id)
    assert (known["id"], known["kwh"]) == ("S1", 1.5)
    assert await publisher.cdr(bill("S1", DRIVEN)) is not None
    await setup.ours.platform.pushed()
    assert setup.took() == [("post_cdr", "NL-CPO", "FR-DRV")]


async def test_what_is_for_all_goes_to_the_hub_itself(setup: Setup) -> None:
    publisher = setup.ours.platform.publisher
    await publisher.location(msgspec.json.encode(location("L1")))
    await setup.ours.platform.pushed()
    await publisher.tariff(msgspec.json.encode(tariff("T1")))
    await setup.ours.platform.pushed()
    sent = [(operation, to) for operation, _, to in setup.took()]
    assert ("put_location", "LU-HUB") in sent
    assert ("put_tariff", "LU-HUB") in sent
    assert {to for _, to in sent} == {"LU-HUB", "AT-OWN"}


async def test_a_party_with_a_registration_is_not_sought_behind_a_hub(setup: Setup) -> None:
    await setup.ours.platform.publisher.cdr(bill("S2", DIRECT))
    await setup.ours.platform.pushed()
    assert setup.took() == [("post_cdr", "NL-CPO", "AT-OWN")]
    assert len(await received(setup.hub, "cdrs", setup.at_hub.id)) <= 1


async def test_nothing_is_sent_to_a_party_that_is_not_connected(
    setup: Setup, caplog: pytest.LogCaptureFixture
) -> None:
    assert await setup.ours.platform.publisher.cdr(bill("S3", AWAY)) == ()
    await setup.ours.platform.pushed()
    assert setup.took() == []
    assert "FR-OFF is OFFLINE at hub" in caplog.text
    unknown = OwnParty("FR", "UNK", "EMSP", "Nowhere")
    assert await setup.ours.platform.publisher.cdr(bill("S4", unknown)) == ()
    await setup.ours.platform.pushed()


@pytest.mark.parametrize("to", [DRIVEN.id, None], ids=["named", "found by the hub"])
async def test_a_question_names_its_receiver_or_leaves_it_to_the_hub(
    setup: Setup, to: PartyId | None
) -> None:
    token = made_token("T1", DRIVEN)
    ask = setup.ours.platform
    with pytest.raises(OcpiError):
        await ask.authorize(setup.at_ours, token["uid"], to_party=to)
    assert setup.took() == [("post_authorize_token", "NL-CPO", to and str(to))]


async def test_a_list_of_a_hub_is_asked_of_the_hub_itself(setup: Setup) -> None:
    await setup.ours.platform.parts.puller.pull(setup.at_ours, "tokens")
    assert setup.took() == [("get_tokens", "NL-CPO", "LU-HUB")]
