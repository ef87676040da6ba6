"""Full pulls: what the list does not have any more is dropped, and nothing else."""

from collections.abc import AsyncIterator, Callable
from dataclasses import asdict, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

import msgspec
import pytest

from ocpi_runtime.client import Problem, ReceivedPage
from ocpi_runtime.types import PartyId
from ocpi_server import OwnParty
from ocpi_server.store import Draft, Key
from ocpi_server.sync import pull as pulling
from ocpi_server.sync._lists import pages_of
from ocpi_server.sync.pull import Pulled
from tests.server_impl.pair import CPO, EMSP, Pair, introduce, location, paired, served, token
from tests.server_impl.reading import put, received
from tests.server_impl.samples import cdr, session, tariff

OWNER = PartyId("NL", "CPO")
Read = AsyncIterator[ReceivedPage[Any]]
SECOND = OwnParty("NL", "TWO", "CPO", "Second of the platform")


async def pull(pair: Pair, module: str = "locations", **more: Any) -> Pulled:
    return await pair.emsp.platform.parts.puller.pull(pair.at_emsp, module, **more)


async def lose(pair: Pair, uid: str, module: str = "locations", owner: PartyId = OWNER) -> None:
    """Remove an object at the CPO without a push."""
    assert await pair.cpo.platform.parts.store.remove(Key.of(module, owner, uid))


async def ids(pair: Pair, module: str = "locations") -> list[str]:
    return [each["id"] for each in await received(pair.emsp, module, pair.at_emsp.id)]


async def test_what_is_listed_no_more_is_dropped(pair: Pair) -> None:
    await put(pair.cpo, "locations", *(location(f"L{at}") for at in range(10)))
    assert (await pull(pair, limit=3)).dropped == 0
    for at in (0, 4, 9):
        await lose(pair, f"L{at}")
    await put(pair.cpo, "locations", location("L10"))
    since = datetime(2025, 1, 1, tzinfo=UTC)
    assert (await pull(pair, date_from=since)).dropped == 0
    done = await pull(pair, limit=3)
    assert (done.created, done.updated, done.dropped) == (0, 8, 3)
    assert await ids(pair) == ["L1", "L2", "L3", "L5", "L6", "L7", "L8", "L10"]


async def test_an_empty_list_is_the_truth_too(pair: Pair) -> None:
    await put(pair.cpo, "tariffs", tariff("T1"))
    assert (await pull(pair, "tariffs")).created == 1
    await lose(pair, "T1", "tariffs")
    assert (await pull(pair, "tariffs")).dropped == 1
    assert await ids(pair, "tariffs") == []


async def test_sessions_and_cdrs_stay(pair: Pair) -> None:
    await put(pair.cpo, "sessions", session("S1"))
    await put(pair.cpo, "cdrs", cdr("C1"))
    for module, uid in (("sessions", "S1"), ("cdrs", "C1")):
        await pull(pair, module)
        await lose(pair, uid, module)
        assert (await pull(pair, module)).dropped == 0
        assert await ids(pair, module) == [uid]


async def test_what_was_updated_since_stays(pair: Pair) -> None:
    soon = datetime.now(UTC) + timedelta(hours=1)
    late = location("LATE", last_updated=f"{soon:%Y-%m-%dT%H:%M:%SZ}")
    await put(pair.cpo, "locations", location("L1"))
    await pair.cpo.platform.publisher.location(msgspec.json.encode(late))
    await pair.cpo.platform.pushed()
    await lose(pair, "LATE")
    assert (await pull(pair)).dropped == 0
    assert await ids(pair) == ["LATE", "L1"]


