"""The versions, their models, and which class of one is which of another."""

from functools import cache
from importlib import import_module
from itertools import pairwise
from typing import Final

from ocpi_bridge._errors import NotConvertible
from ocpi_runtime.types import Model

__all__ = ["CONVERTIBLE", "VERSIONS", "class_in", "kind_of", "path_between", "version_of"]

VERSIONS: Final = ("2.0", "2.1.1", "2.2", "2.2.1", "2.3.0")
"""From the oldest to the newest; conversions go from neighbour to neighbour."""

CONVERTIBLE: Final = (
    "Location",
    "EVSE",
    "Connector",
    "Token",
    "Session",
    "CDR",
    "Tariff",
    "Credentials",
    "AuthorizationInfo",
    "LocationReferences",
    "StartSession",
    "StopSession",
    "ReserveNow",
    "CancelReservation",
    "UnlockConnector",
    "CommandResponse",
    "CommandResult",
    "ChargingPreferences",
    "ChargingProfile",
    "SetChargingProfile",
    "ChargingProfileResponse",
    "ChargingProfileResult",
    "ActiveChargingProfile",
    "ActiveChargingProfileResult",
    "ClearProfileResult",
    "ClientInfo",
)
"""The classes that travel alone. A version may lack some of them."""

# 2.1.1 has one class for the answer to a command and for its result.
_NAMES: Final = {("2.1.1", "CommandResult"): "CommandResponse"}
_PACKAGE: Final = "ocpi_bindings.v"


def class_in(version: str, kind: str) -> type[Model]:
    """Find the class of a kind of object in a version.

    Args:
        version: One of ``VERSIONS``.
        kind: One of ``CONVERTIBLE``.

    Raises:
        NotConvertible: The version has none.
        ValueError: There is no such version or kind.
    """
    if version not in VERSIONS:
        raise ValueError(f"Version {version!r} is not supported. Use one of {', '.join(VERSIONS)}.")
    if kind not in CONVERTIBLE:
        raise ValueError(
            f"Class {kind!r} cannot be converted. Use one of {', '.join(CONVERTIBLE)}."
        )
    found: type[Model] | None = getattr(
        import_module(_package(version) + ".models"), _NAMES.get((version, kind), kind), None
    )
    if found is None:
        raise NotConvertible(f"OCPI {version} does not define {kind}.")
    return found


def _package(version: str) -> str:
    return _PACKAGE + version.replace(".", "_")


@cache
def version_of(kind: type[Model]) -> str:
    """Return the version that a class belongs to.

    Raises:
        ValueError: It is not a class of the bindings.
    """
    package = kind.OCPI_SCHEMAS.package if hasattr(kind, "OCPI_SCHEMAS") else ""
    for version in VERSIONS:
        if package == _package(version):
            return version
    raise ValueError(f"{kind.__name__} belongs to no version of OCPI that is known here.")


def kind_of(model: type[Model]) -> str:
    """Return the kind of an object by its class.

    Raises:
        ValueError: Such objects do not travel alone.
    """
    if model.__name__ not in CONVERTIBLE:
        raise ValueError(f"A {model.__name__} is not converted on its own.")
    return model.__name__


def path_between(old: str, new: str) -> list[tuple[str, str]]:
    """List the steps from one version to another, up or down."""
    start, end = VERSIONS.index(old), VERSIONS.index(new)
    if start <= end:
        return list(pairwise(VERSIONS[start : end + 1]))
    return list(pairwise(VERSIONS[end : start + 1][::-1]))
