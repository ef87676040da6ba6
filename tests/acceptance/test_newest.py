"""The newest state of an object is the one that stays, in whatever order it comes."""

import asyncio
import random

import pytest

from tests.acceptance.support.bundles import OperationCase, resolved
from tests.acceptance.support.guests import data_of, succeeded
from tests.acceptance.support.stored import changes, snapshot
from tests.acceptance.support.two_partners import OPERATIONS, TwoPartners

LATER = 1_000_000
"""A second after all that fixtures did."""


def is_dated(case: OperationCase) -> bool:
    properties = set(resolved(case.bundle, case.body or {}).get("properties", ()))
    own = {"start_date_time"} if case.module == "chargingprofiles" else set()
    return case.method in {"PUT", "PATCH"} and bool(properties & {"last_updated", *own})


def other_method(case: OperationCase, method: str) -> OperationCase | None:
    """Find the operation that another one has beside it."""
    found = [
        each
        for each in OPERATIONS
        if (each.interface, each.path, each.method) == (case.interface, case.path, method)
    ]
    return found[0] if found else None


def each_of(operations: list[OperationCase]) -> pytest.MarkDecorator:
    """Run a test for operations, each in its version."""
    pairs = [(case.version, case) for case in operations]
    return pytest.mark.parametrize(("partners", "case"), pairs, ids=str, indirect=["partners"])


PUTS = [
    case
    for case in OPERATIONS
    if case.method == "PUT" and case.module != "credentials" and other_method(case, "GET")
]
DATED = [case for case in OPERATIONS if is_dated(case)]
UNDATED = [case for case in PUTS if case.version not in {each.version for each in DATED}]
"""Of a version that does not say when an object has changed."""
MANY_AT_ONCE = {"put_token", "put_evse", "patch_connector", "patch_location"}


def test_all_kinds_of_objects_are_among_them() -> None:
    found = {case.id.partition("_")[2] for case in DATED}
    assert found >= {"location", "evse", "connector", "session", "tariff", "token", "client_info"}
    assert {case.version for case in UNDATED} == {"2.0"}


@each_of(DATED)
async def test_older_news_change_nothing(partners: TwoPartners, case: OperationCase) -> None:
    scene, platform = partners.owner, partners.host.platform
    put = other_method(case, "PUT")
    assert put
    assert succeeded(await scene.guest.call(scene.call(put, "newer", at=LATER)))
    before = await snapshot(platform)
    for at in (LATER - 1, 0):
        assert succeeded(await scene.guest.call(scene.call(case, "older", at=at)))
    assert changes(before, await snapshot(platform)) == []


@each_of(DATED)
@pytest.mark.parametrize("later", [0, 1])
async def test_news_as_new_or_newer_are_taken(
    partners: TwoPartners, case: OperationCase, later: int
) -> None:
    scene, read = partners.owner, other_method(case, "GET")
    put = other_method(case, "PUT")
    assert put
    await scene.guest.call(scene.call(put, "first", at=LATER + 10))
    call = scene.call(case, "second", at=LATER + 10 + later)
    assert succeeded(await scene.guest.call(call))
    await snapshot(partners.host.platform)
    if read is not None:
        stored = data_of(await scene.guest.call(scene.call(read)))
        assert {name: stored[name] for name in call.body} == call.body


@each_of(UNDATED)
async def test_what_comes_last_stays_where_nothing_is_dated(
    partners: TwoPartners, case: OperationCase
) -> None:
    scene, read = partners.owner, other_method(case, "GET")
    assert read
    for mark in ("one", "two", "one"):
        call = scene.call(case, mark)
        assert succeeded(await scene.guest.call(call))
        assert data_of(await scene.guest.call(scene.call(read))) == call.body
    await snapshot(partners.host.platform)


@each_of([case for case in DATED if case.id == "put_tariff"])
async def test_fractions_of_a_second_count(partners: TwoPartners, case: OperationCase) -> None:
    scene, read = partners.owner, other_method(case, "GET")
    assert read
    call = scene.call(case)
    stamps = ("10:00:00", "10:00:00.001Z", "10:00:00.0011Z", "10:00:00.01", "10:00:00.1Z")
    for newest in range(len(stamps)):
        for stamp in reversed(stamps[: newest + 1]):
            body = {**call.body, "last_updated": f"2099-01-01T{stamp}"}
            call.body = body
            assert succeeded(await scene.guest.call(call))
        stored = data_of(await scene.guest.call(scene.call(read)))
        assert stored["last_updated"] == f"2099-01-01T{stamps[newest]}"


@each_of([case for case in DATED if case.id in MANY_AT_ONCE])
async def test_the_newest_of_many_at_once_stays(partners: TwoPartners, case: OperationCase) -> None:
    scene, read = partners.owner, other_method(case, "GET")
    assert read
    calls = [scene.call(case, f"at {at}", at=2 * LATER + at) for at in range(40)]
    newest = calls[-1]
    random.Random(1).shuffle(calls)  # noqa: S311 - an order
    answers = await asyncio.gather(*(scene.guest.call(call) for call in calls))
    assert all(succeeded(answer) for answer in answers)
    await snapshot(partners.host.platform)
    stored = data_of(await scene.guest.call(scene.call(read)))
    assert {name: stored[name] for name in newest.body} == newest.body