async def test_an_object_from_the_far_future_is_reported_and_replaced(pair: Pair) -> None:
    frozen = location("L1", name="frozen", last_updated="2999-01-01T00:00:00Z")
    await put(pair.cpo, "locations", frozen)
    (problem,) = (await pull(pair)).problems
    assert problem.message.startswith("last_updated of Location L1 is 2999-01-01T00:00:00Z")
    (known,) = await pair.emsp.platform.future_objects(pair.at_emsp)
    assert asdict(known) == {
        "module": "locations",
        "country_code": "NL",
        "party_id": "CPO",
        "id": "L1",
        "last_updated": "2999-01-01T00:00:00Z",
    }
    await lose(pair, "L1")
    await put(pair.cpo, "locations", location("L1", name="plausible"))
    done = await pull(pair)
    assert (done.updated, done.stale, done.problems) == (1, 0, [])
    assert await pair.emsp.platform.future_objects(pair.at_emsp) == []
    assert [each["name"] for each in await received(pair.emsp, "locations", pair.at_emsp.id)] == [
        "plausible"
    ]


async def test_an_object_from_the_far_future_is_dropped_too(pair: Pair) -> None:
    await put(pair.cpo, "locations", location("L1", last_updated="2999-01-01T00:00:00Z"))
    await pull(pair)
    await lose(pair, "L1")
    assert (await pull(pair)).dropped == 1


async def test_a_list_with_a_link_that_cannot_be_read_drops_nothing(
    pair: Pair, monkeypatch: pytest.MonkeyPatch
) -> None:
    await put(pair.cpo, "locations", *(location(f"L{at}") for at in range(3)))
    await pull(pair)
    await lose(pair, "L0")

    class Unfinished:
        problems: Final[list[Problem]] = [Problem("get_locations", "", "The list ends early.")]
        repairs: Final[dict[str, int]] = {}
        complete = False
        all_reported = True

        async def pages(self, _start: Any) -> Read:
            yield ReceivedPage([], [], [], [], 0, 50, None, "")

    monkeypatch.setattr(pulling, "pages_of", lambda *_: Unfinished())
    done = await pull(pair)
    assert (done.dropped, done.complete, done.problems) == (0, False, Unfinished.problems)


async def test_broken_objects_are_there_all_the_same(tmp_path: Path) -> None:
    async with paired(tmp_path, check_answers="log") as pair:
        await _pull_broken_objects(pair)


async def _pull_broken_objects(pair: Pair) -> None:
    await put(pair.cpo, "locations", *(location(f"L{at}") for at in range(3)))
    await pull(pair)
    await lose(pair, "L0")
    broken = msgspec.json.encode({**location("L1"), "coordinates": 5})
    await pair.cpo.platform.parts.store.put(_draft("L1", broken))
    done = await pull(pair)
    assert (len(done.problems), done.dropped) == (1, 1)
    assert await ids(pair) == ["L1", "L2"]
    # One without an id leaves everything in doubt.
    await lose(pair, "L2")
    await pair.cpo.platform.parts.store.put(_draft("L1", b'{"id": 1}'))
    done = await pull(pair)
    assert (len(done.problems), done.dropped) == (1, 0)


async def test_more_broken_objects_than_are_reported_drop_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with paired(tmp_path, check_answers="log") as pair:
        uids = [f"L{at:03}" for at in range(105)]
        await put(pair.cpo, "locations", *map(location, uids))
        await pull(pair)
        for uid in uids[1:]:
            broken = msgspec.json.encode({**location(uid), "coordinates": 5})
            await pair.cpo.platform.parts.store.put(_draft(uid, broken))
        counted(monkeypatch, lambda _: None)
        done = await pull(pair, limit=200)
        assert (done.dropped, done.complete) == (0, True)


def _draft(uid: str, raw: bytes) -> Draft:
    return Draft(Key.of("locations", OWNER, uid), raw, 2**60, "2.2.1")


async def test_a_list_that_breaks_off_drops_nothing(
    pair: Pair, monkeypatch: pytest.MonkeyPatch
) -> None:
    await put(pair.cpo, "locations", *(location(f"L{at}") for at in range(6)))
    await pull(pair)

    async def first(pages: Read) -> Read:
        async for page in pages:
            yield page
            return

    answering(monkeypatch, first)
    assert (await pull(pair, limit=2)).dropped == 0
    assert len(await ids(pair)) == 6


