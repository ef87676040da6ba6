"""Every operation of every bundle is offered by some role, and takes a valid request."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product
from typing import Any, Final

import httpx
import pytest
import pytest_asyncio

from ocpi_bindings.v2_2_1.models import Role
from ocpi_runtime.errors import NotSupported
from ocpi_runtime.types import PartyId
from ocpi_server import OwnParty
from ocpi_server.interfaces import sides_of
from tests.acceptance.bundles import SPOKEN, Told
from tests.acceptance.guests import Call, Guest, credentials, register, succeeded
from tests.acceptance.rivals import OPERATIONS, PLAYED
from tests.acceptance.scene import Scene, furnish
from tests.acceptance.sink import Sink
from tests.server_impl.pair import served

DECLINED: Final[dict[str, str]] = {}
"""Operations that the platform does not offer on purpose, and why; each by its whole name."""

GUEST: Final = PartyId("AT", "GST")


@dataclass
class Tried:
    """What an operation was asked and what it said."""

    call: Call
    answer: httpx.Response
    response_url: str | None


def needed_roles() -> Iterator[str]:
    """Give roles, each with something to offer that those before have not."""
    covered: set[tuple[str, str]] = set()
    for role in Role:
        offered = sides_of([role.value])
        if not offered <= covered:
            covered |= offered
            yield role.value


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def tried(
    tmp_path_factory: pytest.TempPathFactory, sinks: dict[str, Sink], http: httpx.AsyncClient
) -> dict[Told, list[Tried]]:
    """Call everything that a platform of each role offers in each version."""
    found: dict[Told, list[Tried]] = {}
    for role, version in product(needed_roles(), SPOKEN):
        party = OwnParty("NL", role[:3], role, f"Example {role}")
        async with served(tmp_path_factory.mktemp(role), party, versions=(version,)) as host:
            await furnish(host)
            guest = await register(host, sinks[version], http, role.lower(), GUEST, *PLAYED)
            for one in await walk(Scene(guest)):
                found.setdefault(one.call.told, []).append(one)
    return found


async def walk(scene: Scene) -> list[Tried]:
    """Call each operation that the partner is offered, in an order in which all can succeed."""
    guest = scene.guest
    await scene.prepare()
    offered = [told for told in OPERATIONS if told.interface in guest.endpoints]
    last = [told for told in offered if told.module == "credentials"]
    done = [await once(scene, told) for told in offered if told not in last]
    await guest.host.platform.settled()
    return done + [await of_registration(guest, told) for told in last]


async def once(scene: Scene, told: Told) -> Tried:
    call = scene.call(told)
    answer = await scene.guest.call(call)
    scene.learn(answer)
    body: Any = call.body if isinstance(call.body, dict) else {}
    return Tried(call, answer, body.get("response_url") or call.query.get("response_url"))


async def of_registration(guest: Guest, told: Told) -> Tried:
    """Call the credentials module; a POST needs an invitation."""
    call = Call(told, body=None if told.body is None else credentials(guest, PLAYED))
    if told.method == "POST":
        await guest.call(Call(next(each for each in _of(told) if each.id == "delete_credentials")))
        platform = guest.host.platform
        invitation = await platform.issue_token_a(guest.name, partner_id=guest.id)
        guest.token = invitation.token
    answer = await guest.call(call)
    if told.body is not None and succeeded(answer):
        guest.token = answer.json()["data"]["token"]
    return Tried(call, answer, None)


def _of(told: Told) -> Iterator[Told]:
    return (each for each in OPERATIONS if each.interface == told.interface)


@pytest.mark.parametrize("told", OPERATIONS, ids=str)
def test_it_is_offered_and_takes_a_valid_request(
    tried: dict[Told, list[Tried]], told: Told
) -> None:
    assert told in tried, "no role mounts it"
    for one in tried[told]:
        message = one.answer.json().get("status_message")
        declined = message == NotSupported().message
        assert declined == (str(told) in DECLINED)
        assert declined or succeeded(one.answer), f"{one.call} -> {one.answer.text}"


@pytest.mark.parametrize("told", [told for told in OPERATIONS if told.answers_later], ids=str)
def test_a_result_follows_to_where_it_was_wanted(
    tried: dict[Told, list[Tried]], told: Told, sinks: dict[str, Sink]
) -> None:
    for one in tried[told]:
        assert one.response_url
        (result,) = sinks[told.version].of(one.response_url)
        assert result["result"] == "ACCEPTED"


def test_the_explained_list_is_short_and_true() -> None:
    names = {str(told) for told in OPERATIONS}
    assert set(DECLINED) <= names
    assert all(DECLINED.values())
    assert len(DECLINED) <= 3
