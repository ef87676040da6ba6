"""The text of an object or message in another version, by the bridge."""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from typing import Final, NamedTuple

from ocpi_bridge import ConversionContext, convert
from ocpi_bridge.versions import class_in
from ocpi_runtime.codec import decode, encode
from ocpi_runtime.types import Model, Raw
from ocpi_server.store import Shortfall

__all__ = ["KINDS", "Translated", "model", "translate", "translate_beside"]

KINDS: Final = {
    "locations": "Location",
    "tokens": "Token",
    "sessions": "Session",
    "cdrs": "CDR",
    "tariffs": "Tariff",
    "hubclientinfo": "ClientInfo",
}
"""The class of the objects of a module."""

_AT_ONCE: Final = 16 * 1024
_BESIDE: Final = ThreadPoolExecutor(1, "ocpi-translation")


class Translated(NamedTuple):
    """Text in another version.

    Attributes:
        raw: The text.
        losses: What is lost, and what is assumed.
    """

    raw: Raw
    losses: tuple[Shortfall, ...]


def translate(
    raw: bytes, kind: str, source: str, target: str, context: ConversionContext | None = None
) -> Translated:
    """Convert an object to another version.

    Args:
        raw: The object.
        kind: Its class, such as ``Location``.
        source: The version that it is written in.
        target: The version that it shall be in.
        context: What the target may need beside the object.

    Raises:
        NotConvertible: The target cannot represent it.
    """
    done = convert(
        model(raw, kind, source), target, kind=kind, context=context or ConversionContext()
    )
    losses = tuple(Shortfall(each.pointer, each.reason) for each in done.losses)
    return Translated(Raw(encode(done.value)), losses)


async def translate_beside(
    raw: bytes, kind: str, source: str, target: str, context: ConversionContext | None = None
) -> Translated:
    """Translate as :func:`translate`; a long text beside the event loop, in a thread.

    There is one thread for all, so that the event loop never shares the processor with many.
    """
    if len(raw) <= _AT_ONCE:
        return translate(raw, kind, source, target, context)
    loop = asyncio.get_running_loop()
    return await loop.run_in_executor(_BESIDE, translate, raw, kind, source, target, context)


def model(raw: bytes, kind: str, version: str) -> Model:
    """Read the text of an object in its version."""
    return decode(raw, class_in(version, kind))
