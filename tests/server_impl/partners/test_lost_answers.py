"""Lost answers to credentials: both sides agree afterwards, and nobody had to help."""

import os
from collections import Counter
from collections.abc import AsyncIterator
from pathlib import Path
from random import Random
from typing import Any

import httpx2
import msgspec
import pytest
import pytest_asyncio

from ocpi_runtime.errors import OcpiError
from ocpi_server.partners import PartnerRecord, Status
from tests.server_impl.losing import Losing, Losses
from tests.server_impl.pair import (
    CPO,
    EMSP,
    Caller,
    Pair,
    Served,
    calling,
    introduce,
    served,
    token,
)
from tests.server_impl.reading import put, received
from tests.server_impl.samples import cdr

RUNS = int(os.environ.get("LOST_ANSWERS", "20"))
"""PendingRequests of which something is lost; 100 take more than a minute."""
REQUESTS = 6
"""A registration or renewal: versions, details, credentials, twice the way back, confirmation."""


@pytest_asyncio.fixture(loop_scope="session")
async def losses() -> Losses:
    return Losses()


@pytest_asyncio.fixture(loop_scope="session")
async def lossy(tmp_path: Path, losses: Losses) -> AsyncIterator[Pair]:
    """A registered pair, of whose requests some are lost on the way."""

    def wrap(app: Any) -> Any:
        return Losing(app, losses)

    async with (
        served(tmp_path / "cpo", CPO, wrap=wrap) as cpo,
        served(tmp_path / "emsp", EMSP, wrap=wrap) as emsp,
    ):
        yield await introduce(cpo, emsp)


async def registered(at: Served) -> PartnerRecord:
    """Return the only live registration of a platform."""
    (record,) = [
        each for each in await at.platform.partners.every() if each.status is Status.REGISTERED
    ]
    return record


async def agreed(pair: Pair) -> None:
    """Call each side from the other: versions, credentials and a functional module."""
    at_cpo, at_emsp = await registered(pair.cpo), await registered(pair.emsp)
    there = pair.emsp.platform.clients.peer(at_emsp)
    await there.credentials.get_credentials()
    assert [each async for each in there.locations.get_locations()] == []
    back = pair.cpo.platform.clients.peer(at_cpo)
    await back.credentials.get_credentials()
    assert {each.uid async for each in back.tokens.get_tokens()} <= {"TOKEN1"}


async def again(pair: Pair) -> tuple[str, str]:
    """End the registration and invite the partner again."""
    await pair.emsp.platform.unregister(await registered(pair.emsp))
    key = pair.at_cpo.id
    made = await pair.cpo.platform.issue_token_a("guest", partner_id=key)
    return made.versions_url, made.token


async def post_cdr(pair: Pair, losses: Losses, uid: str) -> None:
    """Post a CDR once; afterwards the eMSP has it once, and the CPO knows its URL."""
    sent = cdr(uid)
    platform = pair.cpo.platform
    (partner,) = await platform.publisher.cdr(msgspec.json.encode(sent))
    while (await platform.pushed())[partner] is not None:
        await platform.retry_pushes(partner)
    url = await platform.publisher.cdr_url(CPO.id, uid)
    assert url
    losses.lose({})
    source = (await registered(pair.emsp)).id
    found = await received(pair.emsp, "cdrs", source)
    assert [each for each in found if each["id"] == uid] == [sent]
    async with calling(pair.emsp, pair.cpo, await registered(pair.cpo)) as as_cpo:
        assert (await as_cpo("GET", url)).json()["data"] == sent


