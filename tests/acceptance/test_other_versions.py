"""Partners of all versions at one platform: what is one's is neither seen nor touched by others."""

from collections.abc import AsyncIterator
from dataclasses import replace
from itertools import permutations

import httpx2
import pytest
import pytest_asyncio

from tests.acceptance.support.attempts import attempts
from tests.acceptance.support.bundles import SPOKEN, OperationCase, find
from tests.acceptance.support.changing_lists import Reader
from tests.acceptance.support.furnished import FurnishedPlatform, furnish
from tests.acceptance.support.guests import Call, credentials
from tests.acceptance.support.isolation import attempt, is_of
from tests.acceptance.support.partner_server import PartnerServer
from tests.acceptance.support.stored import snapshot
from tests.acceptance.support.two_partners import (
    ALONE,
    OPERATIONS,
    PARTIES,
    PLAYED,
    TwoPartners,
    Watched,
    create,
    offered,
    own,
    partner_of,
)
from tests.server_impl.pair import served

NAMES = dict(zip(SPOKEN, ("anna", "bert", "carl", "dora", "emil"), strict=True))

TRIED = ("whole, of the owner", "with ")
"""Which attempts are made; within one version all are."""


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def company(
    tmp_path_factory: pytest.TempPathFactory,
    servers: dict[str, PartnerServer],
    http: httpx2.AsyncClient,
) -> AsyncIterator[dict[str, TwoPartners]]:
    """A partner of each version at one platform, each of which has all that it can have there."""
    points = Watched()
    directory = tmp_path_factory.mktemp("company")
    async with served(directory, *PARTIES, points=points, versions=SPOKEN, hub=ALONE) as host:
        await furnish(host)
        made: dict[str, TwoPartners] = {}
        for version, name in NAMES.items():
            scene = await partner_of(host, servers[version], http, name)
            await create(scene)
            made[version] = TwoPartners(host, servers[version], http, points, scene, scene)
        yield made


def between(company: dict[str, TwoPartners], owner: str, second: str) -> TwoPartners:
    """Set a partner of one version against that of another."""
    return replace(company[second], owner=company[owner].owner)


async def listed(scene: FurnishedPlatform, module: str) -> list[str]:
    """Read a whole list of the platform, whose total must be right."""
    reader = Reader(scene.guest)
    page = await reader.page(reader.url(module, limit=1000))
    assert page.total == len(page.ids)
    return page.ids


@pytest.mark.parametrize("version", SPOKEN)
async def test_each_lists_its_own_only(company: dict[str, TwoPartners], version: str) -> None:
    scene = company[version].owner
    name = scene.guest.name
    assert await listed(scene, "cdrs") == [f"{name}-CDR"]
    found = await listed(scene, "sessions")
    rows = (await snapshot(scene.guest.host.platform)).values()
    of_it = [row for row in rows if row.get("module") == "sessions" and row["source"] == ""]
    assert {each.lower() for each in found} == {
        row["uid"] for row in of_it if is_of(row, scene.guest)
    }
    assert f"{name}-OLD" in found
    assert len(of_it) > len(found)


@pytest.mark.parametrize(("owner", "second"), [*permutations(SPOKEN, 2)])
async def test_a_session_of_one_is_not_there_for_another(
    company: dict[str, TwoPartners], owner: str, second: str
) -> None:
    partners = between(company, owner, second)
    session = partners.owner.session_id
    assert session in await listed(partners.owner, "sessions")
    assert session not in await listed(partners.second, "sessions")


@pytest.mark.parametrize("case", OPERATIONS, ids=str)
async def test_no_operation_reaches_what_is_of_another_version(
    company: dict[str, TwoPartners], case: OperationCase
) -> None:
    for version in SPOKEN:
        if version == case.version:
            continue
        partners = between(company, version, case.version)
        tried = attempts(case, partners.owner, partners.second.guest)
        calls = [each for each in tried if each[0].startswith(TRIED)]
        if case.module == "credentials":
            await attempt(partners, await partners.stranger(), calls[0])
        else:
            await attempt(partners, partners.second.guest, *calls)


@pytest.mark.parametrize("version", SPOKEN)
async def test_everybody_still_has_it_all(company: dict[str, TwoPartners], version: str) -> None:
    scene = company[version].owner
    for case in offered(scene.guest):
        if case.module != "credentials":
            await own(scene, case)


@pytest.mark.parametrize(("owner", "second"), [*permutations(SPOKEN, 2)])
async def test_nobody_comes_to_speak_for_a_party_of_another_version(
    company: dict[str, TwoPartners], owner: str, second: str
) -> None:
    partners = between(company, owner, second)
    stranger = await partners.stranger()
    party = partners.owner.guest.party
    case = find(second, "put_credentials")
    assert case
    claim = credentials(replace(stranger, party=party), PLAYED)
    answer = await stranger.call(Call(case, body=claim))
    assert (answer.status_code, answer.json()["status_code"]) == (200, 2001)
    platform = partners.host.platform
    assert (await platform.partner(stranger.id)).parties == {stranger.party}
    assert (await platform.partner(partners.owner.guest.id)).parties == {party}
