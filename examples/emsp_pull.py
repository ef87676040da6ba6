"""An eMSP job that pulls the locations of several CPOs, each of another version, into rows.

Run it with ``python -m examples.emsp_pull partners.json``: a list of ``name``, ``versions_url`` and
``token``. A CPO that fails is reported and keeps the others from nothing.
"""

import asyncio
import json
import sqlite3
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple, TypeAlias

import httpx2

from ocpi_bindings import v2_1_1, v2_2_1, v2_3_0
from ocpi_bindings.v2_1_1.clients import Clients as Clients211
from ocpi_bindings.v2_1_1.models import Location as Location211
from ocpi_bindings.v2_2_1.models import Location as Location221
from ocpi_bindings.v2_3_0.models import Location as Location230
from ocpi_runtime.client import connect
from ocpi_runtime.errors import OcpiError

BINDINGS = (v2_1_1.binding, v2_2_1.binding, v2_3_0.binding)
Location: TypeAlias = Location211 | Location221 | Location230

SCHEMA = """
create table if not exists connectors (
    cpo text, location text, evse text, connector text, city text, standard text, watt integer,
    primary key (cpo, location, evse, connector)
)
"""


class Partner(NamedTuple):
    name: str
    versions_url: str
    token: str


class Row(NamedTuple):
    cpo: str
    location: str
    evse: str
    connector: str
    city: str
    standard: str
    watt: int


def rows_of(cpo: str, location: Location) -> Iterator[Row]:
    """Return a row for each connector; optional lists may be absent or null."""
    for evse in location.evses or ():
        for each in evse.connectors:
            yield Row(
                cpo, location.id, evse.uid, each.id, location.city, each.standard, power(each)
            )


def power(connector: Any) -> int:
    """Return the power in watt; before 2.2 it follows from volts and amperes."""
    if stated := getattr(connector, "max_electric_power", None):
        return int(stated)
    volts = getattr(connector, "max_voltage", None) or connector.voltage
    amperes = getattr(connector, "max_amperage", None) or connector.amperage
    phases = 3 if connector.power_type == "AC_3_PHASE" else 1
    return int(volts) * int(amperes) * phases


async def pull(partner: Partner, http: httpx2.AsyncClient | None = None) -> list[Row]:
    """Read all locations of a CPO in the newest version that both know."""
    url, token = partner.versions_url, partner.token
    async with connect(url, token, bindings=BINDINGS, http=http) as peer:
        # The method has the same name in every version; the type of its items differs.
        if isinstance(peer, Clients211):
            return [row async for each in peer.locations.get_locations()
                    for row in rows_of(partner.name, each)]  # fmt: skip
        return [row async for each in peer.locations.get_locations()
                for row in rows_of(partner.name, each)]  # fmt: skip


async def pull_all(
    partners: list[Partner], database: sqlite3.Connection, http: httpx2.AsyncClient | None = None
) -> dict[str, str]:
    """Replace the rows of every CPO that could be read.

    Returns:
        By CPO, why it could not be read.
    """
    database.execute(SCHEMA)
    pulled = await asyncio.gather(*(pull(each, http) for each in partners), return_exceptions=True)
    failed: dict[str, str] = {}
    for partner, result in zip(partners, pulled, strict=True):
        if isinstance(result, OcpiError):
            failed[partner.name] = str(result)
        elif isinstance(result, BaseException):
            raise result
        else:
            with database:
                database.execute("delete from connectors where cpo = ?", (partner.name,))
                database.executemany("insert into connectors values (?,?,?,?,?,?,?)", result)
    return failed


def main() -> int:
    partners = [Partner(**each) for each in json.loads(Path(sys.argv[1]).read_text("utf-8"))]
    database = sqlite3.connect("connectors.sqlite")
    failed = asyncio.run(pull_all(partners, database))
    database.close()
    for name, reason in failed.items():
        print(f"{name}: {reason}", file=sys.stderr)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
