"""The steps of ``ocpi price``."""

import sys
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from ocpi_pricing._command_line._batch import Summary, price_all
from ocpi_pricing._command_line._documents import Document, NotReadable, objects, read_document
from ocpi_pricing._command_line._output import as_json, lines
from ocpi_pricing._command_line._pricing import price_session
from ocpi_pricing._command_line._sessions import charged
from ocpi_pricing._cost import PriceWarning, PricingError
from ocpi_runtime.codec import encode
from ocpi_runtime.failures import CommandFailed

__all__ = ["Asked", "NotPriced", "price_many", "price_one", "print_json", "tariffs_in"]


class NotPriced(CommandFailed):
    """A session has no price by its tariff."""


@dataclass(frozen=True, slots=True)
class Asked:
    """The options of ``ocpi price``."""

    file: str
    tariffs: tuple[str, ...]
    zone: str | None
    version: str | None
    tolerance: Decimal
    as_json: bool


def price_one(asked: Asked) -> bool:
    """Price the first object of a file; return whether its totals agree.

    Raises:
        NotReadable: It cannot be read.
        NotPriced: Its tariff cannot be applied to it.
    """
    text = next(objects(asked.file), None)
    if text is None:
        raise NotReadable(f"{asked.file} contains no object; pass a file with a CDR or Session.")
    try:
        session = charged(_read(text, asked.file, 0, asked.version))
        given = [one for path in asked.tariffs for one in tariffs_in(path, asked.version)]
        priced = price_session(session, given, zone=asked.zone, tolerance=asked.tolerance)
    except PricingError as error:
        raise NotPriced(f"{asked.file}: {error}") from None
    if asked.as_json:
        print_json(as_json(priced))
    else:
        sys.stdout.writelines(f"{line}\n" for line in lines(priced))
        _warn(priced.warnings)
    return priced.agrees


def price_many(asked: Asked) -> bool:
    """Price all objects of a file; return whether the totals of all agree."""
    given = [one for path in asked.tariffs for one in tariffs_in(path, asked.version)]
    summary = price_all(
        objects(asked.file),
        given,
        version=asked.version,
        zone=asked.zone,
        tolerance=asked.tolerance,
    )
    if asked.as_json:
        print_json(summary.as_json())
    else:
        sys.stdout.writelines(f"{line}\n" for line in _summary(summary))
    return summary.agree == summary.cdrs


def tariffs_in(path: str, version: str | None) -> list[Any]:
    """Read the tariffs of a file.

    Raises:
        NotReadable: They cannot be read.
    """
    return [
        _read(text, path, place, version, "Tariff").value
        for place, text in enumerate(objects(path))
    ]


def _read(
    text: bytes, path: str, place: int, version: str | None, kind: str | None = None
) -> Document:
    """Read one object of a file.

    Raises:
        NotReadable: It cannot be read; file and object are named.
    """
    try:
        return read_document(text, version, kind)
    except NotReadable as error:
        raise NotReadable(f"{path}, object {place}: {error}") from None


def print_json(value: Any) -> None:
    """Write a value to stdout as JSON."""
    sys.stdout.write(encode(value).decode() + "\n")


def _summary(summary: Summary) -> Iterator[str]:
    counts = f"{summary.agree} agree, {summary.differ} differ, {summary.refused} cannot be priced"
    yield f"{summary.cdrs} CDRs: {counts}"
    for cause, count in summary.causes.most_common():
        yield f"{count:>8}  {cause} ({', '.join(summary.examples[cause])})"
    for rule, count in summary.warnings.most_common():
        yield f"{count:>8}  warning {rule}"


def _warn(warnings: tuple[PriceWarning, ...]) -> None:
    for one in warnings:
        sys.stderr.write(f"Warning: {one.pointer or '(all of it)'}: {one.message} [{one.rule}]\n")
