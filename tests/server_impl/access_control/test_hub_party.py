"""Hubs of 2.3.0: the party that credentials name, and lists with what others own."""

from pathlib import Path
from typing import Any

import msgspec
import pytest

from ocpi_bindings.v2_3_0.models import Credentials
from ocpi_runtime.codec import decode
from ocpi_runtime.types import Raw
from ocpi_server import OwnParty, Settings
from ocpi_server.modules.credentials._json_text import own_credentials, read_credentials
from ocpi_server.partners import PartnerRole
from tests.server_impl.booked import VERSIONS, text
from tests.server_impl.pair import EMSP, calling, evse, introduce, location, served
from tests.server_impl.samples import client_info, place, record

HUB = OwnParty("LU", "HUB", "HUB", "Example Hub")
SOLD = OwnParty("FR", "SEL", "CPO", "Behind the hub")


def _read(**more: Any) -> Any:
    role = {"role": "CPO", "country_code": "FR", "party_id": "SEL"}
    role |= {"business_details": {"name": "Behind the hub"}}  # type: ignore[dict-item]
    document = {"token": "t", "url": "https://example.com/versions", "roles": [role], **more}
    return read_credentials(decode(msgspec.json.encode(document), Credentials))


def _written(tmp_path: Path, version: str) -> dict[str, Any]:
    settings = Settings(
        base_url="https://example.com/ocpi",
        parties=(HUB, SOLD),
        database=f"sqlite+aiosqlite:///{tmp_path}/ocpi.db",
    )
    found: dict[str, Any] = msgspec.json.decode(own_credentials(settings, "t", version))
    return found


def test_credentials_of_a_hub_name_its_party_from_2_3_0_on(tmp_path: Path) -> None:
    assert _written(tmp_path, "2.3.0")["hub_party_id"] == "LUHUB"
    assert "hub_party_id" not in _written(tmp_path, "2.2.1")


def test_the_hub_party_of_a_partner_is_one_of_its_roles() -> None:
    read = _read(hub_party_id="LUHUB")
    assert read.roles == (PartnerRole("CPO", "FR", "SEL"), PartnerRole("HUB", "LU", "HUB"))
    assert read.pointer(1) == read.pointer(1, "party_id") == "/hub_party_id"
    assert read.pointer(0) == "/roles/0"


@pytest.mark.parametrize("named", ["LU", "LU*HB", "", None])
def test_what_names_no_hub_party_is_no_role(named: str | None) -> None:
    assert _read(hub_party_id=named).roles == (PartnerRole("CPO", "FR", "SEL"),)


async def test_a_platform_that_names_its_hub_party_is_a_hub_where_it_is_allowed(
    tmp_path: Path,
) -> None:
    async with (
        served(tmp_path / "hub", HUB, SOLD, versions=("2.3.0",)) as hub,
        served(tmp_path / "ours", EMSP, versions=("2.3.0",)) as ours,
    ):
        roles = [PartnerRole("HUB", *HUB.id)]
        pair = await introduce(hub, ours, known_as=roles)
        assert pair.at_emsp.hub_party == HUB.id
        (waiting,) = pair.at_emsp.claimed
        assert waiting.party == SOLD.id


async def test_invoices_and_bookings_of_parties_behind_a_hub_are_pulled_from_it(
    tmp_path: Path,
) -> None:
    async with (
        served(tmp_path / "hub", HUB, SOLD, versions=VERSIONS) as hub,
        served(tmp_path / "ours", EMSP, versions=VERSIONS) as ours,
    ):
        await hub.platform.invoices.publish(Raw(text(record("R1", SOLD))), EMSP.id)
        await hub.platform.put_own("locations", text(location(owner=SOLD, evses=[evse()])))
        await hub.platform.bookings.publisher.place(text(place("BL1", SOLD)))
        pair = await introduce(hub, ours, known_as=[PartnerRole("HUB", *HUB.id)])
        assert await ours.platform.invoices.pull(pair.at_emsp) == 0
        assert await ours.platform.bookings.user.pull(pair.at_emsp) == 0
        async with calling(ours, hub, pair.at_cpo) as as_hub:
            url = ours.url("receiver", "hubclientinfo", *SOLD.id)
            answer = await as_hub("PUT", url, client_info(SOLD))
            assert answer.json()["status_code"] == 1000
        assert await ours.platform.invoices.pull(pair.at_emsp) == 1
        assert await ours.platform.bookings.user.pull(pair.at_emsp) == 1
