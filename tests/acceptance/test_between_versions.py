"""What a CPO writes in 2.3.0 reaches eMSPs of 2.1.1 and 2.3.0, and what is lost is reported."""

import logging
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import msgspec
import pytest
import pytest_asyncio

from ocpi_bindings import v2_3_0
from ocpi_runtime.types import Model, PartyId
from ocpi_server import OwnParty
from ocpi_server.store import Lossy
from tests.server_impl.pair import CPO, Pair, Served, introduce, location, served
from tests.server_impl.reading import accepted, model, put, received
from tests.server_impl.samples import cdr, session, tariff

ELDER = OwnParty("DE", "OLD", "EMSP", "Of 2.1.1")
YOUNGER = OwnParty("DE", "NEW", "EMSP", "Of 2.3.0")
HELP = {"help_phone": "+31 20 555 0100"}


@dataclass
class Met:
    """A CPO of all versions, and two eMSPs that registered at it.

    Attributes:
        cpo: The CPO.
        elder: With the eMSP of 2.1.1.
        younger: With the eMSP of 2.3.0.
    """

    cpo: Served
    elder: Pair
    younger: Pair

    async def lost(self, uid: str) -> Lossy:
        """Return what the operator of the CPO sees of an object, which is lost in 2.1.1 only."""
        (found,) = [each for each in await self.cpo.platform.losses() if each.uid == uid]
        assert (found.accepted, found.version, found.unsayable) == ("2.3.0", "2.1.1", False)
        return found


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def met(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Met]:
    root = tmp_path_factory.mktemp("between")
    async with (
        served(root / "cpo", CPO, versions=("2.1.1", "2.2.1", "2.3.0")) as cpo,
        served(root / "elder", ELDER, versions=("2.0", "2.1.1")) as first,
        served(root / "younger", YOUNGER, versions=("2.2.1", "2.3.0")) as second,
    ):
        elder, younger = await introduce(cpo, first), await introduce(cpo, second)
        assert (elder.at_cpo.version, younger.at_cpo.version) == ("2.1.1", "2.3.0")
        yield Met(cpo, elder, younger)


def modern(kind: str, value: dict[str, Any]) -> Model:
    """Read an object of 2.3.0."""
    made: Model = msgspec.convert(value, v2_3_0.binding.model(kind))
    return made


async def written(pair: Pair, module: str, uid: str) -> tuple[str, dict[str, Any]]:
    """Return an object of the CPO as an eMSP accepted it, and the version that it is in."""
    known = await accepted(pair.emsp, module, pair.at_emsp.id)
    found = [(version, msgspec.json.decode(raw)) for version, raw in known]
    ((version, case),) = [each for each in found if each[1]["id"] == uid]
    return version, case


async def test_by_pull(met: Met, caplog: pytest.LogCaptureFixture) -> None:
    await met.cpo.platform.put_own("locations", modern("Location", {**location("PULLED"), **HELP}))
    with caplog.at_level(logging.INFO, "ocpi_server.renditions"):
        for pair in (met.elder, met.younger):
            pulled = await pair.emsp.platform.pull_locations(pair.at_emsp)
            assert pulled.problems == []
    assert "/help_phone" in caplog.text
    version, case = await written(met.elder, "locations", "PULLED")
    assert (version, case["city"], "help_phone" in case) == ("2.1.1", "Utrecht", False)
    version, case = await written(met.younger, "locations", "PULLED")
    assert (version, case["help_phone"]) == ("2.3.0", HELP["help_phone"])
    assert "/help_phone" in {each.pointer for each in (await met.lost("PULLED")).losses}


async def test_by_push(met: Met) -> None:
    value = modern("Location", {**location("PUSHED"), **HELP})
    taken = await met.cpo.platform.publisher.location(value)
    await met.cpo.platform.pushed()
    assert taken == (met.elder.at_cpo.id, met.younger.at_cpo.id)
    version, case = await written(met.elder, "locations", "PUSHED")
    assert (version, case["city"], "help_phone" in case) == ("2.1.1", "Utrecht", False)
    version, case = await written(met.younger, "locations", "PUSHED")
    assert (version, case["help_phone"]) == ("2.3.0", HELP["help_phone"])
    assert "/help_phone" in {each.pointer for each in (await met.lost("PUSHED")).losses}
    (own,) = [
        each
        for each in await received(met.elder.emsp, "locations", met.elder.at_emsp.id)
        if each["id"] == "PUSHED"
    ]
    assert (own["country_code"], own["party_id"]) == ("NL", "CPO")


