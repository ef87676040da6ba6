"""Objects of partners whose last_updated is in the far future."""

import logging
from collections.abc import Iterable
from dataclasses import dataclass

from ocpi_server._clock import FAR_FUTURE, from_micros, is_far_future, to_micros, utc_now
from ocpi_server._jsonbytes import fields, text_field
from ocpi_server.objects.class_names import class_name
from ocpi_server.store import Draft, Listing, ObjectStore

__all__ = ["FutureObject", "future_message", "future_objects", "warn_of_future"]

log = logging.getLogger("ocpi_server.objects")


@dataclass(frozen=True, slots=True)
class FutureObject:
    """A received object that is dated in the far future.

    Attributes:
        module: The OCPI module.
        country_code: Of its owner; empty where the object does not name one, before 2.2.
        party_id: Likewise.
        id: Its id.
        last_updated: As it was sent.
    """

    module: str
    country_code: str
    party_id: str
    id: str
    last_updated: str


async def future_objects(
    store: ObjectStore, company: str, modules: Iterable[str], most: int
) -> list[FutureObject]:
    """List the objects of a partner that are dated in the far future.

    Args:
        store: Where they are kept.
        company: The registration that they belong to.
        modules: The modules to look at.
        most: Maximum number of objects of one module.
    """
    found: list[FutureObject] = []
    after = to_micros(utc_now()) + FAR_FUTURE
    for module in modules:
        asked = Listing(module=module, source=company, date_from=after, limit=most)
        page = await store.page(asked)
        found += [_future_object(module, raw) for raw in page.items]
    return found


def _future_object(module: str, raw: bytes) -> FutureObject:
    written = fields(raw)

    def text(*names: str) -> str:
        return next(filter(None, (text_field(written, name) for name in names)), "")

    owner = (text("country_code"), text("party_id"))
    return FutureObject(module, *owner, text("id", "uid"), text("last_updated"))


def future_message(draft: Draft) -> str:
    """Describe what is wrong with the last_updated of an object; empty where nothing is."""
    if not is_far_future(draft.last_updated):
        return ""
    written = fields(draft.raw)
    uid = text_field(written, "id") or text_field(written, "uid") or draft.key.uid
    return (
        f"last_updated of {class_name(draft.key.module)} {uid} is "
        f"{from_micros(draft.last_updated):%Y-%m-%dT%H:%M:%SZ}, in the far future; whatever comes "
        "with a plausible one replaces the object."
    )


def warn_of_future(draft: Draft) -> None:
    """Log that an object is dated in the far future."""
    if message := future_message(draft):
        log.warning("From %s: %s", draft.source, message)
