"""Bundles of bindings, read once: what is compiled of one is kept with it."""

from collections.abc import Mapping
from typing import Any, Final

from ocpi_runtime.binding import Binding

__all__ = ["bundle_of"]

_MOST_READ: Final = 256
_READ: dict[tuple[int, str, str, str], tuple[Binding[Any, Any], Mapping[str, Any]]] = {}
"""By the identity of the binding, which is kept too."""


def bundle_of(
    binding: Binding[Any, Any], module: str, interface: str, edition: str = ""
) -> Mapping[str, Any]:
    """Return the OpenAPI document of an interface, the same one each time.

    Raises:
        KeyError: The version, or the edition, has no such interface.
        ValueError: The version has no such edition.
    """
    key = (id(binding), module, interface, edition)
    if key not in _READ:
        _READ[key] = (binding, binding.bundle(module, interface, edition))
        if len(_READ) > _MOST_READ:
            _READ.pop(next(iter(_READ)))
    return _READ[key][1]
