"""Tariffs, CDRs and sessions of any version from files."""

import io
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any, BinaryIO, ClassVar

import msgspec

from ocpi_pricing._cost import PriceWarning
from ocpi_runtime.codec import decode
from ocpi_runtime.dialect import Dialect
from ocpi_runtime.errors import OcpiError, Violation
from ocpi_runtime.failures import CommandFailed
from ocpi_runtime.json_content import contents
from ocpi_runtime.json_stream import BrokenJson, JsonSource, array_items, object_fields

__all__ = ["Document", "NotReadable", "model_of", "objects", "read_document"]


_TEXT_PRICE = re.compile(rb'"price"\s*:\s*"')
"""Only 2.0 writes prices as text."""


class NotReadable(CommandFailed):
    """A file, or an object in it, cannot be read."""

    exit_code: ClassVar[int] = 2


@dataclass(frozen=True, slots=True)
class Document:
    """An object of OCPI.

    Attributes:
        kind: CDR, Session or Tariff.
        version: Of OCPI.
        value: The model.
        warnings: What was repaired, or is missing.
    """

    kind: str
    version: str
    value: Any
    warnings: tuple[PriceWarning, ...]


def objects(path: str) -> Iterator[bytes]:
    """Yield the objects of a file as text: an array, an envelope, one, or several after another.

    Args:
        path: The file, plain, gzip or zip; ``-`` is stdin.

    Raises:
        NotReadable: It is not JSON.
    """
    try:
        with _opened(path) as file:
            for content in contents(file):
                yield from _values(content.source)
    except (BrokenJson, msgspec.DecodeError) as error:
        raise NotReadable(f"{path}: {error}. Pass JSON objects of OCPI.") from None
    except OSError as error:
        raise NotReadable(f"{path}: {error.strerror or error}. Pass a file of JSON.") from None


def _opened(path: str) -> BinaryIO:
    return io.BytesIO(sys.stdin.buffer.read()) if path == "-" else Path(path).open("rb")


def _values(source: JsonSource) -> Iterator[bytes]:
    while source.peek():
        if source.peek() == b"[":
            yield from array_items(source)
        else:
            yield from _unwrapped(source.value())


def _unwrapped(text: bytes) -> Iterator[bytes]:
    """Yield the objects of an envelope; what is none, as it is."""
    if b'"status_code"' not in text:
        yield text
        return
    data = dict(object_fields(JsonSource(io.BytesIO(text).read))).get(b'"data"', text)
    is_list = data.startswith(b"[")
    yield from array_items(JsonSource(io.BytesIO(data).read)) if is_list else (data,)


def read_document(text: bytes, version: str | None = None, kind: str | None = None) -> Document:
    """Read an object of the version and class that are given, or else guessed.

    Raises:
        NotReadable: It is not a CDR, Session or Tariff, even after repairs, with all faults.
    """
    name = kind or _kind(text)
    number, model = model_of(text, name, version)
    try:
        return Document(name, number, decode(text, model), ())
    except OcpiError:
        reading = Dialect.lenient.read(text, model)
    if reading.object is None:
        raise NotReadable(_faults(name, number, reading.remaining or reading.faults))
    repairs = (PriceWarning("repaired", one.pointer, one.rule) for one in reading.repairs)
    gaps = (PriceWarning("invalid", one.pointer, one.message) for one in reading.remaining)
    return Document(name, number, reading.object, (*repairs, *gaps))


def model_of(text: bytes, name: str, version: str | None = None) -> tuple[str, Any]:
    """Return the version, guessed where it is not given, and its class of a name."""
    number = version or _version(text, name)
    return number, _model(name, number)


@cache
def _model(name: str, version: str) -> Any:
    return getattr(import_module(f"ocpi_bindings.v{version.replace('.', '_')}.models"), name)


def _faults(name: str, version: str, faults: Any) -> str:
    violations: tuple[Violation, ...] = tuple(faults)
    lines = [f"  {one.pointer or '(all of it)'} {one.message}" for one in violations[:5]]
    head = (
        f"This is not a {name} of OCPI {version}. Correct it, or name its version with --version."
    )
    return "\n".join([head, *lines])


def _kind(text: bytes) -> str:
    if b'"charging_periods"' in text or b'"kwh"' in text:
        return "CDR" if b'"total_energy"' in text or b'"cdr_location"' in text else "Session"
    if b'"elements"' in text:
        return "Tariff"
    raise NotReadable(
        "This is not a CDR, Session or Tariff: charging_periods and elements are absent"
    )


def _version(text: bytes, name: str) -> str:
    old = (b'"stop_date_time"', b'"auth_id"', b'"start_datetime"')
    if any(each in text for each in old) or (name == "Tariff" and b'"country_code"' not in text):
        return "2.0" if _TEXT_PRICE.search(text) else "2.1.1"
    return "2.3.0" if b'"before_taxes"' in text or b'"tax_included"' in text else "2.2.1"
