"""Partners of all versions at one platform: what is one's is neither seen nor touched by others."""

from collections.abc import AsyncIterator
from dataclasses import replace
from itertools import permutations

import httpx
import pytest
import pytest_asyncio

from tests.acceptance.apart import attempt, is_of
from tests.acceptance.attempts import attempts
from tests.acceptance.bundles import SPOKEN, Told, find
from tests.acceptance.guests import Call, credentials
from tests.acceptance.rivals import (
    OPERATIONS,
    PARTIES,
    PLAYED,
    Rivals,
    Watched,
    create,
    offered,
    own,
    partner_of,
)
from tests.acceptance.scene import Scene, furnish
from tests.acceptance.shelves import Reader
from tests.acceptance.sink import Sink
from tests.acceptance.stored import snapshot
from tests.server_impl.pair import served

NAMES = dict(zip(SPOKEN, ("anna", "bert", "carl", "dora", "emil"), strict=True))

TRIED = ("whole, of the owner", "with ")
"""Which attempts are made; within one version all are."""


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def company(
    tmp_path_factory: pytest.TempPathFactory, sinks: dict[str, Sink], http: httpx.AsyncClient
) -> AsyncIterator[dict[str, Rivals]]:
    """A partner of each version at one platform, each of which has all that it can have there."""
    points = Watched()
    directory = tmp_path_factory.mktemp("company")
    async with served(directory, *PARTIES, points=points, versions=SPOKEN) as host:
        await furnish(host)
        made: dict[str, Rivals] = {}
        for version, name in NAMES.items():
            scene = await partner_of(host, sinks[version], http, name)
            await create(scene)
            made[version] = Rivals(host, sinks[version], http, points, scene, scene)
        yield made


def between(company: dict[str, Rivals], owner: str, rival: str) -> Rivals:
    """Set a partner of one version against that of another."""
    return replace(company[rival], owner=company[owner].owner)


async def listed(scene: Scene, module: str) -> list[str]:
    """Read a whole list of the platform, whose total must be right."""
    reader = Reader(scene.guest)
    page = await reader.page(reader.url(module, limit=1000))
    assert page.total == len(page.ids)
    return page.ids


@pytest.mark.parametrize("version", SPOKEN)
async def test_each_lists_its_own_only(company: dict[str, Rivals], version: str) -> None:
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


@pytest.mark.parametrize(("owner", "rival"), [*permutations(SPOKEN, 2)])
async def test_a_session_of_one_is_not_there_for_another(
    company: dict[str, Rivals], owner: str, rival: str
) -> None:
    rivals = between(company, owner, rival)
    session = rivals.owner.session_id
    assert session in await listed(rivals.owner, "sessions")
    assert session not in await listed(rivals.rival, "sessions")


@pytest.mark.parametrize("told", OPERATIONS, ids=str)
async def test_no_operation_reaches_what_is_of_another_version(
    company: dict[str, Rivals], told: Told
) -> None:
    for version in SPOKEN:
        if version == told.version:
            continue
        rivals = between(company, version, told.version)
        tried = attempts(told, rivals.owner, rivals.rival.guest)
        calls = [each for each in tried if each[0].startswith(TRIED)]
        if told.module == "credentials":
            await attempt(rivals, await rivals.stranger(), calls[0])
        else:
            await attempt(rivals, rivals.rival.guest, *calls)


@pytest.mark.parametrize("version", SPOKEN)
async def test_everybody_still_has_it_all(company: dict[str, Rivals], version: str) -> None:
    scene = company[version].owner
    for told in offered(scene.guest):
        if told.module != "credentials":
            await own(scene, told)


@pytest.mark.parametrize(("owner", "rival"), [*permutations(SPOKEN, 2)])
async def test_nobody_comes_to_speak_for_a_party_of_another_version(
    company: dict[str, Rivals], owner: str, rival: str
) -> None:
    rivals = between(company, owner, rival)
    stranger = await rivals.stranger()
    party = rivals.owner.guest.party
    told = find(rival, "put_credentials")
    assert told
    claim = credentials(replace(stranger, party=party), PLAYED)
    answer = await stranger.call(Call(told, body=claim))
    assert (answer.status_code, answer.json()["status_code"]) == (200, 2001)
    platform = rivals.host.platform
    assert (await platform.partner(stranger.id)).parties == {stranger.party}
    assert (await platform.partner(rivals.owner.guest.id)).parties == {party}
