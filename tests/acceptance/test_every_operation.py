"""Every operation of every bundle is offered by some role, and takes a valid request."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product
from typing import Any, Final

import httpx2
import pytest
import pytest_asyncio

from ocpi_bindings.v2_2_1.models import Role
from ocpi_runtime.errors import NotSupported
from ocpi_runtime.types import PartyId
from ocpi_server import OwnParty
from ocpi_server._interfaces import interfaces_of
from tests.acceptance.support.bundles import SPOKEN, OperationCase
from tests.acceptance.support.furnished import FurnishedPlatform, furnish
from tests.acceptance.support.guests import Call, Guest, credentials, register, succeeded
from tests.acceptance.support.partner_server import PartnerServer
from tests.acceptance.support.two_partners import ALONE, OPERATIONS, PLAYED
from tests.server_impl.pair import served

DECLINED: Final[dict[str, str]] = {}
"""Operations that the platform does not offer on purpose, and why; each by its whole name."""

GUEST: Final = PartyId("AT", "GST")


@dataclass
class Tried:
    """What an operation was asked and what it said."""

    call: Call
    answer: httpx2.Response
    response_url: str | None


def needed_roles() -> Iterator[str]:
    """Return roles, each with something to offer that those before have not."""
    covered: set[tuple[str, str]] = set()
    for role in Role:
        offered = interfaces_of([role.value])
        if not offered <= covered:
            covered |= offered
            yield role.value


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def tried(
    tmp_path_factory: pytest.TempPathFactory,
    servers: dict[str, PartnerServer],
    http: httpx2.AsyncClient,
) -> dict[OperationCase, list[Tried]]:
    """Call everything that a platform of each role offers in each version."""
    found: dict[OperationCase, list[Tried]] = {}
    for role, version in product(needed_roles(), SPOKEN):
        party = OwnParty("NL", role[:3], role, f"Example {role}")
        directory = tmp_path_factory.mktemp(role)
        async with served(directory, party, versions=(version,), hub=ALONE) as host:
            await furnish(host)
            guest = await register(host, servers[version], http, role.lower(), GUEST, *PLAYED)
            for one in await walk(FurnishedPlatform(guest)):
                found.setdefault(one.call.case, []).append(one)
    return found


async def walk(scene: FurnishedPlatform) -> list[Tried]:
    """Call each operation that the partner is offered, in an order in which all can succeed."""
    guest = scene.guest
    await scene.prepare()
    offered = [case for case in OPERATIONS if case.interface in guest.endpoints]
    last = [case for case in offered if case.module == "credentials"]
    done = [await once(scene, case) for case in offered if case not in last]
    await guest.host.platform.settled()
    return done + [await of_registration(guest, case) for case in last]


async def once(scene: FurnishedPlatform, case: OperationCase) -> Tried:
    call = scene.call(case)
    answer = await scene.guest.call(call)
    scene.learn(answer)
    body: Any = call.body if isinstance(call.body, dict) else {}
    return Tried(call, answer, body.get("response_url") or call.query.get("response_url"))


async def of_registration(guest: Guest, case: OperationCase) -> Tried:
    """Call the credentials module; a POST needs an invitation."""
    call = Call(case, body=None if case.body is None else credentials(guest, PLAYED))
    if case.method == "POST":
        await guest.call(Call(next(each for each in _of(case) if each.id == "delete_credentials")))
        platform = guest.host.platform
        invitation = await platform.issue_token_a(guest.name, partner_id=guest.id)
        guest.token = invitation.token
    answer = await guest.call(call)
    if case.body is not None and succeeded(answer):
        guest.token = answer.json()["data"]["token"]
    return Tried(call, answer, None)


def _of(case: OperationCase) -> Iterator[OperationCase]:
    return (each for each in OPERATIONS if each.interface == case.interface)


@pytest.mark.parametrize("case", OPERATIONS, ids=str)
def test_it_is_offered_and_takes_a_valid_request(
    tried: dict[OperationCase, list[Tried]], case: OperationCase
) -> None:
    assert case in tried, "no role mounts it"
    for one in tried[case]:
        message = one.answer.json().get("status_message")
        declined = message == NotSupported().message
        assert declined == (str(case) in DECLINED)
        assert declined or succeeded(one.answer), f"{one.call} -> {one.answer.text}"


@pytest.mark.parametrize("case", [case for case in OPERATIONS if case.answers_later], ids=str)
def test_a_result_follows_to_where_it_was_wanted(
    tried: dict[OperationCase, list[Tried]], case: OperationCase, servers: dict[str, PartnerServer]
) -> None:
    for one in tried[case]:
        assert one.response_url
        (result,) = servers[case.version].of(one.response_url)
        assert result["result"] == "ACCEPTED"


def test_the_explained_list_is_short_and_true() -> None:
    names = {str(case) for case in OPERATIONS}
    assert set(DECLINED) <= names
    assert all(DECLINED.values())
    assert len(DECLINED) <= 3
