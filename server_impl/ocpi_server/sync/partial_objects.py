"""Objects of partners that are not valid, even after repairs: made out of what came of them."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, Final

from ocpi_runtime.client import Problem, ReceivedPage
from ocpi_runtime.dialect import Reading
from ocpi_runtime.errors import Violation
from ocpi_runtime.types import Model, PartyId, Raw
from ocpi_server._clock import to_micros, utc_now
from ocpi_server.partners import PartnerRecord
from ocpi_server.store import Key, PartialObject, PartialStore, nameless_key
from ocpi_server.sync._seen_objects import key_of
from ocpi_server.versioning.translation import KINDS

__all__ = ["keep_pushed", "of_page", "of_problems", "of_reading"]

_MODULES: Final = {name: module for module, name in KINDS.items()}
_PARTS: Final = {"EVSE": "locations", "Connector": "locations"}
"""Classes of which a location has the parts that are pushed alone."""
_OWNER: Final = ("country_code", "party_id")
_LENGTHS: Final = (32, 2, 3, 64, 64)
"""What the store takes of the module, the owner, the id and the variant of an object."""


def of_page(
    partner: PartnerRecord, module: str, page: ReceivedPage[Any]
) -> Iterator[PartialObject]:
    """Yield the items of a page that could be decoded and are not valid all the same."""
    if not any(page.faults):
        return
    for item, raw, faults in zip(page.items, page.raw_items, page.faults, strict=True):
        if faults:
            yield _made(partner, module, raw, item, faults)


def of_problems(
    partner: PartnerRecord, module: str, problems: Sequence[Problem]
) -> Iterator[PartialObject]:
    """Yield the items of a list that could not be decoded, but partly read."""
    for each in problems:
        if each.raw is not None and each.partial is not None:
            yield _made(partner, module, each.raw, each.partial, each.violations)


def of_reading(
    partner: PartnerRecord, module: str, raw: Raw, reading: Reading[Any]
) -> PartialObject:
    """Return an object that is not valid, as far as it could be read."""
    return _made(partner, module, raw, reading.object, reading.faults)


async def keep_pushed(
    store: PartialStore,
    partner: PartnerRecord,
    kind: type[Model],
    raw: Raw,
    reading: Reading[Any],
    path: Mapping[str, str],
) -> None:
    """Keep an object that a partner pushed, or a part or patch of one.

    Objects of kinds that are not stored are skipped.
    """
    whole = kind.__name__.removesuffix("Patch")
    module = _MODULES.get(whole, _PARTS.get(whole))
    if module is None:
        return
    found = _made(partner, module, raw, reading.object, reading.faults)
    is_part = kind.__name__ not in _MODULES
    if is_part or not found.key.country_code:
        key = _key_of_path(partner, module, path, "PATCH" if whole != kind.__name__ else "")
        found = replace(found, key=key or nameless_key(module, raw))
    await store.keep(partner.id, [found])


def _key_of_path(
    partner: PartnerRecord, module: str, path: Mapping[str, str], mark: str
) -> Key | None:
    """Return the key of what a path leads to, with the rest of the path as its variant."""
    owner = PartyId.of(path.get("country_code", ""), path.get("party_id", ""))
    uid, *below = [value for name, value in path.items() if name not in _OWNER] or [""]
    variant = "/".join(filter(None, [*below, mark]))
    key = Key.of(module, owner, uid, variant, holder=partner.company)
    return key if uid and _fits(key) else None


def _made(
    partner: PartnerRecord, module: str, raw: Raw, item: Any, faults: tuple[Violation, ...]
) -> PartialObject:
    received = to_micros(utc_now())
    changed = getattr(item, "last_updated", None)
    return PartialObject(
        key=_key(partner, module, raw),
        raw=raw,
        faults=faults,
        received=received,
        last_updated=to_micros(changed) if isinstance(changed, datetime) else received,
        version=partner.version or "",
    )


def _key(partner: PartnerRecord, module: str, raw: Raw) -> Key:
    found = key_of(partner, module, raw)
    if found is None:
        return nameless_key(module, raw)
    return found if _fits(found) else nameless_key(module, raw)


def _fits(key: Key) -> bool:
    return all(len(part) <= most for part, most in zip(key[:5], _LENGTHS, strict=True))
