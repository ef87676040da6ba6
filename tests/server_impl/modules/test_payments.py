"""Payments: terminals of a PTP, what a CPO does with them, and what was paid at them."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import msgspec
import pytest
import pytest_asyncio

from ocpi_bindings.v2_3_0.clients.payments import PaymentsClient
from ocpi_runtime.errors import GenericClientError, InvalidParameters, NotFound, StatusError
from ocpi_runtime.types import PartyId, Raw
from ocpi_server import OwnParty
from ocpi_server.partners import PartnerRecord
from ocpi_server.store import Key
from tests.server_impl.pair import CPO, Caller, Pair, Served, calling, introduce, served
from tests.server_impl.samples import confirmation, terminal

PTP = OwnParty("AT", "PTP", "PTP", "Example Payments")
RIVAL = OwnParty("BE", "RIV", "CPO", "Another operator")
STAMP = "2026-01-01T10:00:00Z"
NEWER = "2026-02-01T10:00:00Z"


@pytest_asyncio.fixture(loop_scope="session")
async def pay(tmp_path: Path) -> AsyncIterator[Pair]:
    """A CPO, and a PTP in the place of the other platform."""
    async with (
        served(tmp_path / "cpo", CPO, versions=("2.3.0",)) as cpo,
        served(tmp_path / "ptp", PTP, versions=("2.3.0",)) as ptp,
    ):
        yield await introduce(cpo, ptp)


@pytest_asyncio.fixture(loop_scope="session")
async def rival(pay: Pair, tmp_path: Path) -> AsyncIterator[PaymentsClient]:
    """Another CPO that is registered at the PTP."""
    async with served(tmp_path / "rival", RIVAL, versions=("2.3.0",)) as made:
        both = await introduce(pay.emsp, made)
        yield client(made, both.at_emsp)


@pytest_asyncio.fixture(loop_scope="session")
async def as_cpo(pay: Pair) -> AsyncIterator[Caller]:
    async with calling(pay.emsp, pay.cpo, pay.at_cpo) as caller:
        yield caller


def client(at: Served, partner: PartnerRecord) -> PaymentsClient:
    peer: Any = at.platform.clients.peer(partner)
    found: PaymentsClient = peer.payments
    return found


def text(value: dict[str, Any]) -> Raw:
    return Raw(msgspec.json.encode(value))


async def put(pay: Pair, *uids: str, cpo: PartyId = CPO.id) -> None:
    for uid in uids:
        await pay.emsp.platform.payments.provider.terminal(text(terminal(uid)), cpo)
    await pay.emsp.platform.pushed()


async def test_a_terminal_is_pushed_and_assigned(pay: Pair) -> None:
    ptp, cpo = pay.emsp.platform, pay.cpo.platform
    assert await ptp.payments.provider.terminal(text(terminal()), CPO.id) == (pay.at_emsp.id,)
    await ptp.pushed()
    there = await client(pay.emsp, pay.at_emsp).get_stored_terminal("T1")
    assert there.location_ids is msgspec.UNSET
    done = await cpo.payments.user.assign(pay.at_cpo, "T1", location_ids=["LOC1"])
    assert done.location_ids == ["LOC1"]
    assert done.last_updated > there.last_updated
    done = await cpo.payments.user.assign(pay.at_cpo, "T1", evse_uids=["E7"])
    assert (done.location_ids, done.evse_uids) == (["LOC1"], ["E7"])
    # The CPO has what the PTP has.
    assert await client(pay.emsp, pay.at_emsp).get_stored_terminal("T1") == done


async def test_a_minimal_terminal_is_readable_as_a_whole_one(pay: Pair) -> None:
    peer = client(pay.emsp, pay.at_emsp)
    await peer.post_terminal(text({"terminal_id": "T1", "last_updated": None}))
    first = await peer.get_stored_terminal("t1")
    await peer.post_terminal(text({"terminal_id": "T1", "city": "Vienna"}))
    second = await peer.get_stored_terminal("T1")
    assert (second.city, second.last_updated > first.last_updated) == ("Vienna", True)
    await peer.post_terminal(text(terminal(city="Graz")))
    assert (await peer.get_stored_terminal("T1")).city == "Vienna"


async def test_a_post_says_whether_the_terminal_is_new(pay: Pair) -> None:
    async with calling(pay.cpo, pay.emsp, pay.at_emsp) as as_ptp:
        url = f"{pay.cpo.base_url}/2.3.0/receiver/payments/terminals"
        statuses = [(await as_ptp("POST", url, terminal())).status_code for _ in range(2)]
        assert statuses == [201, 200]
        url = f"{pay.cpo.base_url}/2.3.0/receiver/payments/financial-advice-confirmations"
        statuses = [(await as_ptp("POST", url, confirmation())).status_code for _ in range(2)]
        assert statuses == [201, 200]


async def test_a_cpo_puts_what_it_knows(pay: Pair) -> None:
    await put(pay, "T1")
    peer = client(pay.cpo, pay.at_cpo)
    changed = terminal(customer_reference="CSMS-1", x_note="kept", last_updated=NEWER)
    await peer.put_terminal("T1", text(changed))
    assert (await peer.get_terminal("T1")).customer_reference == "CSMS-1"
    await peer.put_terminal("T1", text(terminal(customer_reference="OLD")))
    assert (await peer.get_terminal("T1")).customer_reference == "CSMS-1"
    await peer.patch_terminal("T1", text({"city": "Wien", "last_updated": STAMP}))
    assert (await peer.get_terminal("T1")).city is msgspec.UNSET
    await peer.patch_terminal("T1", text({"customer_reference": None, "city": "Wien"}))
    stored = await pay.emsp.platform.parts.store.get(Key.of("terminals", PTP.id, "T1"))
    assert stored is not None
    found = msgspec.json.decode(stored.raw)
    assert (found["city"], found["x_note"], "customer_reference" in found) == (
        "Wien",
        "kept",
        False,
    )


async def test_bodies_belong_to_their_urls_and_owners(pay: Pair) -> None:
    await put(pay, "T1")
    peer = client(pay.cpo, pay.at_cpo)
    with pytest.raises(InvalidParameters):
        await peer.put_terminal("T1", text(terminal("T2", last_updated=NEWER)))
    with pytest.raises(InvalidParameters):
        await peer.patch_terminal("T1", text({"terminal_id": "T2"}))
    stolen = {"country_code": "BE", "party_id": "RIV", "last_updated": NEWER}
    for refused in (
        peer.put_terminal("T1", text(terminal(**stolen))),
        peer.patch_terminal("T1", text(stolen)),
        peer.post_activate_terminal(text(stolen)),
        peer.put_terminal("T9", text(terminal("T9"))),
        peer.patch_terminal("T9", text({})),
        peer.post_deactivate_terminal("T9"),
    ):
        with pytest.raises(NotFound):
            await refused


async def test_an_activation_leads_to_a_terminal(pay: Pair) -> None:
    cpo, ptp = pay.cpo.platform, pay.emsp.platform
    wanted = {"reference": "SERIAL-1", "location_ids": ["LOC1"], "last_updated": STAMP}
    await cpo.payments.user.activate(pay.at_cpo, text(wanted))
    await ptp.settled()
    (made,) = [each async for each in client(pay.cpo, pay.at_cpo).get_terminals()]
    assert (made.reference, made.location_ids) == ("SERIAL-1", ["LOC1"])
    pushed = await client(pay.emsp, pay.at_emsp).get_stored_terminal(made.terminal_id)
    assert pushed == made


async def test_a_terminal_is_deactivated_and_activated_again(pay: Pair) -> None:
    cpo, ptp = pay.cpo.platform, pay.emsp.platform
    await put(pay, "T1", "T2")
    await cpo.payments.user.deactivate(pay.at_cpo, "T1")
    peer = client(pay.cpo, pay.at_cpo)
    assert [each.terminal_id async for each in peer.get_terminals()] == ["T2"]
    with pytest.raises(NotFound):
        await client(pay.emsp, pay.at_emsp).get_stored_terminal("T1")
    with pytest.raises(NotFound):
        await cpo.payments.user.assign(pay.at_cpo, "T1", location_ids=["LOC1"])
    for city in ("Wien", "Graz"):  # the second time it is active already
        again = {"terminal_id": "T1", "city": city, "last_updated": STAMP}
        await cpo.payments.user.activate(pay.at_cpo, text(again))
        await ptp.settled()
        assert (await client(pay.emsp, pay.at_emsp).get_stored_terminal("T1")).city == city


async def test_a_rival_sees_and_uses_nothing(pay: Pair, rival: PaymentsClient) -> None:
    ptp = pay.emsp.platform
    await put(pay, "T1")
    await ptp.payments.provider.confirmation(text(confirmation()), CPO.id)
    await put(pay, "R1", cpo=RIVAL.id)
    assert [each.terminal_id async for each in rival.get_terminals()] == ["R1"]
    assert [each async for each in rival.get_financial_advice_confirmations()] == []
    for refused in (
        rival.get_terminal("T1"),
        rival.get_financial_advice_confirmation("F1"),
        rival.put_terminal("T1", text(terminal(last_updated=NEWER))),
        rival.patch_terminal("T1", text({"location_ids": []})),
        rival.post_deactivate_terminal("T1"),
    ):
        with pytest.raises(NotFound):
            await refused
    with pytest.raises(GenericClientError):
        await rival.post_activate_terminal(text(terminal()))
    stored = await ptp.parts.store.get(Key.of("terminals", PTP.id, "T1"))
    assert stored is not None
    assert stored.raw == text(terminal())


async def test_two_ptps_may_use_the_same_ids(pay: Pair, tmp_path: Path) -> None:
    second = OwnParty("FR", "PTP", "PTP", "More payments")
    async with served(tmp_path / "second", second, versions=("2.3.0",)) as other:
        both = await introduce(pay.cpo, other)
        peers = (client(pay.emsp, pay.at_emsp), client(other, both.at_emsp))
        for peer, city in zip(peers, ("Wien", "Paris"), strict=True):
            await peer.post_terminal(text(terminal(city=city)))
        assert [(await peer.get_stored_terminal("T1")).city for peer in peers] == ["Wien", "Paris"]
        await peers[0].post_financial_advice_confirmation(text(confirmation()))
        with pytest.raises(NotFound):
            await peers[1].get_stored_financial_advice_confirmation("F1")


async def test_confirmations_are_pushed_and_pulled(pay: Pair) -> None:
    ptp, cpo = pay.emsp.platform, pay.cpo.platform
    for number in range(5):
        sent = confirmation(f"F{number}", last_updated=f"2026-01-0{number + 1}T10:00:00Z")
        assert await ptp.payments.provider.confirmation(text(sent), CPO.id)
    await ptp.pushed()
    pushed = await client(pay.emsp, pay.at_emsp).get_stored_financial_advice_confirmation("F3")
    assert pushed.authorization_reference == "REF1"
    peer = client(pay.cpo, pay.at_cpo)
    pages = [page async for page in peer.get_financial_advice_confirmations(limit=2).pages()]
    assert [[each.id for each in page.items] for page in pages] == [
        ["F0", "F1"],
        ["F2", "F3"],
        ["F4"],
    ]
    assert {page.total for page in pages} == {5}
    since = (await peer.get_financial_advice_confirmation("F3")).last_updated
    dated = peer.get_financial_advice_confirmations(date_from=since)
    assert [each.id async for each in dated] == ["F3", "F4"]
    await put(pay, "T1")
    assert await cpo.payments.user.pull(pay.at_cpo) == 6
    assert await cpo.payments.user.pull(pay.at_cpo, since) == 2


async def test_a_cpo_without_the_module_is_sent_nothing(tmp_path: Path) -> None:
    async with (
        served(tmp_path / "ptp", PTP, versions=("2.2.1", "2.3.0")) as ptp,
        served(tmp_path / "cpo", CPO, versions=("2.2.1",)) as cpo,
    ):
        pair = await introduce(ptp, cpo)
        # A role that 2.2.1 does not know.
        assert [role.role for role in pair.at_emsp.roles] == ["OTHER"]
        assert not await ptp.platform.payments.provider.terminal(text(terminal()), CPO.id)
        assert not await ptp.platform.payments.provider.confirmation(text(confirmation()), CPO.id)


async def test_faults_of_a_terminal_are_named(pay: Pair, as_cpo: Caller) -> None:
    url = f"{pay.emsp.base_url}/2.3.0/sender/payments/terminals/activate"
    answer = await as_cpo("POST", url, {"city": "Wien"})
    assert answer.json()["status_code"] == 2001
    with pytest.raises(StatusError):
        await client(pay.emsp, pay.at_emsp).post_terminal(text({"city": "Wien"}))
