"""Some hundred mutated bodies; ``python -m tests.mutations`` sends as many as one likes."""

from collections.abc import AsyncIterator, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from ocpi_runtime import codec
from ocpi_runtime.errors import InvalidParameters
from ocpi_runtime.server import Received
from ocpi_runtime.server._requests import bodies
from ocpi_runtime.types import Raw
from ocpi_server.store import Draft, ObjectStore
from tests.acceptance.support.bundles import SPOKEN
from tests.acceptance.support.partner_server import PartnerServer
from tests.mutations.attack import Attack, attacking
from tests.mutations.duplicates import twice
from tests.support.serving import serving

COUNT = 150


@pytest.fixture(scope="module")
def stack() -> Iterator[ExitStack]:
    with ExitStack() as made:
        yield made


@pytest_asyncio.fixture(params=SPOKEN)
async def attack(
    request: pytest.FixtureRequest, stack: ExitStack, tmp_path: Path
) -> AsyncIterator[Attack]:
    """A partner of a platform that offers everything, in each version."""
    server = PartnerServer("", request.param)
    server.base_url = stack.enter_context(serving(lambda _: server.app()))
    async with attacking(tmp_path, server, seed=5) as made:
        yield made


async def test_mutated_bodies_are_refused_and_leave_nothing(attack: Attack) -> None:
    await attack.run(COUNT)
    assert attack.findings == []
    assert attack.counts["sent"] == COUNT
    assert min(attack.counts["accepted"], attack.counts["refused"]) > COUNT // 10


async def test_of_two_values_the_first_is_no_wrong_one(attack: Attack) -> None:
    tried = 0
    for case in attack.operations:
        for mutated in twice(attack.scene.call(case).body):
            await attack.send(attack.scene.call(case), mutated)
            tried += 1
    assert attack.findings == []
    assert attack.counts["refused"] == tried > 100


@pytest.mark.parametrize("attack", ["2.2.1"], indirect=True)
async def test_an_attack_finds_a_platform_that_validates_nothing(
    attack: Attack, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def read(raw: bytes, kind: Any, _: Any) -> Received[Any]:
        return Received(codec.decode(raw, kind), Raw(raw))

    monkeypatch.setattr(bodies, "_checked", read)
    await attack.run(COUNT)
    assert any("accepted though" in each for each in attack.findings)


@pytest.mark.parametrize("attack", ["2.2.1"], indirect=True)
async def test_an_attack_finds_what_was_stored_though_it_was_refused(
    attack: Attack, monkeypatch: pytest.MonkeyPatch
) -> None:
    put = ObjectStore.put

    async def refuse(store: ObjectStore, draft: Draft, **options: Any) -> None:
        await put(store, draft, **options)
        raise InvalidParameters

    monkeypatch.setattr(ObjectStore, "put", refuse)
    await attack.run(COUNT)
    assert any("stored though refused" in each for each in attack.findings)
