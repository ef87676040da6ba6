"""Bodies of requests: checked as they are, else read by the dialect of the partner."""

import asyncio
import logging
from collections.abc import Mapping
from functools import partial
from typing import Any, Final, TypeGuard

from ocpi_runtime import codec
from ocpi_runtime._codec.decode import check_slowly, check_steps, fields_of_valid
from ocpi_runtime._codec.lists import LONGEST_REPAIRED
from ocpi_runtime._codec.plan import plan_for
from ocpi_runtime._codec.steps import run_paced
from ocpi_runtime._validation.bounds import Bounds, check_values
from ocpi_runtime.dialect import SHORT, Dialect, Reading, RepairedText
from ocpi_runtime.errors import HttpError, InvalidParameters, OcpiError
from ocpi_runtime.server._answers.results import Received
from ocpi_runtime.server._context import Partner
from ocpi_runtime.types import Model, Raw

__all__ = ["received"]

log = logging.getLogger("ocpi_runtime.server")

_AT_ONCE: Final = 16 * 1024


async def received(
    raw: bytes, kind: Any, bounds: Bounds, partner: Partner, path: Mapping[str, str]
) -> Received[Any]:
    """Read a body.

    Args:
        raw: The bytes that came.
        kind: The type that they should have.
        bounds: The most that is taken.
        partner: Who sent it; its dialect repairs what is not valid.
        path: The values of the path by name; they name the object that it is a part of.

    Raises:
        MalformedRequest: It is not JSON.
        InvalidParameters: It breaks rules, and is not repaired.
    """
    try:
        return await _checked(raw, kind, bounds)
    except (HttpError, InvalidParameters) as error:
        dialect = partner.dialect
        if dialect is None or not (dialect.active or dialect.edition) or not _is_model(kind):
            raise
        work = partial(_repaired, raw, kind, bounds, dialect)
        repaired = work() if len(raw) <= SHORT else await asyncio.to_thread(work)
        if isinstance(repaired, Reading) and partner.on_partial is not None:
            await partner.on_partial(kind, Raw(raw), repaired, path)
        if not isinstance(repaired, Received):
            raise error from None
    if not repaired.repairs:
        return repaired
    rules = ", ".join(sorted({each.rule for each in repaired.repairs}))
    log.info("partner %s: %s was repaired: %s", partner.id, kind.__name__, rules)
    return repaired


async def _checked(raw: bytes, kind: Any, bounds: Bounds) -> Received[Any]:
    if len(raw) > _AT_ONCE or not bounds.allow(len(raw)):
        return Received(await run_paced(check_steps(raw, kind, bounds)), Raw(raw))
    fields = fields_of_valid(raw, kind, bounds.depth)
    if fields is None:
        return Received(check_slowly(raw, kind, bounds.depth), Raw(raw))
    # Many handlers store the text and need no model, which is made in as much time again.
    return Received(fields, Raw(raw), plan_for(kind).read)


def _is_model(kind: Any) -> TypeGuard[type[Model]]:
    return isinstance(kind, type) and issubclass(kind, Model) and hasattr(kind, "OCPI_SCHEMAS")


def _repaired(
    raw: bytes, kind: type[Model], bounds: Bounds, dialect: Dialect
) -> Received[Any] | Reading[Any] | None:
    """Repair a body of moderate size; None where not even a part of it is read."""
    if len(raw) > LONGEST_REPAIRED:
        return None
    try:
        codec.check_depth(raw, bounds.depth)
        check_values(raw, bounds)
        reading = dialect.read(raw, kind)
        if not reading.is_usable:
            return reading if reading.verdict == "partial" else None
        value = reading.object
        if not reading.edition:
            value = codec.check(reading.text, kind, max_depth=bounds.depth)
    except OcpiError:
        return None
    if not reading.repairs:
        return Received(value, Raw(raw)) if reading.edition else None
    return Received(value, RepairedText(reading.text, raw, reading.repairs))
