"""Parties of several versions behind one hub: messages are converted, and losses are named."""

from collections.abc import AsyncIterator
from functools import partial
from typing import Any

import httpx2
import pytest
import pytest_asyncio

from ocpi_server import OwnParty
from tests.server_impl.hub.conftest import HUB, Member, World, eventually, member, routing
from tests.server_impl.pair import CPO, EMSP, location, served
from tests.server_impl.pair import token as made_token
from tests.server_impl.reading import put, received
from tests.server_impl.samples import cdr, session

OLD = OwnParty("FR", "OLD", "EMSP", "Of 2.2")
VERSIONS = {"CPO": "2.2.1", "MSP": "2.3.0", "OLD": "2.2"}


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def world(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[World]:
    folder = tmp_path_factory.mktemp("versions")
    spoken: dict[str, Any] = {"versions": tuple(VERSIONS.values())}
    async with served(folder / "hub", HUB, **spoken) as hub, httpx2.AsyncClient(timeout=60) as http:
        made = World(hub)
        async with (
            member(made, folder / "cpo", CPO, http, versions=("2.2.1",)),
            member(made, folder / "emsp", EMSP, http, versions=("2.3.0",)),
            member(made, folder / "old", OLD, http, versions=("2.2",)),
        ):
            for each in made.members.values():
                await eventually(
                    partial(received, each.served, "hubclientinfo", each.hub.id),
                    lambda found: len(found) >= 1,
                )
            yield made


async def ask(
    world: World, sender: str, receiver: OwnParty | None, method: str, path: str, body: Any = None
) -> Any:
    """Send a request of a member in its version."""
    at = world.members[sender]
    headers = routing("from", at.party) | (routing("to", receiver) if receiver else {})
    url = f"{world.hub.base_url}/{VERSIONS[sender]}/{path}"
    return (await at.call(method, url, body, **headers)).json()


async def names(at: Member, uid: str) -> list[str]:
    found = await received(at.served, "locations", at.hub.id)
    return [each["name"] for each in found if each["id"] == uid]


async def test_a_push_is_converted_and_losses_are_named(world: World) -> None:
    more: dict[str, Any] = {"energy_mix": {"is_green_energy": True}, "help_phone": "+31201234567"}
    for receiver in (EMSP, OLD):
        body = location("CON1", **more)
        done = await ask(world, "CPO", receiver, "PUT", "receiver/locations/NL/CPO/CON1", body)
        assert done["status_code"] == 1000, done
    taken = await world.members["MSP"].asked("CON1")
    assert "/2.3.0/" in taken.url
    read = await ask(world, "CPO", EMSP, "GET", "receiver/locations/NL/CPO/CON1")
    assert read["data"]["last_updated"] == "2026-01-01T10:00:00Z"


async def test_a_patch_changes_what_the_receiver_has(world: World) -> None:
    await ask(world, "CPO", EMSP, "PUT", "receiver/locations/NL/CPO/CON2", location("CON2"))
    change = {"name": "Renamed", "last_updated": "2026-02-01T10:00:00Z"}
    done = await ask(world, "CPO", EMSP, "PATCH", "receiver/locations/NL/CPO/CON2", change)
    assert done["status_code"] == 1000, done
    assert await names(world.members["MSP"], "CON2") == ["Renamed"]
    status = {"status": "CHARGING", "last_updated": "2026-02-02T10:00:00Z"}
    done = await ask(world, "CPO", EMSP, "PATCH", "receiver/locations/NL/CPO/CON2/E1", status)
    assert done["status_code"] == 1000, done
    read = await ask(world, "CPO", EMSP, "GET", "receiver/locations/NL/CPO/CON2/E1")
    assert read["data"]["status"] == "CHARGING"
    missing = await ask(world, "CPO", EMSP, "PATCH", "receiver/locations/NL/CPO/NONE", change)
    assert missing["status_code"] == 2000, missing


async def test_a_broadcast_reaches_every_version(world: World) -> None:
    path = "receiver/locations/NL/CPO/CON3"
    done = await ask(world, "CPO", HUB, "PUT", path, location("CON3"))
    assert done["status_code"] == 1000, done
    for name in ("MSP", "OLD"):
        at = world.members[name]
        await eventually(partial(names, at, "CON3"), ["Station square"])


async def test_lists_are_read_in_the_version_of_who_asks(world: World) -> None:
    await put(world.members["CPO"].served, "locations", location("CON4"))
    for sender in ("MSP", "OLD"):
        for receiver in (CPO, HUB):
            listed = await ask(world, sender, receiver, "GET", "sender/locations?limit=100")
            assert "CON4" in [each["id"] for each in listed["data"]], listed


async def test_a_command_and_its_result_pass_versions(world: World) -> None:
    await put(world.members["CPO"].served, "locations", location("CON5"))
    at = world.members["MSP"]
    uid = await at.served.platform.parts.exchanges.open(at.hub.id, "START_SESSION")
    url = f"{at.served.base_url}/2.3.0/sender/commands/START_SESSION/{uid}"
    command = {"response_url": url, "token": made_token("T5"), "location_id": "CON5"}
    done = await ask(world, "MSP", CPO, "POST", "receiver/commands/START_SESSION", command)
    assert done["data"]["result"] == "ACCEPTED", done

    async def results() -> int:
        return sum(each.operation == "post_command_result" for each in at.took)

    await eventually(results, 1)


async def test_what_a_version_cannot_represent_is_refused_or_named(world: World) -> None:
    for name, provider in (("MSP", EMSP), ("OLD", OLD)):
        body = session(f"S{name}", provider=provider)
        path = f"receiver/sessions/NL/CPO/S{name}"
        done = await ask(world, "CPO", provider, "PUT", path, body)
        assert done["status_code"] == 1000, done
    bill = cdr("COLD", provider=OLD, home_charging_compensation=True)
    done = await ask(world, "CPO", OLD, "POST", "receiver/cdrs", bill)
    assert done["status_code"] == 1000, done
    text = "converted between OCPI 2.2.1 and 2.2, lost: /home_charging_compensation"
    assert text in done["status_message"], done
    bad = await ask(world, "CPO", EMSP, "PUT", "receiver/locations/NL/CPO/BAD", {"id": "BAD"})
    assert bad["status_code"] == 2001, bad
