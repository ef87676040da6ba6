"""What a platform knows of its partners, for tests."""

from typing import Any

import msgspec

from ocpi_runtime.codec import decode, violations
from ocpi_runtime.types import Raw
from ocpi_server._versions import OWN_VERSION, binding_of
from ocpi_server.store import Listing
from tests.server_impl.pair import Served


async def received(at: Served, module: str, source: str) -> list[dict[str, Any]]:
    """Return what a partner sent, as the platform itself reads it."""
    listing = Listing(module=module, source=source, audiences=("",), limit=100)
    page = await at.platform.parts.store.page(listing)
    found = await at.platform.parts.renditions.page(page, OWN_VERSION)
    return [msgspec.json.decode(raw) for raw in found]


async def accepted(at: Served, module: str, source: str) -> list[tuple[str, Raw]]:
    """Return what a partner sent, as it came, with its version."""
    page = await at.platform.parts.store.page(
        Listing(module=module, source=source, audiences=("",), limit=100)
    )
    return list(zip(page.versions, page.items, strict=True))


async def put(at: Served, module: str, *values: dict[str, Any]) -> None:
    for value in values:
        await at.platform.put_own(module, msgspec.json.encode(value))


def model(version: str, kind: str, raw: bytes) -> Any:
    """Read an object of a version, and validate it against its class."""
    assert not violations(raw, binding_of(version).model(kind))
    return decode(raw, binding_of(version).model(kind))
