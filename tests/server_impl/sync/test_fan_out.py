"""Pushes to many partners: a bounded number at a time, and each for itself."""

import asyncio
from pathlib import Path

import pytest
from sqlalchemy import update

from ocpi_runtime.errors import GenericClientError, GenericServerError
from ocpi_server import OwnParty
from ocpi_server.partners import PartnerRecord, Status
from ocpi_server.store import Database
from ocpi_server.store.database.tables import partners
from ocpi_server.sync.fan_out import fan_out
from tests.server_impl.booked import VERSIONS, text
from tests.server_impl.pair import CPO, EMSP, introduce, location, served
from tests.server_impl.samples import place

PARTNERS = [PartnerRecord(f"P{number}", "Partner", Status.REGISTERED, 1) for number in range(120)]


class Counting:
    """Counts how many are told at the same time; some refuse, some are broken."""

    def __init__(self) -> None:
        self.open = self.most = 0

    async def __call__(self, partner: PartnerRecord) -> None:
        self.open += 1
        self.most = max(self.most, self.open)
        await asyncio.sleep(0)
        self.open -= 1
        if partner.id == "P7":
            raise GenericClientError("No.")
        if partner.id == "P8":
            raise ZeroDivisionError


async def test_at_most_fifty_at_a_time_and_each_for_itself() -> None:
    counting = Counting()
    taken = await fan_out(PARTNERS, "locations", counting)
    assert counting.most == 50
    assert list(taken) == [each.id for each in PARTNERS]
    failed = {key: type(error) for key, error in taken.items() if error is not None}
    assert failed == {"P7": GenericClientError, "P8": GenericServerError}
    assert await fan_out([], "locations", counting) == {}


async def test_a_damaged_partner_keeps_no_booking_location_from_others(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    other = OwnParty("FR", "OTH", "EMSP", "Other Mobility")
    async with (
        served(tmp_path / "cpo", CPO, versions=VERSIONS) as cpo,
        served(tmp_path / "emsp", EMSP, versions=VERSIONS) as emsp,
        served(tmp_path / "other", other, versions=VERSIONS) as second,
    ):
        damaged = (await introduce(cpo, emsp)).at_cpo.id
        sound = (await introduce(cpo, second)).at_cpo.id
        await _spoil_token(cpo.platform.parts.store.database, damaged)
        await cpo.platform.put_own("locations", text(location()))
        taken = await cpo.platform.bookings.publisher.place(text(place()))
    assert taken[sound] is None
    assert isinstance(taken[damaged], GenericServerError)
    assert "of bookings failed" in caplog.text


async def _spoil_token(database: Database, partner_id: str) -> None:
    columns = partners.c
    spoiled = {"sealed_token": b"spoiled", "revision": columns.revision + 1}
    change = update(partners).where(columns.id == partner_id).values(spoiled)
    await database.write(lambda link: link.execute(change))
