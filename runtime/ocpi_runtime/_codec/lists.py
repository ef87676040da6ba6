"""Lists that are read so that one broken object does not lose the others."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import partial
from io import BytesIO
from itertools import islice
from typing import TYPE_CHECKING, Any, Final, Generic, Protocol, TypeVar

import msgspec

from ocpi_runtime._codec.decode import decode_plainly, decode_steps
from ocpi_runtime._codec.depth import is_deeper
from ocpi_runtime._codec.steps import Steps, in_thread
from ocpi_runtime._codec.unreadable import UNREADABLE, as_ours, read_plain
from ocpi_runtime._validation.bounds import Bounds, check_values, has_more_values, too_deep
from ocpi_runtime.errors import InvalidParameters, Violation
from ocpi_runtime.json_stream import BrokenJson, JsonSource, array_items
from ocpi_runtime.types import Raw

if TYPE_CHECKING:
    from ocpi_runtime.dialect import Reading

__all__ = [
    "LONGEST_REPAIRED",
    "BrokenItem",
    "Item",
    "ItemReader",
    "ListBounds",
    "Read",
    "list_steps",
]

T = TypeVar("T")

_GROUP: Final = 64 * 1024
_GROUP_ITEMS: Final = 1000
_EXPLAINED: Final = 100
_MANY_VALUES: Final = 100_000
LONGEST_REPAIRED: Final = 256 * 1024
"""Bytes of an object up to which it is repaired; a copy of it is parsed several times."""


class _Object(msgspec.Struct, gc=False):
    """Any object; its fields are passed over."""


_items = msgspec.json.Decoder(list[msgspec.Raw]).decode
_objects = msgspec.json.Decoder(list[_Object]).decode


@dataclass(frozen=True, slots=True)
class Item(Generic[T]):
    """An object of a list that could be read.

    Attributes:
        value: The model.
        raw: The JSON text that it came in.
        reading: How it was read where it is not valid as it came: repaired, or decoded with
            faults in it. None where it is valid, or where that was not looked at.
    """

    value: T
    raw: Raw
    reading: "Reading[Any] | None" = None


@dataclass(frozen=True, slots=True)
class BrokenItem:
    """An object of a list that could not be read.

    Attributes:
        index: Its place in the list, from 0.
        raw: The JSON text that came.
        violations: What is wrong; pointers begin at the object.
        partial: What could be read of it, where that was tried; see
            :class:`ocpi_runtime.dialect.Reading`.
    """

    index: int
    raw: Raw
    violations: tuple[Violation, ...]
    partial: Any = None


class ItemReader(Protocol):
    """Reads single objects of a list that are not valid."""

    def is_valid(self, plain: Any) -> bool:
        """Return whether an object, parsed, needs no repair."""

    def read(self, text: Raw) -> "Steps[Reading[Any]]":
        """Read an object that is not valid, or cannot be decoded."""


@dataclass(frozen=True, slots=True)
class ListBounds:
    """What is taken of each object in a list.

    Attributes:
        items: Maximum number of objects in the list; a longer one is refused.
        broken: The most broken objects that are kept; further ones are counted.
        size: Maximum number of bytes of one object; a larger one is broken.
        each: Maximum number of values of one object, and the depth of the answer around it.
    """

    items: int
    broken: int
    size: int
    each: Bounds

    def check(self, text: bytes, depth: int) -> None:
        """Compare an object, or a group of small ones, with the bounds of one object.

        Raises:
            InvalidParameters: It is larger, has more values or more levels than ``depth``.
        """
        if len(text) > self.size:
            fault = f"has {len(text)} bytes, at most {self.size} are allowed in one object"
            raise InvalidParameters(violations=[Violation("", "size", fault)])
        check_values(text, self.each)
        if is_deeper(text, depth):
            raise too_deep(depth)


@dataclass(slots=True)
class Read(Generic[T]):
    """What a list was read into.

    Attributes:
        good: What could be read.
        broken: What could not.
        more_broken: How many more could not, beyond those that are kept.
    """

    good: list[Item[T]] = field(default_factory=list)
    broken: list[BrokenItem] = field(default_factory=list)
    more_broken: int = 0

    def add_broken(
        self, index: int, text: Raw, faults: tuple[Violation, ...], most: int, partial: Any = None
    ) -> None:
        """Keep what could not be read, or count it."""
        if len(self.broken) < most:
            self.broken.append(BrokenItem(index, text, faults, partial))
        else:
            self.more_broken += 1


def list_steps(
    data: bytes, kind: type[T], bounds: ListBounds | None = None, reader: ItemReader | None = None
) -> Steps[Read[T]]:
    """Read a list step by step, in groups of objects; see :func:`ocpi_runtime.codec.decode_list`.

    Raises:
        MalformedRequest: It is not JSON, or not UTF-8.
        InvalidParameters: It is not a list, has too many items, or very many that are no objects.
    """
    texts = yield from _divided(data, bounds)
    yield
    read = Read[T]()
    for start, group in _groups(texts):
        try:
            if len(group) > 1:
                yield from _read_group(group, kind, read, bounds, reader)
                continue
        except InvalidParameters:
            pass
        yield from _one_by_one(start, group, kind, read, bounds, reader)
    return read


def _divided(data: bytes, bounds: ListBounds | None) -> Steps[list[msgspec.Raw]]:
    """Divide a list into its items, even if one is nested too deeply for the decoder."""
    try:
        if bounds is not None and (yield from has_more_values(data, _MANY_VALUES)):
            _check_items(len(_objects(data)), bounds)
            yield
        return _items(data)
    except RecursionError:
        return (yield from in_thread(partial(_divided_by_brackets, data, bounds)))
    except UNREADABLE as error:
        raise as_ours(error) from None


def _divided_by_brackets(data: bytes, bounds: ListBounds | None) -> list[msgspec.Raw]:
    source = JsonSource(BytesIO(data).read, largest=len(data), chunk=len(data))
    most = None if bounds is None else bounds.items + 1
    try:
        texts = [msgspec.Raw(each) for each in islice(array_items(source), most)]
    except BrokenJson:
        raise too_deep() from None
    if bounds is not None:
        _check_items(len(texts), bounds)
    return texts


def _check_items(count: int, bounds: ListBounds) -> None:
    if count > bounds.items:
        fault = f"has {count} items, at most {bounds.items} are allowed in one list"
        raise InvalidParameters(violations=[Violation("", "items", fault)])


def _groups(texts: list[msgspec.Raw]) -> Iterator[tuple[int, list[Raw]]]:
    """Divide a list into groups of moderate size; a large object is alone."""
    start, size = 0, 0
    for index, text in enumerate(texts):
        if size and (size + len(text) > _GROUP or index - start == _GROUP_ITEMS):
            yield start, list(map(Raw, texts[start:index]))
            start, size = index, 0
        size += len(text)
    if start < len(texts):
        yield start, list(map(Raw, texts[start:]))


def _read_group(
    group: list[Raw],
    kind: type[T],
    read: Read[T],
    bounds: ListBounds | None,
    reader: ItemReader | None,
) -> Steps[None]:
    joined = b"[" + b",".join(group) + b"]"
    if bounds is not None:
        bounds.check(joined, bounds.each.depth - 1)
    kinds: Any = list[kind]  # type: ignore[valid-type]
    values = yield from decode_steps(joined, kinds, explain=False)
    if reader is None or len(joined) > LONGEST_REPAIRED:
        read.good += map(Item, values, group)
        yield
        return
    valid = [reader.is_valid(each) for each in read_plain(joined)]
    yield
    for value, text, is_valid in zip(values, group, valid, strict=True):
        if is_valid:
            read.good.append(Item(value, text))
        else:
            yield
            reading = yield from reader.read(text)
            read.good.append(_repaired(text, reading) or Item(value, text, reading))
    yield


def _repaired(text: Raw, reading: "Reading[Any]") -> Item[Any] | None:
    """Return an object that was repaired until it was valid."""
    if not reading.is_usable:
        return None
    return Item(reading.object, text, reading if reading.verdict == "repaired" else None)


def _one_by_one(
    start: int,
    group: list[Raw],
    kind: type[T],
    read: Read[T],
    bounds: ListBounds | None,
    reader: ItemReader | None,
) -> Steps[None]:
    most = len(group) + len(read.broken) if bounds is None else bounds.broken
    for index, text in enumerate(group, start):
        try:
            if bounds is not None:
                bounds.check(text, bounds.each.depth - 2)
        except InvalidParameters as error:
            read.add_broken(index, text, error.violations, most)
        else:
            yield from _read_one(index, text, kind, read, reader, most)
        yield


def _read_one(
    index: int, text: Raw, kind: type[T], read: Read[T], reader: ItemReader | None, most: int
) -> Steps[None]:
    reading = None
    repairable = reader is not None and len(text) <= LONGEST_REPAIRED
    if reader is not None and repairable and not reader.is_valid(read_plain(text)):
        yield
        reading = yield from reader.read(text)
        repaired = _repaired(text, reading)
        if repaired is not None:
            read.good.append(repaired)
            return
    try:
        explain = len(read.broken) < _EXPLAINED
        if explain or len(text) > _GROUP:
            value = yield from decode_steps(text, kind, explain=explain)
        else:
            value = decode_plainly(text, kind)
        read.good.append(Item(value, text, reading))
    except InvalidParameters as error:
        partial = None if reading is None else reading.object
        read.add_broken(index, text, error.violations, most, partial)
