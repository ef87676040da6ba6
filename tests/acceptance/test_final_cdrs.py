"""A CDR is taken once and never changes, whoever says otherwise and by whichever way."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import msgspec
import pytest
import pytest_asyncio

from ocpi_bindings.v2_2_1.models import CDR
from ocpi_runtime.json_objects import Element
from ocpi_runtime.types import PartyId
from ocpi_server.store import Duplicate, Key
from tests.acceptance.support.bundles import find, resolved
from tests.acceptance.support.furnished import FurnishedPlatform
from tests.acceptance.support.guests import Guest, data_of
from tests.acceptance.support.stored import changes, snapshot
from tests.acceptance.support.two_partners import OPERATIONS, PARTIES, TwoPartners
from tests.server_impl.pair import CPO, Pair, paired
from tests.server_impl.samples import cdr

NEWER = "2099-01-01T00:00:00Z"
OWN = PARTIES[0]


CREDITING = [
    case.version
    for case in OPERATIONS
    if case.id == "post_cdr" and "credit" in resolved(case.bundle, case.body or {})["properties"]
]
"""Versions in which a CDR can take another one back."""


def place(guest: Guest) -> str:
    return guest.url("cdrs", "receiver")


def bill(scene: FurnishedPlatform, uid: str, *, newer: bool = False, **more: Any) -> dict[str, Any]:
    """Write a CDR in the version of a partner; ``newer`` where the version has last_updated."""
    case = find(scene.guest.version, "post_cdr")
    assert case
    body: dict[str, Any] = scene.call(case, at=0).body
    if newer and "last_updated" in body:
        body["last_updated"] = NEWER
    return {**body, "id": uid, **more}


def cost(version: str, amount: float) -> Any:
    """Write an amount of money as a version does."""
    names = {"2.0": None, "2.1.1": None, "2.2": "excl_vat", "2.2.1": "excl_vat"}
    name = names.get(version, "before_taxes")
    if name is None:
        return str(amount) if version == "2.0" else amount
    return {name: amount}


async def test_one_of_many_at_once_is_taken(partners: TwoPartners) -> None:
    guest = partners.owner.guest
    bodies = [
        bill(partners.owner, uid, remark=str(number), newer=True)
        for number, uid in enumerate(["AT-ONCE", "at-once"] * 10)
    ]
    answers = await asyncio.gather(*(guest.send("POST", place(guest), body) for body in bodies))
    case = [(answer.status_code, answer.json()["status_code"]) for answer in answers]
    assert sorted(case) == [(200, 2000)] * 19 + [(201, 1000)]
    (taken,) = (at for at, answer in enumerate(answers) if answer.status_code == 201)
    where = answers[taken].headers["location"]
    assert data_of(await guest.send("GET", where)) == bodies[taken]


async def test_a_duplicate_changes_nothing_in_the_whole_store(partners: TwoPartners) -> None:
    guest = partners.owner.guest
    first = bill(partners.owner, "ONCE")
    assert (await guest.send("POST", place(guest), first)).status_code == 201
    before = await snapshot(partners.host.platform)
    for uid in ("ONCE", "once"):
        again = bill(partners.owner, uid, newer=True, total_cost=cost(guest.version, 0.01))
        answer = await guest.send("POST", place(guest), again)
        assert (answer.status_code, answer.json()["status_code"]) == (200, 2000)
        assert "location" not in answer.headers
    assert changes(before, await snapshot(partners.host.platform)) == []


async def test_a_cdr_sent_again_unchanged_is_answered_with_its_location(
    partners: TwoPartners,
) -> None:
    guest = partners.owner.guest
    body = bill(partners.owner, "AGAIN")
    first = await guest.send("POST", place(guest), body)
    before = await snapshot(partners.host.platform)
    again = await guest.send("POST", place(guest), dict(reversed(body.items())))
    assert (again.status_code, again.json()["status_code"]) == (201, 1000)
    assert again.headers["location"] == first.headers["location"]
    assert changes(before, await snapshot(partners.host.platform)) == []


async def test_an_id_is_unique_at_one_cpo_only(partners: TwoPartners) -> None:
    for scene in (partners.owner, partners.second):
        body = bill(scene, "SAME-ID")
        answer = await scene.guest.send("POST", place(scene.guest), body)
        assert answer.status_code == 201
        assert data_of(await scene.guest.send("GET", answer.headers["location"])) == body


@pytest.mark.parametrize("partners", CREDITING, indirect=True)
async def test_a_credit_cdr_is_kept_beside_what_it_credits(partners: TwoPartners) -> None:
    owner, guest = partners.owner, partners.owner.guest
    first = bill(owner, "CREDITED")
    where = (await guest.send("POST", place(guest), first)).headers["location"]
    credit = {"credit": True, "total_cost": cost(guest.version, -2.75)}
    nameless = await guest.send("POST", place(guest), bill(owner, "CREDITED-C", **credit))
    assert (nameless.status_code, nameless.json()["status_code"]) == (200, 2001)
    named = bill(owner, "CREDITED-C", **credit, credit_reference_id="CREDITED")
    answer = await guest.send("POST", place(guest), named)
    assert answer.status_code == 201
    assert data_of(await guest.send("GET", answer.headers["location"])) == named
    assert data_of(await guest.send("GET", where)) == first
    itself = bill(owner, "CREDITED", **credit, credit_reference_id="CREDITED")
    assert (await guest.send("POST", place(guest), itself)).json()["status_code"] == 2000


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE", "POST"])
async def test_no_method_changes_one(partners: TwoPartners, method: str) -> None:
    guest = partners.owner.guest
    answer = await guest.send("POST", place(guest), bill(partners.owner, f"NO-{method}"))
    assert answer.status_code == 201
    before = await snapshot(partners.host.platform)
    body = bill(partners.owner, f"NO-{method}", newer=True)
    assert (await guest.send(method, answer.headers["location"], body)).status_code == 405
    assert changes(before, await snapshot(partners.host.platform)) == []


async def test_the_platform_does_not_change_its_own(partners: TwoPartners) -> None:
    platform, party = partners.host.platform, partners.owner.guest.party
    first = cdr("OWN-ONE", OWN, party)
    await platform.put_own("cdrs", msgspec.json.encode(first))
    before = await snapshot(platform)
    changed = msgspec.json.encode(cdr("own-one", OWN, party, remark="new", last_updated=NEWER))
    await platform.put_own("cdrs", changed)
    await platform.publisher.put_all("cdrs", [changed])
    with pytest.raises(Duplicate):
        await platform.publisher.cdr(changed)
    elements = iter([Element(changed, "/0")])
    done = await platform.parts.importer.run(elements, "cdrs", CDR, on_broken=print)
    assert (done.created, done.updated, done.stale) == (0, 0, 1)
    assert changes(before, await snapshot(platform)) == []


@pytest_asyncio.fixture(loop_scope="session")
async def pair(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Pair]:
    async with paired(tmp_path_factory.mktemp("pair")) as made:
        yield made


async def test_one_that_was_pushed_is_not_changed_by_a_pull(pair: Pair) -> None:
    cpo, emsp = pair.cpo.platform, pair.emsp.platform
    pushed, changed = cdr(), cdr(remark="changed", last_updated=NEWER)
    assert await cpo.publisher.cdr(msgspec.json.encode(pushed))
    await cpo.pushed()
    party = PartyId(CPO.country_code, CPO.party_id)
    assert await cpo.parts.store.remove(Key.of("cdrs", party, "CDR1"))
    await cpo.put_own("cdrs", msgspec.json.encode(changed))
    pulled = await emsp.parts.puller.pull(pair.at_emsp, "cdrs")
    assert (pulled.created, pulled.updated, pulled.stale) == (0, 0, 1)
    key = Key.of("cdrs", party, "CDR1", holder=pair.at_emsp.company)
    kept = await emsp.parts.store.get(key)
    assert kept
    assert msgspec.json.decode(kept.raw) == pushed
