"""What a partner is to be sent again: demands of operators add up while it is away."""

from pathlib import Path
from typing import Any

import pytest

from ocpi_server import PushRules
from tests.server_impl.fault_injector import FaultInjector
from tests.server_impl.pair import CPO, EMSP, introduce, location, served
from tests.server_impl.reading import put
from tests.server_impl.samples import tariff

ALL = [("PUT", "L1"), ("PUT", "T1")]


@pytest.mark.parametrize("full", [False, True])
async def test_a_module_is_sent_beside_what_is_still_to_be_sent(
    tmp_path: Path, *, full: bool
) -> None:
    injector = FaultInjector()
    injector.mode = "500"
    async with (
        served(tmp_path / "cpo", CPO, push=PushRules(full_after_registration=full)) as cpo,
        served(tmp_path / "emsp", EMSP, wrap=injector.wrap) as emsp,
    ):
        await put(cpo, "locations", location("L1"))
        await put(cpo, "tariffs", tariff("T1"))
        administration = cpo.platform.administration
        partner = (await introduce(cpo, emsp)).at_cpo.id
        await administration.set_blocked(partner, blocked=True)
        if not full:
            await cpo.platform.resync(partner, "locations")
        await cpo.platform.resync(partner, "tariffs")
        injector.took()
        injector.mode = "open"
        await administration.set_blocked(partner, blocked=False)
        await cpo.platform.retry_pushes()
        assert await cpo.platform.pushed() == {partner: None}
        assert sorted(injector.took()) == ALL


@pytest.mark.one_node(reason="watches the outbox of one process")
async def test_what_is_demanded_while_objects_are_looked_up_is_sent(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    injector = FaultInjector()
    async with (
        served(tmp_path / "cpo", CPO) as cpo,
        served(tmp_path / "emsp", EMSP, wrap=injector.wrap) as emsp,
    ):
        await put(cpo, "locations", location("L1"))
        await put(cpo, "tariffs", tariff("T1"))
        partner = (await introduce(cpo, emsp)).at_cpo.id
        outbox = cpo.platform.parts.pushes.outbox
        refill = outbox.refill

        async def refill_later(*arguments: Any) -> None:
            monkeypatch.setattr(outbox, "refill", refill)
            await cpo.platform.resync(partner, "locations")
            await refill(*arguments)

        monkeypatch.setattr(outbox, "refill", refill_later)
        await cpo.platform.resync(partner, "tariffs")
        assert await cpo.platform.pushed() == {partner: None}
        assert sorted(set(injector.took())) == ALL
