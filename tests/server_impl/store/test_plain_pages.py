"""Pages without a filter: their texts are remembered, and never out of date."""

from random import Random
from typing import Any

from msgspec.structs import replace
from sqlalchemy import update

from ocpi_runtime.types import PartyId, Raw
from ocpi_server.store import Draft, ObjectStore, Put, Rendition, RenditionStore, Shortfall
from ocpi_server.store.database.tables import objects
from ocpi_server.store.listing._contents import Contents, KnownContents
from ocpi_server.store.listing._texts import Texts
from tests.server_impl.store.numbered import ME, OTHER, crawl, draft, fill, listing, numbers
from tests.support.statements import watching_statements


def _changed(number: int, change: int, owner: PartyId = ME) -> Draft:
    """Return an object as it is after one of its changes."""
    text = b'{"n":%d%b}' % (number, b" " * change)
    return draft(number, text, at=9000 + change, owner=owner)


async def test_texts_that_were_read_are_not_read_again(store: ObjectStore) -> None:
    await fill(store, 60)
    first = await store.page(listing(limit=50))
    statements: list[str] = []
    here = await store.database.read(lambda link: link.engine.url.database)
    with watching_statements(statements.append, within=here):
        assert await store.page(listing(limit=50)) == first
        assert not any("raw" in each for each in statements)
        await store.put(_changed(7, 1))
        changed = await store.page(listing(limit=50))
    assert not any("raw" in each and "LIMIT" in each for each in statements)
    assert changed.items[7] == _changed(7, 1).raw
    assert [*changed.items[:7], *changed.items[8:]] == [*first.items[:7], *first.items[8:]]


async def test_pages_are_right_whatever_happens(store: ObjectStore) -> None:
    other = ObjectStore(store.database)  # as of another process
    random = Random(11)  # noqa: S311 - the same each time
    scopes: tuple[dict[str, Any], ...] = (
        {},
        {"audiences": ("", "NL-AAA")},
        {"owners": (OTHER,)},
        {"owners": (ME, OTHER)},
    )
    for _ in range(25):
        some = [
            replace(
                _changed(random.randrange(40), random.randrange(100), random.choice((ME, OTHER))),
                audience=random.choice(("", "NL-AAA")),
            )
            for _ in range(random.randrange(12))
        ]
        await other.put_all(some)
        await other.remove(draft(random.randrange(40)).key)
        for more in scopes:
            every = await ObjectStore(store.database).page(listing(**more, limit=500))
            page = await store.page(listing(**more, offset=3, limit=10))
            assert (page.items, page.total) == (every.items[3:13], len(every.items))
            assert page.places == every.places[3:13]
            assert await crawl(store, **more, limit=7) == numbers(every.items)


async def test_an_object_that_changes_between_the_statements_is_read_with_its_page(
    store: ObjectStore,
) -> None:
    await fill(store, 20)
    await store.page(listing())
    assert await store.put(_changed(3, 1)) is Put.UPDATED
    rows, database = store.database.rows, store.database

    async def late(statement: object, values: object) -> object:
        found = await rows(statement, values)  # type: ignore[arg-type]
        if "place0" not in values:  # type: ignore[operator]
            await ObjectStore(database).put(_changed(3, 2))
        return found

    database.rows = late  # type: ignore[method-assign,assignment]
    try:
        page = await store.page(listing())
    finally:
        database.rows = rows  # type: ignore[method-assign]
    assert page.items[3] == _changed(3, 2).raw


async def test_what_is_damaged_is_left_out_and_counted(store: ObjectStore) -> None:
    await fill(store, 20)
    damage = update(objects).where(objects.c.uid == draft(3).key.uid).values(raw=b"{]")
    await store.database.write(lambda link: link.execute(damage).close())
    for _ in range(2):
        page = await store.page(listing(limit=10))
        assert (numbers(page.items), page.total) == ([0, 1, 2, 4, 5, 6, 7, 8, 9], 20)
        assert page.cursor
        assert numbers((await store.page(listing(cursor=page.cursor))).items)[0] == 10


async def test_pages_in_a_version_are_read_likewise_where_it_refuses_nothing(
    store: ObjectStore,
) -> None:
    await fill(store, 20)
    asked = listing(limit=10, version="2.1.1")
    first = await store.page(asked)
    assert (numbers(first.items), first.total) == ([*range(10)], 20)
    statements: list[str] = []
    here = await store.database.read(lambda link: link.engine.url.database)
    with watching_statements(statements.append, within=here):
        assert await store.page(asked) == first
    assert sum("SELECT" in each for each in statements) == 1
    refusal = Shortfall("", "it cannot be represented")
    refused = Rendition(first.places[3], "2.1.1", b"", None, (refusal,))
    await RenditionStore(store.database).keep([refused])
    page = await store.page(asked)
    assert (numbers(page.items), page.total) == ([0, 1, 2, *range(4, 11)], 19)
    assert await crawl(store, limit=7, version="2.1.1") == [0, 1, 2, *range(4, 20)]
    assert await crawl(store, limit=7, version="2.3.0") == [*range(20)]


async def test_dated_pages_have_their_texts_in_order(store: ObjectStore) -> None:
    await fill(store, 300)
    for limit in (1, 8, 9, 64, 70, 255, 256, 290):
        page = await store.page(listing(limit=limit, date_from=5))
        assert numbers(page.items) == [*range(5, 5 + min(limit, 295))]
        assert (page.total, page.more) == (295, True)


async def test_a_page_is_looked_for_again_only_when_its_list_has_changed(
    store: ObjectStore,
) -> None:
    await fill(store, 20)
    rows, database = store.database.rows, store.database
    found: list[int] = []

    async def counted(statement: object, values: object) -> object:
        answer = await rows(statement, values)  # type: ignore[arg-type]
        found.append(len(answer))
        return answer

    first = await store.page(listing(limit=10))
    database.rows = counted  # type: ignore[method-assign,assignment]
    try:
        assert await store.page(listing(limit=10)) == first
        assert found == [1]  # the row of the list
        await ObjectStore(database).remove(draft(4).key)  # as of another process
        found.clear()
        changed = await store.page(listing(limit=10))
        assert found[0] == 12
    finally:
        database.rows = rows  # type: ignore[method-assign]
    assert (numbers(changed.items), changed.total) == ([0, 1, 2, 3, *range(5, 11)], 19)


def test_contents_of_pages_are_bounded_and_the_first_go_first() -> None:
    known, most = KnownContents(), 40
    rows = [(number, 1, "2.2.1") for number in range(1001)]
    for page in range(most):
        known.add(page, Contents.of_rows(7, rows, 1000))
        known.add(page, Contents.of_rows(8, rows, 1000))
    kept = [page for page in range(most) if known.of(page)]
    assert kept == list(range(most - len(kept), most))
    assert 20 <= len(kept) < most
    contents = known.of(most - 1)
    assert contents is not None
    assert (contents.changes, contents.last, len(contents.keys)) == (8, 999, 1000)


def test_texts_are_bounded_and_the_oldest_go_first() -> None:
    texts = Texts(most=100)
    for number in range(30):
        texts.add((number, 1, "2.2.1"), Raw(b"0123456789"))
        assert texts.of([(0, 1, "2.2.1")]) == [b"0123456789"]
    known = [text for text in texts.of([(number, 1, "2.2.1") for number in range(30)]) if text]
    assert 2 <= len(known) <= 10
    assert texts.of([(29, 2, "2.2.1"), (29, 1, "2.3.0")]) == [None, None]
