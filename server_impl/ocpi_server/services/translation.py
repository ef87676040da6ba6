"""The text of an object or message in another version, by the bridge."""

from typing import Final, NamedTuple

from ocpi_bridge import ConversionContext, convert
from ocpi_bridge.versions import class_in
from ocpi_runtime.codec import decode, encode
from ocpi_runtime.types import Model, Raw
from ocpi_server.store import Shortfall

__all__ = ["KINDS", "Translated", "model", "translate"]

KINDS: Final = {
    "locations": "Location",
    "tokens": "Token",
    "sessions": "Session",
    "cdrs": "CDR",
    "tariffs": "Tariff",
    "hubclientinfo": "ClientInfo",
}
"""The class of the objects of a module."""


class Translated(NamedTuple):
    """Text in another version.

    Attributes:
        raw: The text.
        losses: What it does not say, and what it assumes.
    """

    raw: Raw
    losses: tuple[Shortfall, ...]


def translate(
    raw: bytes, kind: str, source: str, target: str, context: ConversionContext | None = None
) -> Translated:
    """Say an object in another version.

    Args:
        raw: The object.
        kind: Its class, such as ``Location``.
        source: The version that it is written in.
        target: The version that it shall be in.
        context: What the target may need beside the object.

    Raises:
        NotConvertible: The target cannot say it.
    """
    done = convert(
        model(raw, kind, source), target, kind=kind, context=context or ConversionContext()
    )
    losses = tuple(Shortfall(each.pointer, each.reason) for each in done.losses)
    return Translated(Raw(encode(done.value)), losses)


def model(raw: bytes, kind: str, version: str) -> Model:
    """Read the text of an object in its version."""
    return decode(raw, class_in(version, kind))
