"""A partner on an earlier edition gets what that takes; what it does not get is listed."""

import json
from pathlib import Path
from typing import Any

import pytest

from ocpi_bindings.v2_3_0.models import CDR, Location
from ocpi_runtime.codec import decode, encode
from ocpi_runtime.dialect import Dialect
from ocpi_runtime.testing._factories import Factory
from ocpi_server.partners import WrongState
from ocpi_server.store import Shortfall
from tests.server_impl.pair import CPO, EMSP, Pair, calling, paired
from tests.server_impl.reading import accepted
from tests.server_impl.samples import booking_of_1_0

FIRST = Dialect(edition="core-1")
OWNER = {"country_code": CPO.country_code, "party_id": CPO.party_id}
LONG = Factory().make(Location, **OWNER, id="LONG", address="A" * 60, state="S" * 40)
ADDRESS = Shortfall("/address", f"the edition core-1 takes it as '{'A' * 45}'")


def signed_cdr() -> CDR:
    made = json.loads(encode(Factory().make(CDR, **OWNER, id="C1")))
    made["cdr_token"] |= {"country_code": EMSP.country_code, "party_id": EMSP.party_id}
    value = {"nature": "End", "plain_data": "x" * 600, "signed_data": "y"}
    made["signed_data"] = {"encoding_method": "OCMF", "signed_values": [value]}
    return decode(json.dumps(made).encode(), CDR)


async def lists(pair: Pair, path: str) -> Any:
    async with calling(pair.cpo, pair.emsp, pair.at_emsp) as caller:
        return (await caller("GET", f"{pair.cpo.base_url}/2.3.0/sender/{path}")).json()["data"]


async def test_a_partner_on_core_edition_1_gets_no_longer_strings(tmp_path: Path) -> None:
    async with paired(tmp_path, versions=("2.3.0",)) as pair:
        platform = pair.cpo.platform
        await platform.put_own("locations", LONG)
        assert (await lists(pair, "locations"))[0]["address"] == "A" * 60
        assert await platform.losses() == []

        await platform.administration.set_dialect(pair.at_cpo.id, FIRST)
        (found,) = await lists(pair, "locations")
        assert (found["address"], found["state"]) == ("A" * 45, "S" * 20)
        assert (await lists(pair, "locations/LONG"))["state"] == "S" * 20
        await platform.publisher.location(LONG)
        await platform.pushed()
        ((_, raw),) = await accepted(pair.emsp, "locations", pair.at_emsp.id)
        assert json.loads(raw)["address"] == "A" * 45
        (lossy,) = await platform.losses()
        assert (lossy.version, lossy.unsayable, lossy.losses[0]) == ("2.3.0@core-1", False, ADDRESS)

        await platform.put_own("cdrs", signed_cdr())
        assert "signed_data" not in (await lists(pair, "cdrs"))[0]
        _, second = await platform.losses()
        assert second.losses == (Shortfall("/signed_data", "the edition core-1 does not have it"),)


async def test_an_edition_must_be_one_of_the_version_of_the_partner(tmp_path: Path) -> None:
    async with paired(tmp_path) as pair:
        administration = pair.cpo.platform.administration
        with pytest.raises(WrongState, match=r"OCPI 2\.2\.1 has no edition 'core-1', none at all"):
            await administration.set_dialect(pair.at_cpo.id, FIRST)
        waiting = await pair.cpo.platform.issue_token_a("waiting")
        await administration.set_dialect(waiting.partner_id, FIRST)
        with pytest.raises(WrongState, match=r"OCPI has no edition 'core1', .*mean 'core-1'"):
            await administration.set_dialect(waiting.partner_id, Dialect(edition="core1"))


async def test_objects_of_a_partner_are_validated_by_its_edition(tmp_path: Path) -> None:
    async with paired(tmp_path, versions=("2.3.0",)) as pair:
        booking = booking_of_1_0()
        url = f"{pair.emsp.base_url}/2.3.0/receiver/bookings/NL/CPO/B1"
        async with calling(pair.emsp, pair.cpo, pair.at_cpo) as caller:
            assert (await caller("PUT", url, booking)).json()["status_code"] == 2001
            administration = pair.emsp.platform.administration
            await administration.set_dialect(pair.at_emsp.id, Dialect(edition="bookings-1.0"))
            assert (await caller("PUT", url, booking)).json()["status_code"] == 1000
            assert (await caller("GET", url)).json()["data"] == booking
            wrong = {**booking, "period": {"start_from": "2026-03-01T10:00:00Z"}}
            assert (await caller("PUT", url, wrong)).json()["status_code"] == 2001
