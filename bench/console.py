"""Pages of the operator's console over many objects: how long each takes, on both databases."""

import asyncio
import re
import time
from collections.abc import Iterable, Iterator, Mapping
from datetime import timedelta
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Any, Final

import httpx2
from sqlalchemy import Connection, Table, text, update

from bench.figures import spread
from bench.process import scratch
from bench.samples import location
from ocpi_runtime import codec
from ocpi_server import ConsoleRules, OwnParty, Platform, Settings
from ocpi_server._clock import SECOND
from ocpi_server.settings import MessageRules
from ocpi_server.store import Database
from ocpi_server.store.database.damage import checksum
from ocpi_server.store.database.message_tables import messages
from ocpi_server.store.database.outbox_tables import lanes, notes
from ocpi_server.store.database.prepared import RowInsert
from ocpi_server.store.database.tables import exchanges, listings, objects, partners
from tests.support.postgres import new_database

__all__ = ["OBJECTS", "TARGETS", "measure"]

OBJECTS: Final = 1_000_000
_DATABASES: Final = ("sqlite", "postgresql")
TARGETS: Final = {f"{name}, slowest page, CPU ms, at most": 100.0 for name in _DATABASES}
_PARTNERS: Final = 50
_OWN: Final = OwnParty("NL", "TNM", "CPO", "Bench")
_MODULES: Final = ("locations", "tariffs", "sessions", "cdrs")
_MESSAGES: Final = 20_000
_NOTES: Final = 10_000
_COMMANDS: Final = 10_000
_DAYS: Final = 40 * 86_400 * SECOND
"""Objects were changed within so many days, as many on each: the charts have work."""
_CHUNK: Final = 5_000


def measure(rounds: int, count: int = OBJECTS) -> dict[str, Any]:
    """Fill a platform with own and received objects, and open each page, on each database."""
    report: dict[str, Any] = {"objects": count}
    for name in _DATABASES:
        with scratch() as folder:
            pages = asyncio.run(_measured(Platform(_settings(name, folder)), rounds, count))
        report[f"{name}, pages, ms"] = pages
        slowest = max(each["CPU"]["median"] for each in pages.values())
        report[f"{name}, slowest page, CPU ms"] = slowest
    return report


def _settings(name: str, folder: Path) -> Settings:
    sqlite = f"sqlite:///{folder / 'ocpi.sqlite'}"
    return Settings(
        base_url="http://127.0.0.1:8000/ocpi",
        parties=(_OWN,),
        database=sqlite if name == "sqlite" else new_database(),
        key_file=folder / "ocpi.key",
        console=ConsoleRules(enabled=True),
        messages=MessageRules(enabled=True),
    )


async def _measured(platform: Platform, rounds: int, count: int) -> dict[str, Any]:
    async with platform:
        await _fill(platform, count)
        transport = httpx2.ASGITransport(platform.app)
        async with httpx2.AsyncClient(transport=transport, base_url="http://127.0.0.1") as http:
            await _log_in(platform, http)
            paths = await _paths(platform, http)
            database = platform.parts.store.database
            return {
                name: await _timed(http, path, rounds, database) for name, path in paths.items()
            }


