"""The newest state of an object is the one that stays, in whatever order it comes."""

import asyncio
import random

import pytest

from tests.acceptance.bundles import Told, resolved
from tests.acceptance.guests import data_of, succeeded
from tests.acceptance.rivals import OPERATIONS, Rivals
from tests.acceptance.stored import changes, snapshot

LATER = 1_000_000
"""A second after all that fixtures did."""


def is_dated(told: Told) -> bool:
    properties = set(resolved(told.bundle, told.body or {}).get("properties", ()))
    own = {"start_date_time"} if told.module == "chargingprofiles" else set()
    return told.method in {"PUT", "PATCH"} and bool(properties & {"last_updated", *own})


def beside(told: Told, method: str) -> Told | None:
    """Find the operation that another one has beside it."""
    found = [
        each
        for each in OPERATIONS
        if (each.interface, each.path, each.method) == (told.interface, told.path, method)
    ]
    return found[0] if found else None


def each_of(operations: list[Told]) -> pytest.MarkDecorator:
    """Run a test for operations, each in its version."""
    pairs = [(told.version, told) for told in operations]
    return pytest.mark.parametrize(("rivals", "told"), pairs, ids=str, indirect=["rivals"])


PUTS = [
    told
    for told in OPERATIONS
    if told.method == "PUT" and told.module != "credentials" and beside(told, "GET")
]
DATED = [told for told in OPERATIONS if is_dated(told)]
UNDATED = [told for told in PUTS if told.version not in {each.version for each in DATED}]
"""Of a version that does not say when an object has changed."""
MANY_AT_ONCE = {"put_token", "put_evse", "patch_connector", "patch_location"}


def test_all_kinds_of_objects_are_among_them() -> None:
    found = {told.id.partition("_")[2] for told in DATED}
    assert found >= {"location", "evse", "connector", "session", "tariff", "token", "client_info"}
    assert {told.version for told in UNDATED} == {"2.0"}


@each_of(DATED)
async def test_older_news_change_nothing(rivals: Rivals, told: Told) -> None:
    scene, platform = rivals.owner, rivals.host.platform
    put = beside(told, "PUT")
    assert put
    assert succeeded(await scene.guest.call(scene.call(put, "newer", at=LATER)))
    before = await snapshot(platform)
    for at in (LATER - 1, 0):
        assert succeeded(await scene.guest.call(scene.call(told, "older", at=at)))
    assert changes(before, await snapshot(platform)) == []


@each_of(DATED)
@pytest.mark.parametrize("later", [0, 1])
async def test_news_as_new_or_newer_are_taken(rivals: Rivals, told: Told, later: int) -> None:
    scene, read = rivals.owner, beside(told, "GET")
    put = beside(told, "PUT")
    assert put
    await scene.guest.call(scene.call(put, "first", at=LATER + 10))
    call = scene.call(told, "second", at=LATER + 10 + later)
    assert succeeded(await scene.guest.call(call))
    await snapshot(rivals.host.platform)
    if read is not None:
        stored = data_of(await scene.guest.call(scene.call(read)))
        assert {name: stored[name] for name in call.body} == call.body


@each_of(UNDATED)
async def test_what_comes_last_stays_where_nothing_is_dated(rivals: Rivals, told: Told) -> None:
    scene, read = rivals.owner, beside(told, "GET")
    assert read
    for mark in ("one", "two", "one"):
        call = scene.call(told, mark)
        assert succeeded(await scene.guest.call(call))
        assert data_of(await scene.guest.call(scene.call(read))) == call.body
    await snapshot(rivals.host.platform)


@each_of([told for told in DATED if told.id == "put_tariff"])
async def test_fractions_of_a_second_count(rivals: Rivals, told: Told) -> None:
    scene, read = rivals.owner, beside(told, "GET")
    assert read
    call = scene.call(told)
    stamps = ("10:00:00", "10:00:00.001Z", "10:00:00.0011Z", "10:00:00.01", "10:00:00.1Z")
    for newest in range(len(stamps)):
        for stamp in reversed(stamps[: newest + 1]):
            body = {**call.body, "last_updated": f"2099-01-01T{stamp}"}
            call.body = body
            assert succeeded(await scene.guest.call(call))
        stored = data_of(await scene.guest.call(scene.call(read)))
        assert stored["last_updated"] == f"2099-01-01T{stamps[newest]}"


@each_of([told for told in DATED if told.id in MANY_AT_ONCE])
async def test_the_newest_of_many_at_once_stays(rivals: Rivals, told: Told) -> None:
    scene, read = rivals.owner, beside(told, "GET")
    assert read
    calls = [scene.call(told, f"at {at}", at=2 * LATER + at) for at in range(40)]
    newest = calls[-1]
    random.Random(1).shuffle(calls)  # noqa: S311 - an order
    answers = await asyncio.gather(*(scene.guest.call(call) for call in calls))
    assert all(succeeded(answer) for answer in answers)
    await snapshot(rivals.host.platform)
    stored = data_of(await scene.guest.call(scene.call(read)))
    assert {name: stored[name] for name in newest.body} == newest.body
