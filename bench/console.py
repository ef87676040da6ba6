"""Pages of the operator's console over many objects: how long each takes."""

import asyncio
import re
import time
from collections.abc import Iterator
from datetime import timedelta
from typing import Any, Final

import httpx2
from sqlalchemy import Connection, insert, text

from bench.figures import spread
from bench.process import scratch
from bench.samples import location
from ocpi_runtime import codec
from ocpi_server import ConsoleRules, OwnParty, Platform, Settings
from ocpi_server.store.database.damage import checksum
from ocpi_server.store.database.tables import listings

__all__ = ["OBJECTS", "TARGETS", "measure"]

OBJECTS: Final = 1_000_000
TARGETS: Final = {"slowest page, CPU ms, at most": 100.0}
_PARTNERS: Final = 50
_OWN: Final = OwnParty("NL", "TNM", "CPO", "Bench")
_MODULES: Final = ("locations", "tariffs", "cdrs")
_FILL: Final = text(
    "INSERT INTO objects (module, country_code, party_id, uid, variant, source, audience, "
    "last_updated, version, raw, holder, number, checksum) "
    "WITH RECURSIVE counted(n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM counted WHERE n + 1 < :n) "
    "SELECT :module, :country, :party, printf('loc%07d', n), '', :source, '', "
    "1767225600000000 + n * 1000000, '2.2.1', "
    "CAST(replace(:raw, '0987654', printf('%07d', n)) AS BLOB), :source, n + 1, "
    "checksum(replace(:raw, '0987654', printf('%07d', n))) FROM counted"
)


def measure(rounds: int, count: int = OBJECTS) -> dict[str, Any]:
    """Fill a platform on SQLite with own and received objects, and open each page."""
    with scratch() as folder:
        settings = Settings(
            base_url="http://127.0.0.1:8000/ocpi",
            parties=(_OWN,),
            database=f"sqlite:///{folder / 'ocpi.sqlite'}",
            console=ConsoleRules(enabled=True),
        )
        pages = asyncio.run(_measured(Platform(settings), rounds, count))
    return {"objects": count, "pages, CPU ms": pages, "slowest page, CPU ms": _slowest(pages)}


def _slowest(pages: dict[str, dict[str, float]]) -> float:
    return max(each["median"] for each in pages.values())


async def _measured(platform: Platform, rounds: int, count: int) -> dict[str, dict[str, float]]:
    async with platform:
        await _fill(platform, count)
        transport = httpx2.ASGITransport(platform.app)
        async with httpx2.AsyncClient(transport=transport, base_url="http://127.0.0.1") as http:
            await _log_in(platform, http)
            paths = await _paths(http)
            return {name: await _timed(http, path, rounds) for name, path in paths.items()}


async def _fill(platform: Platform, count: int) -> None:
    """Store the same number of objects of each partner and of the platform."""
    sources = [""]
    for number in range(_PARTNERS):
        key, _ = await platform.partners.invite(f"Partner {number}", lifetime=timedelta(days=1))
        sources.append(key)
    each = max(count // len(sources) // len(_MODULES), 1)
    raw = codec.encode(location(987654)).replace(b"987654", b"0987654").decode()

    def work(link: Connection, source: str, owner: tuple[str, str], module: str) -> None:
        _connection(link).create_function("checksum", 1, _checksum, deterministic=True)
        values = {"module": module, "source": source, "country": owner[0], "party": owner[1]}
        link.execute(_FILL, {"n": each, "raw": raw, **values})
        name = {"module": module, "source": source, "audience": ""}
        owned = {"country_code": owner[0], "party_id": owner[1]}
        numbers = {"total": each, "changes": each, "shifts": 0, "bytes": each * len(raw)}
        link.execute(insert(listings), {**name, **owned, **numbers})

    for source, owner in zip(sources, _owners(), strict=False):
        for module in _MODULES:
            await platform.parts.store.database.write(
                lambda link, at=(source, owner, module): work(link, *at)  # type: ignore[misc]
            )


def _connection(link: Connection) -> Any:
    return link.connection.driver_connection


def _checksum(raw: str) -> int:
    return checksum(raw.encode(), "2.2.1")


def _owners() -> Iterator[tuple[str, str]]:
    yield _OWN.country_code, _OWN.party_id
    yield from (("DE", f"P{number:02}") for number in range(_PARTNERS))


async def _log_in(platform: Platform, http: httpx2.AsyncClient) -> None:
    """Log in with a new key.

    Raises:
        RuntimeError: The login was refused.
    """
    _, secret = await platform.keys.create("bench", {"*"})
    form = re.findall(r'name="form" value="(\w+)"', (await http.get("/console/login")).text)[0]
    answer = await http.post("/console/login", data={"form": form, "key": secret})
    if not answer.is_redirect:
        raise RuntimeError(f"The login was answered with {answer.status_code}.")


async def _paths(http: httpx2.AsyncClient) -> dict[str, str]:
    first = (await http.get("/console/objects?module=locations")).text
    places = [int(place) for place in re.findall(r'/console/objects/(\d+)"', first)]
    middle = "/console/objects?module=locations&before="
    return {
        "overview": "/console/",
        "objects": "/console/objects?module=locations",
        "objects, next page": f"{middle}{places[-1]}",
        "objects, deep": f"{middle}{places[-1] // 2}",
        "objects, by id": "/console/objects?module=locations&id=loc0001",
        "objects, by an id that is not there": "/console/objects?module=locations&id=none",
        "objects, by owner": "/console/objects?module=locations&party=DE-P07",
        "object": f"/console/objects/{places[0]}",
        "map": "/console/map",
        "commands": "/console/commands",
        "push queue": "/console/pushes",
        "messages": "/console/messages",
        "losses": "/console/losses",
        "checks": "/console/checks",
    }


async def _timed(http: httpx2.AsyncClient, path: str, rounds: int) -> dict[str, float]:
    """Open a page once beforehand, then in rounds; return milliseconds of CPU.

    Raises:
        RuntimeError: It was not shown.
    """
    times = []
    for number in range(rounds + 1):
        before = time.process_time()
        answer = await http.get(path)
        if number:
            times.append((time.process_time() - before) * 1000)
        if not answer.is_success:
            raise RuntimeError(f"{path} was answered with {answer.status_code}.")
    return spread(times, 1)