async def test_others_are_not_touched(pair: Pair, tmp_path: Path) -> None:
    third = OwnParty("BE", "CPO", "CPO", "Third")
    async with served(tmp_path, third, SECOND) as cpo:
        other = await introduce(cpo, pair.emsp)
        await put(pair.cpo, "locations", location("L1"))
        await put(cpo, "locations", location("L1", third), location("L2", SECOND))
        await pull(pair)
        await pull(other)
        await lose(pair, "L1")
        assert (await pull(pair)).dropped == 1
        assert await ids(other) == ["L1", "L2"]
        # A platform of several parties may answer for some of them only.
        await lose(other, "L2", owner=SECOND.id)
        assert (await pull(other)).dropped == 0
        await put(cpo, "locations", location("L3", SECOND))
        assert (await pull(other)).dropped == 1
        assert await ids(other) == ["L1", "L3"]
        await pair.emsp.platform.unregister(other.at_emsp)


async def test_tokens_are_dropped_in_every_version(tmp_path: Path) -> None:
    for version in ("2.0", "2.1.1", "2.3.0"):
        async with paired(tmp_path / version, versions=(version,)) as pair:
            tokens = [token("A"), token("B", type="OTHER"), token("C")]
            await put(pair.emsp, "tokens", *tokens)
            puller, at_cpo = pair.cpo.platform.parts.puller, pair.at_cpo
            assert (await puller.pull(at_cpo, "tokens")).created == 3
            store = pair.emsp.platform.parts.store
            assert await store.remove(Key.of("tokens", EMSP.id, "B", "OTHER"))
            assert (await puller.pull(at_cpo, "tokens")).dropped == 1
            known = await received(pair.cpo, "tokens", at_cpo.id)
            assert [each["uid"] for each in known] == ["A", "C"]
            assert CPO.id not in at_cpo.parties


@pytest.mark.parametrize(
    ("counts", "dropped"), [((None, None), 1), ((4, 4), 1), ((5, 4), 0), ((None, 4), 0)]
)
async def test_a_list_that_changes_while_it_is_read_drops_nothing(
    pair: Pair, monkeypatch: pytest.MonkeyPatch, counts: tuple[int | None, ...], dropped: int
) -> None:
    await put(pair.cpo, "locations", *(location(f"L{at}") for at in range(5)))
    await pull(pair)
    await lose(pair, "L2")
    totals = iter(counts)
    counted(monkeypatch, lambda _: next(totals))
    assert (await pull(pair, limit=2)).dropped == dropped


async def test_an_empty_page_that_does_not_say_so_drops_nothing(
    pair: Pair, monkeypatch: pytest.MonkeyPatch
) -> None:
    await put(pair.cpo, "locations", location("L1"))
    await pull(pair)
    await lose(pair, "L1")
    with monkeypatch.context() as patch:
        counted(patch, lambda _: None)
        assert (await pull(pair)).dropped == 0
    assert (await pull(pair)).dropped == 1


def counted(monkeypatch: pytest.MonkeyPatch, total: Callable[[Any], int | None]) -> None:
    """Change the totals on the pages of lists."""

    async def with_totals(pages: Read) -> Read:
        async for page in pages:
            yield replace(page, total=total(page.total))

    answering(monkeypatch, with_totals)


def answering(monkeypatch: pytest.MonkeyPatch, change: Callable[[Read], Read]) -> None:
    """Change the pages that partners answer with."""
    pages = pages_of

    def changed(*arguments: Any) -> Any:
        made = pages(*arguments)
        whole = made.pages
        monkeypatch.setattr(made, "pages", lambda start: change(whole(start)))
        return made

    monkeypatch.setattr(pulling, "pages_of", changed)


async def test_an_object_may_come_twice_on_a_page(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with paired(tmp_path, versions=("2.1.1",)) as pair:
        await put(pair.cpo, "locations", location("L1"))

        async def twice(pages: Read) -> Read:
            async for page in pages:
                yield replace(page, items=[*page.items] * 2, texts=[*page.texts] * 2)

        answering(monkeypatch, twice)
        assert (await pull(pair)).pages == 1
        assert await ids(pair) == ["L1"]
