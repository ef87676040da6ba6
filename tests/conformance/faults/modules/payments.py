"""Faults of payment terminals, and of objects that are posted."""

from typing import Any

from tests.conformance.faults.building import (
    Make,
    accepted_data,
    answering,
    asking,
    is_below,
    success,
)
from tests.conformance.fuzz.misbehaving import Answer, ReceivedRequest

__all__ = ["PAYMENTS"]


def _ignored(method: str, end: str, module: str = "payments", status: int = 200) -> Make:
    """Answer with success and do nothing."""

    def at_once(asked: ReceivedRequest) -> ReceivedRequest | Answer:
        meant = is_below(asked, module, method) and asked.path.rstrip("/").endswith(end)
        return success(asked, status) if meant else asked

    return asking(at_once)


def _changed(piece: str, **fields: Any) -> Make:
    """Change what is read of objects that were posted."""

    def spoil(asked: ReceivedRequest, answer: Answer) -> Answer:
        data = accepted_data(answer)
        meant = asked.method == "GET" and piece in asked.path and isinstance(data, dict)
        return answer.with_fields(data={**data, **fields}) if meant else answer

    return answering(spoil)


_STORED = "/receiver/payments/"

PAYMENTS: dict[str, Make] = {
    "terminal-activation-ignored": _ignored("POST", "/activate"),
    "terminal-deactivation-ignored": _ignored("POST", "/deactivate"),
    "terminal-put-ignored": _ignored("PUT", ""),
    "terminal-patch-ignored": _ignored("PATCH", ""),
    "terminal-post-ignored": _ignored("POST", "/terminals", status=201),
    "terminal-changed-on-the-way": _changed(f"{_STORED}terminals", terminal_id="ANOTHER"),
    "confirmation-post-ignored": _ignored("POST", "/financial-advice-confirmations", status=201),
    "confirmation-changed-on-the-way": _changed(
        f"{_STORED}financial-advice-confirmations", currency="SEK"),
    "record-post-ignored": _ignored(
        "POST", "/invoicereconciliation", "invoicereconciliation", 201),
}  # fmt: skip