async def test_a_cdr_goes_to_its_provider_only(met: Met) -> None:
    await put(met.cpo, "locations", location())
    price = {"total_cost": {"before_taxes": 2.75, "taxes": [{"name": "VAT", "amount": 0.58}]}}
    for uid, provider in (("FOR-OLD", ELDER), ("FOR-NEW", YOUNGER)):
        value = modern("CDR", {**cdr(uid, CPO, provider), **price})
        assert await met.cpo.platform.publisher.cdr(value)
        await met.cpo.platform.pushed()
    version, case = await written(met.elder, "cdrs", "FOR-OLD")
    assert (version, case["total_cost"]) == ("2.1.1", 2.75)
    version, case = await written(met.younger, "cdrs", "FOR-NEW")
    assert (version, case["total_cost"]) == ("2.3.0", price["total_cost"])
    lost = {each.pointer for each in (await met.lost("FOR-OLD")).losses}
    assert any(each.startswith("/total_cost/taxes") for each in lost), lost
    for pair, own in ((met.elder, "FOR-OLD"), (met.younger, "FOR-NEW")):
        pulled = await pair.emsp.platform.parts.puller.pull(pair.at_emsp, "cdrs")
        assert (pulled.created, pulled.problems) == (0, [])
        assert [each["id"] for each in await received(pair.emsp, "cdrs", pair.at_emsp.id)] == [own]


async def test_a_session_goes_to_its_provider_only(met: Met) -> None:
    await put(met.cpo, "locations", location())
    for uid, provider in (("S-OLD", ELDER), ("S-NEW", YOUNGER)):
        await met.cpo.platform.put_own("sessions", modern("Session", session(uid, CPO, provider)))
        await met.cpo.platform.end_session(uid)
        await met.cpo.platform.pushed()
    version, case = await written(met.elder, "sessions", "S-OLD")
    assert (version, case["status"], case["location"]["id"]) == ("2.1.1", "COMPLETED", "LOC1")
    version, case = await written(met.younger, "sessions", "S-NEW")
    assert (version, case["status"], case["location_id"]) == ("2.3.0", "COMPLETED", "LOC1")
    for pair in (met.elder, met.younger):
        assert len(await accepted(pair.emsp, "sessions", pair.at_emsp.id)) == 1


async def test_a_tariff_is_read_by_both(met: Met) -> None:
    alone = {"tax_included": "NO", "preauthorize_amount": 50}
    value = modern("Tariff", {**tariff("T-NEW"), **alone})
    taken = await met.cpo.platform.publisher.tariff(value)
    await met.cpo.platform.pushed()
    assert taken
    version, case = await written(met.elder, "tariffs", "T-NEW")
    assert (version, set(case) & set(alone)) == ("2.1.1", set())
    assert model("2.1.1", "Tariff", msgspec.json.encode(case)).currency == "EUR"
    assert "/preauthorize_amount" in {each.pointer for each in (await met.lost("T-NEW")).losses}


async def test_a_token_of_each_eases_charging_at_the_cpo(met: Met) -> None:
    for pair, party in ((met.elder, ELDER), (met.younger, YOUNGER)):
        value = {
            "country_code": party.country_code,
            "party_id": party.party_id,
            "uid": "SAME",
            "type": "RFID",
            "contract_id": f"DE-{party.party_id}-C00000001-1",
            "issuer": party.name,
            "valid": True,
            "whitelist": "ALLOWED",
            "last_updated": "2026-01-01T10:00:00Z",
        }
        taken = await pair.emsp.platform.push_token(msgspec.json.encode(value))
        await pair.emsp.platform.pushed()
        assert taken
        (known,) = await received(met.cpo, "tokens", pair.at_cpo.id)
        assert PartyId.of(known["country_code"], known["party_id"]) == party.id
        assert known["contract_id"] == value["contract_id"]