async def _fill(platform: Platform, count: int) -> None:
    """Store the same number of objects of each partner and of the platform, and what goes on."""
    sources = [""]
    for number in range(_PARTNERS):
        key, _ = await platform.partners.invite(f"Partner {number}", lifetime=timedelta(days=1))
        sources.append(key)
    each, now = max(count // len(sources) // len(_MODULES), 1), time.time_ns() // 1000
    for source, owner in zip(sources, _owners(), strict=False):
        for module in _MODULES:
            await _store(platform, objects, _objects(module, source, owner, each, now))
            await _store(platform, listings, [_listing(module, source, owner, each)])
    await _register(platform, sources[1:])
    await _store(platform, messages, _messages(sources[1:], now))
    await _store(platform, lanes, ({"partner": each} for each in sources[1:]))
    await _store(platform, notes, _notes(sources[1:11], now))
    await _store(platform, exchanges, _commands(sources[1:], now))
    await platform.parts.store.database.write(lambda link: link.execute(text("ANALYZE")).close())


async def _store(platform: Platform, table: Table, rows: Iterable[Mapping[str, Any]]) -> None:
    """Insert rows, which have the same columns, some thousand at a time."""
    rest = iter(rows)
    while chunk := list(islice(rest, _CHUNK)):
        into = RowInsert(table, list(chunk[0]))
        work = partial(into.run, rows=[tuple(row.values()) for row in chunk])
        await platform.parts.store.database.write(work)


def _owners() -> Iterator[tuple[str, str]]:
    yield _OWN.country_code, _OWN.party_id
    yield from (("DE", f"P{number:02}") for number in range(_PARTNERS))


def _objects(
    module: str, source: str, owner: tuple[str, str], count: int, now: int
) -> Iterator[dict[str, Any]]:
    pattern = codec.encode(location(987654))
    for number in range(count):
        raw = pattern.replace(b"987654", b"%07d" % number)
        at = now - (count - number) * (_DAYS // count)
        yield {
            "module": module,
            "country_code": owner[0],
            "party_id": owner[1],
            "uid": f"loc{number:07d}",
            "variant": "",
            "source": source,
            "audience": "",
            "last_updated": at,
            "version": "2.2.1",
            "raw": raw,
            "holder": source,
            "number": at,
            "checksum": checksum(raw, "2.2.1"),
        }


def _listing(module: str, source: str, owner: tuple[str, str], count: int) -> dict[str, Any]:
    name = {"module": module, "source": source, "audience": ""}
    owned = {"country_code": owner[0], "party_id": owner[1]}
    return {**name, **owned, "total": count, "changes": count, "shifts": 0, "bytes": count * 1000}


async def _register(platform: Platform, sources: list[str]) -> None:
    """Make partners registered ones; nobody asks for their tokens."""

    def work(link: Connection) -> None:
        for key, (country, party) in zip(sources, list(_owners())[1:], strict=True):
            role = f'[{{"role":"CPO","country_code":"{country}","party_id":"{party}"}}]'
            values = {"status": "registered", "version": "2.2.1", "roles": role, "expires": None}
            link.execute(update(partners).where(partners.c.id == key).values(**values))

    await platform.parts.store.database.write(work)


def _messages(sources: list[str], now: int) -> Iterator[dict[str, Any]]:
    body = codec.encode(location(1))
    for number in range(_MESSAGES):
        failed = number % 20 == 0
        yield {
            "at": now - (_MESSAGES - number) * 3600 * SECOND // _MESSAGES,
            "direction": "out" if number % 2 else "in",
            "partner": sources[number % len(sources)],
            "method": "PUT",
            "url": f"https://example.com/ocpi/2.2.1/receiver/locations/DE/P00/loc{number:07d}",
            "module": "locations",
            "operation": "put_location",
            "http_status": 500 if failed else 200,
            "ocpi_status": None if failed else 1000,
            "duration": 0.02,
            "request_id": f"r-{number}",
            "correlation_id": f"c-{number}",
            "error": "HTTP 500" if failed else None,
            "request_bytes": len(body),
            "response_bytes": 100,
            "request_headers": '{"content-type":"application/json"}',
            "response_headers": '{"content-type":"application/json"}',
            "request_body": body,
            "response_body": b'{"status_code":1000}',
        }


def _notes(sources: list[str], now: int) -> Iterator[dict[str, Any]]:
    """Yield what is not sent: own locations that were changed lately, to some partners."""
    for number in range(_NOTES):
        yield {
            "module": "locations",
            "country_code": _OWN.country_code,
            "party_id": _OWN.party_id,
            "uid": f"loc{number // len(sources):07d}",
            "variant": "",
            "partner": sources[number % len(sources)],
            "kind": "state",
            "number": now,
            "since": now - 600 * SECOND,
            "due": now + 600 * SECOND,
            "tries": 3,
            "refused": 0,
            "error": "PUT https://example.com/ocpi: The connection failed.",
        }


def _commands(sources: list[str], now: int) -> Iterator[dict[str, Any]]:
    for number in range(_COMMANDS):
        yield {
            "uid": f"00000000-0000-0000-0000-{number:012d}",
            "partner_id": sources[number % len(sources)],
            "kind": "START_SESSION",
            "subject": "loc0000001",
            "created": now - number * SECOND,
            "result": b'{"result":"ACCEPTED"}',
            "answered": now,
        }


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


async def _paths(platform: Platform, http: httpx2.AsyncClient) -> dict[str, str]:
    first = (await http.get("/console/objects?module=locations")).text
    places = [int(place) for place in re.findall(r'/console/objects/(\d+)"', first)]
    middle = "/console/objects?module=locations&before="
    partner = (await platform.partners.every())[0].id
    return {
        "overview": "/console/",
        "partner": f"/console/partners/{partner}",
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
        "messages, failed": "/console/messages?status=failed",
        "message": f"/console/messages/{_MESSAGES}",
        "losses": "/console/losses",
        "checks": "/console/checks",
    }


async def _timed(
    http: httpx2.AsyncClient, path: str, rounds: int, database: Database
) -> dict[str, Any]:
    """Open a page; return milliseconds: of the first time, then of all others.

    Raises:
        RuntimeError: It was not shown.
    """
    elapsed, cpu = [], []
    for _ in range(rounds + 1):
        servers = await database.read(_servers)
        started, before = time.perf_counter(), _cpu(servers)
        answer = await http.get(path)
        elapsed.append((time.perf_counter() - started) * 1000)
        cpu.append((_cpu(servers) - before) * 1000)
        if not answer.is_success:
            raise RuntimeError(f"{path} was answered with {answer.status_code}.")
    return {
        "first, CPU": round(cpu[0], 1),
        "first, elapsed": round(elapsed[0], 1),
        "CPU": spread(cpu[1:], 1),
        "elapsed": spread(elapsed[1:], 1),
    }


def _servers(link: Connection) -> list[int]:
    """Return the processes of the database that serve the platform."""
    if link.dialect.name == "sqlite":
        return []
    statement = "SELECT pid FROM pg_stat_activity WHERE datname = current_database()"
    return list(link.execute(text(statement)).scalars())


def _cpu(servers: Iterable[int]) -> float:
    """Return the seconds that this process and those of the database spent on a processor."""
    files = [Path(f"/proc/{pid}/schedstat") for pid in servers]
    others = sum(int(file.read_text().split()[0]) for file in files if file.exists())
    return time.process_time() + others / 1e9
