"""A partner that cannot be called keeps nobody else from what is pushed to all."""

from pathlib import Path

from sqlalchemy import update

from ocpi_server import OwnParty
from ocpi_server.store import Database
from ocpi_server.store.database.tables import partners
from tests.server_impl.booked import VERSIONS, text
from tests.server_impl.pair import CPO, EMSP, introduce, location, served
from tests.server_impl.samples import place


async def test_a_damaged_partner_keeps_no_booking_location_from_others(
    tmp_path: Path,
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
        assert set(taken) == {sound, damaged}
        left = await cpo.platform.pushed()
    assert left[sound] is None
    assert "damaged" in str(left[damaged])


async def _spoil_token(database: Database, partner_id: str) -> None:
    columns = partners.c
    spoiled = {"sealed_token": b"spoiled", "revision": columns.revision + 1}
    change = update(partners).where(columns.id == partner_id).values(spoiled)
    await database.write(lambda link: link.execute(change))
