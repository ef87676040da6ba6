"""Faults of pushes to one module: what is answered with success and not done."""

from tests.conformance.faults.building import Make, asking, is_below, success
from tests.conformance.fuzz.misbehaving import Answer, ReceivedRequest

__all__ = ["MODULE_PUSHES"]

_MODULES = {
    "bookings": "bookings",
    "client-infos": "hubclientinfo",
    "records": "invoicereconciliation",
}


def _ignored(module: str, method: str, status: int = 200) -> Make:
    """Answer with success and do nothing."""

    def at_once(asked: ReceivedRequest) -> ReceivedRequest | Answer:
        meant = is_below(asked, module, method) and "receiver" in asked.path
        return success(asked, status) if meant else asked

    return asking(at_once)


MODULE_PUSHES: dict[str, Make] = {
    **{f"put-of-{name}-ignored": _ignored(module, "PUT", 201) for name, module in _MODULES.items()},
    "patch-of-locations-ignored": _ignored("locations", "PATCH"),
    "patch-of-sessions-ignored": _ignored("sessions", "PATCH"),
    "delete-of-records-ignored": _ignored("invoicereconciliation", "DELETE"),
}
