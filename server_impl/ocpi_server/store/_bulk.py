"""Many objects at once: few statements, and little Python for each object."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cache
from itertools import groupby
from typing import Any, Final

from sqlalchemy import (
    ARRAY,
    Connection,
    ScalarSelect,
    Select,
    String,
    bindparam,
    func,
    literal_column,
    select,
    true,
    tuple_,
)
from sqlalchemy.types import TypeEngine

from ocpi_server.store import _rows as rows
from ocpi_server.store._counts import Tally
from ocpi_server.store._finding import KNOWN, UNNAMED, Known, find_row
from ocpi_server.store._moves import ListName, Move
from ocpi_server.store._records import Draft, Key, Put
from ocpi_server.store.database.prepared import Prepared, RowInsert, prepared
from ocpi_server.store.database.tables import objects
from ocpi_server.store.outbox import Announcement, remember_all

__all__ = ["find_all", "lookup", "put_all", "texts_of"]

Lookup = Callable[[Key, bool], Sequence[Any] | None]
Columns = tuple[Any, ...]

_MOST_NAMES: Final = 1000
"""How many names one statement looks up: SQLite bounds the parameters of a statement."""
_IDENTITY: Final = tuple(objects.c[name] for name in Key._fields)
_PLACE: Final = ("module", "country_code", "party_id", "variant", "holder")

_COLUMNS: Final = (
    *Key._fields,
    "source",
    "audience",
    "last_updated",
    "version",
    "alias",
    "number",
    *rows.TEXT_COLUMNS,
)
_ADD = RowInsert(objects, _COLUMNS)


def find_all(
    connection: Connection, keys: Iterable[Key], *, lock: bool = False
) -> dict[Key, Known]:
    """Look objects up, without their text.

    Args:
        connection: Within a transaction.
        keys: Their identities.
        lock: Whether other writers are kept away from them until the transaction ends.
    """
    if connection.dialect.name == "postgresql":
        found_rows = _find_by_arrays(connection, keys, KNOWN, lock=lock)
        return {key: Known.read(key, row) for key, row in found_rows.items()}
    found: dict[Key, Known] = {}
    for place, same in groupby(sorted(keys, key=_place), _place):
        module, country_code, party_id, variant, holder = place
        values: dict[str, Any] = dict(zip(_PLACE, place, strict=True))
        names = [key.uid for key in same]
        for start in range(0, len(names), _MOST_NAMES):
            values["uids"] = names[start : start + _MOST_NAMES]
            for uid, *rest in connection.execute(_by_names(lock=lock), values):
                key = Key(module, country_code, party_id, uid, variant, holder)
                found[key] = Known.read(key, rest)
    return found


def lookup(connection: Connection, names: Sequence[tuple[Key, bool]]) -> Lookup:
    """Prepare to look some objects up, in one statement where each takes a round trip.

    Args:
        connection: Within a transaction that writes; other writers are kept away from the objects.
        names: The objects, each with whether its text is needed.
    """
    if connection.dialect.name != "postgresql" or len(names) == 1:
        return lambda key, whole: find_row(connection, key, whole=whole)
    found: dict[Key, Sequence[Any]] = {}
    for columns in (KNOWN, UNNAMED):
        whole = columns is UNNAMED
        keys = [key for key, needed in names if needed is whole]
        found |= _find_by_arrays(connection, keys, columns, lock=True) if keys else {}
    return lambda key, _whole: found.get(key)


def _find_by_arrays(
    connection: Connection, keys: Iterable[Key], columns: Columns, *, lock: bool
) -> dict[Key, Sequence[Any]]:
    # In the same order everywhere, so that two writers cannot wait for each other.
    asked = sorted(keys)
    if not asked:
        return {}
    statement, values = _of_all(asked, columns, lock=lock)
    return {asked[row[0] - 1]: row[1:] for row in statement.all(connection, values)}


def texts_of(keys: Iterable[Key]) -> tuple[Prepared, dict[str, Any]]:
    """Return the statement that looks objects up on PostgreSQL, and its values.

    Its rows have the number of the key, from 1, and the columns ``UNNAMED``.

    Args:
        keys: The objects, one at least.
    """
    return _of_all([*keys], UNNAMED, lock=False)


def _of_all(
    asked: Sequence[Key], columns: Columns, *, lock: bool
) -> tuple[Prepared, dict[str, Any]]:
    """Return the statement that looks objects up by arrays, and its values."""
    parts = {
        name: list(column)
        for name, column in zip(Key._fields, zip(*asked, strict=True), strict=True)
    }
    # An array costs for each of its elements, and most of them would be of one value.
    arrays = tuple(name for name, column in parts.items() if column.count(column[0]) < len(asked))
    arrays = arrays or ("uid",)
    values = {name: column if name in arrays else column[0] for name, column in parts.items()}
    return _by_arrays(columns, arrays, lock=lock), values


@cache
def _by_names(*, lock: bool) -> Select[Any]:
    statement = select(objects.c.uid, *KNOWN).where(
        *(objects.c[name] == bindparam(name) for name in _PLACE),
        objects.c.uid.in_(bindparam("uids", expanding=True)),
    )
    return statement.with_for_update() if lock else statement


@prepared
def _by_arrays(columns: Columns, arrays: tuple[str, ...], *, lock: bool) -> Select[Any]:
    """Look each object up by the index of identities, whatever the statistics are.

    Other indexes have the party, too, and with statistics of none or of other objects they seem
    to cost the same; all objects of the party are read for each one then. Only the index of
    identities has objects in this order, and between these bounds is no other object.

    Args:
        columns: What is needed of each.
        arrays: The parts of identities that come as arrays; the others are the same for all.
        lock: Whether other writers are kept away.
    """
    named = func.unnest(*(_hidden(name, ARRAY(String)) for name in arrays)).table_valued(
        *arrays, with_ordinality="place", name="named"
    )
    named = named.render_derived()
    wanted = tuple_(
        *(named.c[name] if name in arrays else _hidden(name, String()) for name in Key._fields)
    )
    identity = tuple_(*_IDENTITY)
    one = select(*columns).where(identity >= wanted, identity <= wanted)
    one = one.order_by(*_IDENTITY).limit(literal_column("1"))
    found = (one.with_for_update() if lock else one).lateral("found")
    return select(named.c.place, *found.c).select_from(named).join(found, true())


def _hidden(name: str, kind: TypeEngine[Any]) -> ScalarSelect[Any]:
    """Return a value that is not planned with: PostgreSQL would plan the statement each time."""
    return select(bindparam(name, type_=kind)).scalar_subquery()


def _place(key: Key) -> tuple[str, str, str, str, str]:
    return key.module, key.country_code, key.party_id, key.variant, key.holder


def put_all(
    connection: Connection,
    drafts: Sequence[Draft],
    tally: Tally,
    announcements: Mapping[str, Announcement],
) -> list[Put]:
    """Create or replace objects; what is newer than a draft stays, and so does a CDR.

    Args:
        connection: Within a transaction.
        drafts: The objects.
        tally: Gets what is done to lists.
        announcements: The partners that must be sent them, by audience.
    """
    return [
        done
        for batch in _without_repeats(drafts)
        for done in _put_batch(connection, batch, tally, announcements)
    ]


def _without_repeats(drafts: Sequence[Draft]) -> Iterator[Sequence[Draft]]:
    """Split drafts so that each object comes once: a later one has to see the one before."""
    if len({draft.key for draft in drafts}) == len(drafts):
        yield drafts
        return
    batch: dict[Key, Draft] = {}
    for draft in drafts:
        if draft.key in batch:
            yield list(batch.values())
            batch = {}
        batch[draft.key] = draft
    yield list(batch.values())


def _put_batch(
    connection: Connection,
    drafts: Sequence[Draft],
    tally: Tally,
    announcements: Mapping[str, Announcement],
) -> list[Put]:
    known = find_all(connection, (draft.key for draft in drafts), lock=True)
    done: list[Put] = []
    new: list[Draft] = []
    replaced: list[tuple[Known, Draft]] = []
    for draft in drafts:
        old = known.get(draft.key)
        if old is None:
            new.append(draft)
            done.append(Put.CREATED)
            continue
        dated = rows.dated(old, draft)
        stays = rows.stays(old, dated)
        done.append(Put.STALE if stays else Put.UPDATED)
        if not stays:
            replaced.append((old, dated))
    number = rows.next_number(max((old.number for old, _ in replaced), default=0))
    _add_all(connection, new, tally, number)
    rows.overwrite_all(connection, replaced, tally, number)
    if announcements:
        changed = [draft for draft, put in zip(drafts, done, strict=True) if put is not Put.STALE]
        _announce(connection, changed, number, announcements)
    return done


def _announce(
    connection: Connection,
    changed: Sequence[Draft],
    number: int,
    announcements: Mapping[str, Announcement],
) -> None:
    """Note what partners must be sent."""
    keys: dict[str, list[Key]] = defaultdict(list)
    for draft in changed:
        keys[draft.audience].append(draft.key)
    for audience, named in keys.items():
        if audience in announcements:
            remember_all(connection, named, number, announcements[audience])


def _add_all(connection: Connection, drafts: Sequence[Draft], tally: Tally, number: int) -> None:
    """Insert objects."""
    if not drafts:
        return
    for draft in drafts:
        name = ListName.of(draft.key, draft.source, draft.audience)
        tally.add(name, Move(None, draft.last_updated), len(draft.raw))
    _ADD.run(connection, [_row(draft, number) for draft in drafts])


def _row(draft: Draft, number: int) -> tuple[Any, ...]:
    return (
        *draft.key,
        draft.source,
        draft.audience,
        draft.last_updated,
        draft.version,
        draft.alias,
        number,
        *rows.text_columns(draft),
    )
