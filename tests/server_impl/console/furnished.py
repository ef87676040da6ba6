"""A CPO with partners and objects of every kind, for the pages of its console."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec

from ocpi_runtime.dialect import Dialect
from ocpi_runtime.errors import Violation
from ocpi_runtime.types import PartyId, Raw
from ocpi_server import OwnParty
from ocpi_server._clock import to_micros
from ocpi_server.settings import MessageRules, OperatorRules
from ocpi_server.store import Key, PartialObject
from tests.server_impl.console.operators import ENABLED
from tests.server_impl.pair import (
    CPO,
    EMSP,
    Pair,
    Served,
    calling,
    evse,
    introduce,
    location,
    served,
    token,
)
from tests.server_impl.reading import put
from tests.server_impl.samples import cdr, period, session, tariff

__all__ = ["HOSTILE", "Furnished", "furnished"]

HOSTILE = '<script>document.title="run"</script><b onclick=alert(1)>&\'"'
_LATE = OwnParty("FR", "LAT", "EMSP", "Mobilités de la Région Auvergne-Rhône-Alpes et Environs")
_OTHER = OwnParty("BE", "OTH", "EMSP", "Other Mobility")
_CITIES = (
    ("AMS-01", "Centraal Station", "Amsterdam", "52.379189", "4.899431"),
    ("BER-07", "Potsdamer Platz", "Berlin", "52.509669", "13.376294"),
    ("PAR-11", "Gare de Lyon", "Paris", "48.844304", "2.374377"),
    ("OSL-02", "Aker Brygge", "Oslo", "59.910000", "10.730000"),
    ("MAD-03", "Atocha", "Madrid", "40.406500", "-3.689500"),
    ("ROM-04", "Termini", "Roma", "41.901100", "12.501000"),
    ("ZRH-05", "Hauptbahnhof", "Zürich", "47.378177", "8.540192"),
    ("LOC1", "Station square", "Utrecht", "52.089520", "5.109630"),
)
_STATES = ("AVAILABLE", "CHARGING", "AVAILABLE", "OUTOFORDER", "BLOCKED")


@dataclass
class Furnished:
    """The platforms, and the pages that are worth a look."""

    cpo: Served
    emsp: Served
    pair: Pair
    late: str
    invited: str


@asynccontextmanager
async def furnished(folder: Path, **settings: Any) -> AsyncIterator[Furnished]:
    """Serve a CPO with several partners, and one of them, both with a console."""
    shared = {
        "console": ENABLED,
        "operator": OperatorRules(enabled=True),
        "messages": MessageRules(enabled=True),
        "versions": ("2.1.1", "2.2.1", "2.3.0"),
        **settings,
    }
    async with (
        served(folder / "cpo", CPO, **shared) as cpo,
        served(folder / "emsp", EMSP, **shared) as emsp,
    ):
        pair = await introduce(cpo, emsp, "Fun Drive GmbH")
        await _add_partners(folder, cpo)
        await _add_objects(cpo, emsp, pair)
        partners = {each.name: each.id for each in await cpo.platform.partners.every()}
        yield Furnished(cpo, emsp, pair, partners[_LATE.name], partners["Fresh eMSP"])


async def _add_partners(folder: Path, cpo: Served) -> None:
    """Add a partner that is away, one that is blocked, one that waits, and one that is invited."""
    for party, name in ((_LATE, _LATE.name), (_OTHER, "Blocked Mobility")):
        async with served(folder / party.party_id, party) as guest:
            await introduce(cpo, guest, name)
    partners = {each.name: each.id for each in await cpo.platform.partners.every()}
    await cpo.platform.administration.set_blocked(partners["Blocked Mobility"], blocked=True)
    await cpo.platform.issue_token_a("Fresh eMSP")
    await cpo.platform.issue_token_a(HOSTILE)


async def _add_objects(cpo: Served, emsp: Served, pair: Pair) -> None:
    now = datetime.now(UTC)
    await emsp.platform.push_token(msgspec.json.encode(token()))
    await emsp.platform.pushed()
    for at, (uid, name, city, latitude, longitude) in enumerate(_CITIES):
        stands = [evse(f"E{number + 1}", status=_STATES[(at + number) % 5]) for number in range(4)]
        place = {"latitude": latitude, "longitude": longitude}
        more: dict[str, Any] = {"name": name, "city": city, "coordinates": place, "evses": stands}
        await put(cpo, "locations", location(uid, last_updated=_text(now), **more))
    await put(cpo, "locations", location("HOSTILE", name=HOSTILE))
    await put(cpo, "tariffs", tariff("STANDARD"), tariff("NIGHT", last_updated=_text(now)))
    for number in range(12):
        await _add_session(cpo, number, now - timedelta(hours=number + 1))
    for each in await cpo.platform.partners.registered():
        await cpo.platform.resync(each.id)
    await cpo.platform.pushed(pair.at_cpo.id)
    await emsp.platform.pull_locations(pair.at_emsp)
    await emsp.platform.start_session(
        pair.at_emsp, msgspec.json.encode(token()), "LOC1", evse_uid="E3"
    )
    await _send_with_faults(cpo, emsp, pair)
    await _add_partial(cpo, pair)
    await cpo.platform.settled()


async def _add_session(cpo: Served, number: int, start: datetime) -> None:
    end = start + timedelta(minutes=40)
    times = {"start_date_time": _text(start), "last_updated": _text(end)}
    periods = [period(_text(start), 11.0)]
    cost = {"excl_vat": 2.75 if number else 3.10}
    more: dict[str, Any] = {"charging_periods": periods, **times}
    own = session(f"S-{number:04}", kwh=11.0, status="COMPLETED", **more)
    own["end_date_time"] = _text(end)
    await put(cpo, "sessions", {**own, "total_cost": cost})
    done = cdr(f"CDR-{number:04}", tariffs=[tariff("STANDARD")], total_cost=cost, **more)
    await put(cpo, "cdrs", {**done, "end_date_time": _text(end)})


async def _send_with_faults(cpo: Served, emsp: Served, pair: Pair) -> None:
    """Send the eMSP a location that its dialect repairs, as the CPO would."""
    dialect = Dialect(level="lenient", headers={"x-gateway": "secret-of-a-gateway"})
    await emsp.platform.administration.set_dialect(pair.at_emsp.id, dialect)
    broken = location("REPAIRED", last_updated="2026-01-01T11:00:00+01:00")
    broken["coordinates"] = {"latitude": 52.1, "longitude": 5.1}
    del broken["time_zone"]
    async with calling(emsp, cpo, pair.at_cpo) as caller:
        url = emsp.base_url + "/2.3.0/receiver/locations/NL/CPO/REPAIRED"
        answer = await caller("PUT", url, broken)
        assert answer.status_code == 201, answer.text


async def _add_partial(cpo: Served, pair: Pair) -> None:
    now = to_micros(datetime.now(UTC))
    raw = Raw(msgspec.json.encode({**location("BROKEN", EMSP), "coordinates": None}))
    faults = (Violation("/coordinates", "type", "null is not of type object"),)
    key = Key.of("locations", PartyId("DE", "MSP"), "BROKEN")
    kept = PartialObject(key, raw, faults, now, now, "2.2.1")
    await cpo.platform.parts.partials.keep(pair.at_cpo.id, [kept])


def _text(instant: datetime) -> str:
    return f"{instant:%Y-%m-%dT%H:%M:%SZ}"
