"""Arguments of operations on objects: module, version, owner and id."""

from typing import Final

from ocpi_runtime.errors import InvalidParameters, Violation
from ocpi_runtime.types import PartyId
from ocpi_server._versions import VERSIONS
from ocpi_server.store import Key
from ocpi_server.sync.own_changes import MODULES

__all__ = ["key_of", "owner_of", "require_supported"]

_READ: Final = (*MODULES, "hubclientinfo")
_TOKENS: Final = "tokens"


def key_of(module: str, country_code: str, party_id: str, uid: str, type: str | None) -> Key:
    """Return the key of an object; a token without a type is an RFID token."""
    variant = (type or "RFID") if module == _TOKENS else ""
    return Key.of(module, PartyId.of(country_code, party_id), uid, variant)


def owner_of(country_code: str | None, party_id: str | None) -> PartyId | None:
    """Return the party that a list is filtered by.

    Raises:
        InvalidParameters: One of its two parts is missing.
    """
    if (country_code is None) != (party_id is None):
        what = "country_code and party_id must be given together."
        name = "country_code" if country_code is None else "party_id"
        raise InvalidParameters(what, violations=[Violation(f"query:{name}", "required", what)])
    if country_code is None or party_id is None:
        return None
    return PartyId.of(country_code, party_id)


def require_supported(module: str, version: str) -> None:
    """Check that objects of a module and version can be read.

    Raises:
        InvalidParameters: They cannot.
    """
    for name, value, allowed in (("module", module, _READ), ("version", version, VERSIONS)):
        if value not in allowed:
            what = f"{value} is not supported here; allowed: {', '.join(allowed)}."
            raise InvalidParameters(what, violations=[Violation(f"path:{name}", "enum", what)])
