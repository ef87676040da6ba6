"""Objects of partners whose last_updated is in the far future."""

import logging

from ocpi_server._clock import from_micros, is_far_future
from ocpi_server._jsonbytes import fields, text_field
from ocpi_server.objects.class_names import class_name
from ocpi_server.store import Draft

__all__ = ["future_message", "warn_of_future"]

log = logging.getLogger("ocpi_server.objects")


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
