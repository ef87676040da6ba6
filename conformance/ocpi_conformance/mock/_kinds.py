"""The kinds of faults that scenarios have, with their options."""

from collections.abc import Mapping
from typing import Final

from ocpi_conformance.mock import _faults as faults
from ocpi_conformance.mock._faults import FaultKind

__all__ = ["KINDS"]

KINDS: Final[Mapping[str, FaultKind]] = {
    "status": FaultKind(
        "answers with an HTTP status, and HTML or an envelope as its body",
        faults.answer_status,
        {"status": 500, "body": ("html", "envelope", "empty"), "retry_after": 0},
        replaces=True,
    ),
    "ocpi-status": FaultKind(
        "answers with an OCPI status and HTTP 200",
        faults.answer_ocpi_status,
        {"code": 3000},
        replaces=True,
    ),
    "delay": FaultKind("waits before it answers", faults.delay, {"seconds": 1.0}),
    "reset": FaultKind(
        "resets the connection, before the answer or within its body",
        faults.reset,
        {"at": ("start", "body")},
    ),
    "drip": FaultKind(
        "sends the body slowly, some bytes at a time", faults.drip, {"bytes": 64, "seconds": 0.05}
    ),
    "endless": FaultKind(
        "sends a body that does not end, up to a size", faults.endless, {"megabytes": 64}
    ),
    "gzip": FaultKind("compresses the body", faults.compress, {}),
    "redirect": FaultKind(
        "redirects the request",
        faults.redirect,
        {"status": 307, "to": ("same", "other-host", "loop")},
        replaces=True,
    ),
    "link": FaultKind(
        "sends a wrong Link to the next page",
        faults.change_link,
        {"mode": ("missing", "loop", "relative", "nonsense", "other-host", "without-brackets")},
    ),
    "total": FaultKind(
        "sends a wrong X-Total-Count",
        faults.change_total,
        {"mode": ("changing", "missing", "nonsense", "page-size")},
    ),
    "envelope": FaultKind(
        "sends something else than the envelope that is expected",
        faults.change_envelope,
        {
            "mode": (
                "bare",
                "object",
                "null",
                "no-timestamp",
                "no-status",
                "text-status",
                "truncated",
                "empty",
                "html",
                "bom",
            )
        },
    ),
    "set": FaultKind(
        "sets a field of the objects in an answer",
        faults.set_field,
        {"pointer": "", "value": "", "item": -1},
    ),
    "remove": FaultKind(
        "removes a field of the objects in an answer",
        faults.remove_field,
        {"pointer": "", "item": -1},
    ),
    "timestamps": FaultKind(
        "writes timestamps without Z, or with an offset",
        faults.change_timestamps,
        {"mode": ("bare", "offset")},
    ),
    "overlap": FaultKind(
        "begins each page with the last object of the page before", faults.overlap, {}
    ),
}
"""By name, as scenarios have them."""
