"""OCPI objects in other versions.

``convert`` converts an object from one version to another, over all versions between, and reports
what was lost (pointer and reason) and what was assumed. Conversions are pure functions over the
generated models; nothing is read, stored or remembered.

    from ocpi_bridge import ConversionContext, convert_into
    from ocpi_bindings import v2_1_1, v2_2_1

    context = ConversionContext(cpo=PartyId.of("NL", "TNM"))
    converted = convert_into(location, v2_2_1.models.Location, context=context)
    send(converted.value)
    for loss in converted.losses:
        print(loss.pointer, loss.reason)
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from ocpi_bridge._context import ConversionContext
    from ocpi_bridge._conversion.text import short_id
    from ocpi_bridge._convert import convert, convert_into
    from ocpi_bridge._errors import ContextMismatch, ContextMissing, NotConvertible
    from ocpi_bridge._prepare import prepare
    from ocpi_bridge._results import Assumption, Converted, Loss
    from ocpi_bridge.versions import CONVERTIBLE, VERSIONS

__all__ = [
    "CONVERTIBLE",
    "VERSIONS",
    "Assumption",
    "ContextMismatch",
    "ContextMissing",
    "ConversionContext",
    "Converted",
    "Loss",
    "NotConvertible",
    "convert",
    "convert_into",
    "prepare",
    "short_id",
]

_MODULES: Final = {
    "Assumption": "ocpi_bridge._results",
    "CONVERTIBLE": "ocpi_bridge.versions",
    "ContextMismatch": "ocpi_bridge._errors",
    "ContextMissing": "ocpi_bridge._errors",
    "ConversionContext": "ocpi_bridge._context",
    "Converted": "ocpi_bridge._results",
    "Loss": "ocpi_bridge._results",
    "NotConvertible": "ocpi_bridge._errors",
    "VERSIONS": "ocpi_bridge.versions",
    "convert": "ocpi_bridge._convert",
    "convert_into": "ocpi_bridge._convert",
    "prepare": "ocpi_bridge._prepare",
    "short_id": "ocpi_bridge._conversion.text",
}
"""Where each name is defined. It is imported when it is used: commands print help without it."""


def __getattr__(name: str) -> Any:
    if name not in _MODULES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_MODULES[name]), name)