async def test_lost_answers_at_random_places_heal(lossy: Pair, losses: Losses) -> None:
    random = Random(4)  # noqa: S311 - the places of losses, the same in each run
    await put(lossy.emsp, "tokens", token())
    steps: Counter[str] = Counter()
    for run in range(RUNS):
        step = random.choice(["register", "renew", "renew back", "post a CDR"])
        invitation = await again(lossy) if step == "register" else ("", "")
        # A CDR is one request, so that its repetitions are what can be lost, too.
        places = random.sample(range(REQUESTS), random.choice([1, 1, 2]))
        if step == "post a CDR":
            places = [*range(random.choice([1, 1, 2]))]
        losses.lose({place: random.choice(["request", "answer"]) for place in places})
        if step == "register":
            await lossy.emsp.platform.register_with(*invitation)
        elif step == "post a CDR":
            await post_cdr(lossy, losses, f"CDR{run}")
        else:
            at = lossy.emsp if step == "renew" else lossy.cpo
            await at.platform.renew(await registered(at))
        losses.lose({})
        await agreed(lossy)
        steps[step] += 1
    assert losses.lost >= RUNS
    assert min(steps.values()) > RUNS / 10


async def test_a_cdr_without_any_answer_is_posted_later(lossy: Pair, losses: Losses) -> None:
    await put(lossy.emsp, "tokens", token())
    losses.lose(dict.fromkeys(range(10), "answer"))
    platform = lossy.cpo.platform
    (partner,) = await platform.publisher.cdr(msgspec.json.encode(cdr()))
    assert (await platform.pushed())[partner] is not None
    assert await platform.publisher.cdr_url(CPO.id, "CDR1") is None
    losses.lose({})
    assert await platform.retry_pushes() == 1
    assert (await platform.pushed())[partner] is None
    url = await platform.publisher.cdr_url(CPO.id, "CDR1")
    assert url
    await platform.publisher.cdr_again(CPO.id, "CDR1")
    assert (await platform.pushed())[partner] is None
    assert url == await platform.publisher.cdr_url(CPO.id, "CDR1")
    assert len(await received(lossy.emsp, "cdrs", lossy.at_emsp.id)) == 1


async def test_a_registration_is_repeated_with_the_same_token_a(
    lossy: Pair, losses: Losses
) -> None:
    versions_url, token_a = await again(lossy)
    # Each answer to POST is lost: the partner has gone through with it, and we do not know.
    losses.lose({2: "answer", 7: "answer", 12: "answer"} | dict.fromkeys(range(15, 40), "request"))
    with pytest.raises(OcpiError):
        await lossy.emsp.platform.register_with(versions_url, token_a)
    losses.lose({})
    assert (await registered(lossy.cpo)).id == lossy.at_cpo.id
    async with httpx2.AsyncClient(timeout=60) as http:
        call = Caller(http, token_a)
        assert (await call("GET", versions_url)).status_code == 200
        assert (await call("GET", lossy.cpo.url("sender", "locations"))).status_code == 401
    await lossy.emsp.platform.register_with(versions_url, token_a)
    await agreed(lossy)
    async with httpx2.AsyncClient(timeout=60) as http:
        assert (await Caller(http, token_a)("GET", versions_url)).status_code == 401


async def test_both_tokens_work_after_a_renewal_without_answer(lossy: Pair, losses: Losses) -> None:
    for at in (lossy.emsp, lossy.cpo, lossy.emsp):
        answers = dict.fromkeys((2, 7, 12), "answer")
        losses.lose(answers | dict.fromkeys(range(15, 40), "request"))
        with pytest.raises(OcpiError):
            await at.platform.renew(await registered(at))
        losses.lose({})
        await agreed(lossy)
    await lossy.emsp.platform.renew(await registered(lossy.emsp))
    await agreed(lossy)


async def test_the_token_of_before_ends_when_the_new_one_is_used(
    lossy: Pair, losses: Losses
) -> None:
    cpo, emsp = lossy.cpo, lossy.emsp
    url = cpo.url("sender", "locations")
    async with calling(cpo, emsp, lossy.at_emsp) as old:
        # The confirmation is lost before it arrives, so that nobody has used the new token yet.
        losses.lose({5: "request", **dict.fromkeys(range(6, 12), "request")})
        renewed = await emsp.platform.renew(await registered(emsp))
        losses.lose({})
        assert (await old("GET", url)).status_code == 200
        async with calling(cpo, emsp, renewed) as new:
            assert (await new("GET", url)).status_code == 200
        assert (await old("GET", url)).status_code == 401
        assert (await old("GET", cpo.url("credentials"))).status_code == 401
