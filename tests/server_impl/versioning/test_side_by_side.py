"""Several versions on one platform, and partners that speak different ones."""

import logging
from pathlib import Path
from typing import Any

import httpx2
import msgspec
import pytest

from ocpi_bindings import v2_3_0
from ocpi_runtime.types import PartyId
from ocpi_server import OwnParty, Settings, SettingsError
from ocpi_server._interfaces import interfaces_of
from ocpi_server._versions import OWN_VERSION, VERSIONS, binding_of, up_to
from ocpi_server.store import Key
from ocpi_server.versioning.translation import translate
from tests.server_impl.pair import CPO, EMSP, introduce, location, served
from tests.server_impl.reading import accepted, model, put, received


async def test_partners_of_different_versions_share_one_store(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    made: list[tuple[str, str]] = []

    def counted(raw: bytes, kind: str, source: str, target: str, *more: Any) -> Any:
        made.append((source, target))
        return translate(raw, kind, source, target, *more)

    old = OwnParty("DE", "OLD", "EMSP", "Of 2.1.1")
    new = OwnParty("DE", "NEW", "EMSP", "Of 2.3.0")
    async with (
        served(tmp_path / "cpo", CPO, versions=up_to("2.3.0")) as cpo,
        served(tmp_path / "old", old, versions=up_to("2.1.1")) as first,
        served(tmp_path / "new", new, versions=("2.2.1", "2.3.0")) as second,
    ):
        elder, younger = await introduce(cpo, first), await introduce(cpo, second)
        assert (elder.at_emsp.version, younger.at_emsp.version) == ("2.1.1", "2.3.0")
        modern = msgspec.convert(
            {**location("MODERN"), "help_phone": "+31 20 555 0100"}, v2_3_0.models.Location
        )
        await cpo.platform.put_own("locations", modern)
        await put(cpo, "locations", location("PLAIN"))
        monkeypatch.setattr("ocpi_server.versioning.translation.translate", counted)
        with caplog.at_level(logging.INFO, "ocpi_server.renditions"):
            await first.platform.pull_locations(elder.at_emsp)
        await second.platform.pull_locations(younger.at_emsp)
        # Each object once for each version, the old eMSP's own renditions among them.
        served_ones = [pair for pair in made if pair[0] != "2.1.1" and pair[1] != OWN_VERSION]
        assert sorted(served_ones) == [("2.2.1", "2.1.1"), ("2.2.1", "2.3.0"), ("2.3.0", "2.1.1")]
        made.clear()
        peer = first.platform.clients.peer(elder.at_emsp)
        assert [each.id async for each in peer.locations.get_locations()] == ["MODERN", "PLAIN"]
        assert (await peer.locations.get_location("MODERN")).address == "Stationsplein 1"
        assert made == []
        # The losses are reported, to the log and to the operator.
        assert "/help_phone" in caplog.text
        lossy = {(each.uid, each.version): each for each in await cpo.platform.losses()}
        lost = lossy["MODERN", "2.1.1"]
        assert (lost.accepted, lost.unsayable) == ("2.3.0", False)
        assert "/help_phone" in {each.pointer for each in lost.losses}
        # A change is rendered again.
        await put(
            cpo, "locations", location("PLAIN", city="Zeist", last_updated="2026-02-01T10:00:00Z")
        )
        assert (await peer.locations.get_location("PLAIN")).city == "Zeist"
        assert made == [("2.2.1", "2.1.1")]
        taken = await cpo.platform.push_evse_status("PLAIN", "E1", "BLOCKED")
        await cpo.platform.pushed()
        assert taken == (elder.at_cpo.id, younger.at_cpo.id)
        for at, source in ((first, elder), (second, younger)):
            known = await received(at, "locations", source.at_emsp.id)
            (plain,) = [each for each in known if each["id"] == "PLAIN"]
            assert plain["evses"][0]["status"] == "BLOCKED"


async def test_a_partner_that_comes_to_a_newer_version_goes_on_where_it_was(
    tmp_path: Path,
) -> None:
    async with served(tmp_path / "emsp", EMSP, versions=VERSIONS) as emsp:
        async with served(tmp_path / "cpo", CPO, versions=("2.1.1",)) as cpo:
            pair = await introduce(emsp, cpo)
            assert pair.at_emsp.version == "2.1.1"
            await cpo.platform.publisher.location(msgspec.json.encode(location()))
            await cpo.platform.pushed()
            port = int(cpo.base_url.rsplit(":", 1)[1].split("/")[0])
        async with served(tmp_path / "cpo", CPO, versions=("2.1.1", "2.2.1"), port=port) as cpo:
            renewed = await cpo.platform.renew(await cpo.platform.partner(pair.at_emsp.id))
            assert renewed.version == "2.2.1"
            taken = await cpo.platform.push_evse_status("LOC1", "E1", "CHARGING")
            await cpo.platform.pushed()
            assert len(taken) == 1
            ((version, raw),) = await accepted(emsp, "locations", pair.at_cpo.id)
            assert version == "2.2.1"
            assert model("2.2.1", "Location", raw).evses[0].status == "CHARGING"


async def test_one_versions_url_for_each_role(tmp_path: Path) -> None:
    parties = (CPO, EMSP)
    async with (
        served(tmp_path, *parties, versions=VERSIONS) as both,
        httpx2.AsyncClient(timeout=60) as http,
    ):
        invitation = await both.platform.issue_token_a("someone", role="EMSP")
        assert invitation.versions_url == f"{both.base_url}/emsp/versions"
        headers = {"Authorization": f"Token {invitation.token}"}

        async def listed(below: str) -> dict[str, str]:
            answer = await http.get(f"{both.base_url}{below}/versions", headers=headers)
            return {each["version"]: each["url"] for each in answer.json()["data"]}

        assert list(await listed("")) == ["2.2", "2.2.1", "2.3.0"]
        for role in ("cpo", "emsp"):
            urls = await listed(f"/{role}")
            assert list(urls) == list(VERSIONS)
            assert urls["2.1.1"] == f"{both.base_url}/{role}/2.1.1"
            assert urls["2.3.0"] == f"{both.base_url}/2.3.0"
            details = (await http.get(urls["2.1.1"], headers=headers)).json()["data"]
            known = {each["identifier"]: each for each in details["endpoints"]}
            assert known["tokens"] == {
                "identifier": "tokens",
                "url": f"{both.base_url}/{role}/2.1.1/tokens",
            }
        answer = await http.get(f"{both.base_url}/cpo/2.1.1/credentials", headers=headers)
        assert answer.json()["data"]["party_id"] == "CPO"
        answer = await http.get(f"{both.base_url}/emsp/2.1.1/credentials", headers=headers)
        assert answer.json()["data"] == {
            "token": invitation.token,
            "url": f"{both.base_url}/emsp/versions",
            "business_details": {"name": "Example Mobility"},
            "country_code": "DE",
            "party_id": "MSP",
        }
        assert "x-request-id" not in answer.headers


async def test_a_platform_of_both_roles_meets_an_old_partner_as_one_of_them(
    tmp_path: Path,
) -> None:
    other = OwnParty("FR", "OLD", "CPO", "An old operator")
    async with (
        served(tmp_path / "both", CPO, EMSP, versions=("2.1.1", "2.2.1")) as both,
        served(tmp_path / "old", other, versions=("2.1.1",)) as old,
    ):
        made = await old.platform.issue_token_a("both")
        record = await both.platform.register_with(
            made.versions_url, made.token, role="EMSP", expects=[("locations", "sender")]
        )
        assert [(each.role, str(each.party)) for each in record.roles] == [("CPO", "FR-OLD")]
        known = await old.platform.partner(made.partner_id)
        assert [(each.role, str(each.party)) for each in known.roles] == [("EMSP", "DE-MSP")]
        assert {(each.module, each.role) for each in known.endpoints} >= {
            ("locations", "RECEIVER"),
            ("tokens", "SENDER"),
        }
        await put(old, "locations", location("FAR", owner=other))
        await both.platform.pull_locations(record)
        key = Key.of("locations", PartyId("FR", "OLD"), "FAR", holder=record.company)
        assert (await both.platform.parts.store.get(key)) is not None
        # A CPO is not sent locations of a CPO.
        assert await both.platform.publisher.location(msgspec.json.encode(location())) == ()
        await both.platform.pushed()


def test_every_module_is_offered() -> None:
    offered = interfaces_of(["CPO", "EMSP", "PTP", "HUB"])
    for version in VERSIONS:
        for module, interface in binding_of(version).interfaces:
            if module != "versions":
                assert (module, interface) in offered, (version, module)


def test_settings_name_versions_that_are_spoken() -> None:
    with pytest.raises(SettingsError):
        Settings(base_url="https://x.example", parties=(CPO,), versions=("2.4",))
    with pytest.raises(SettingsError):
        Settings(base_url="https://x.example", parties=(CPO,), versions=())
