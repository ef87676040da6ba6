"""What scenes need for the modules that came with 2.3.0."""

from typing import Any, Final

import msgspec

from ocpi_runtime.types import PartyId
from tests.acceptance.bundles import Told
from tests.server_impl.pair import Served
from tests.server_impl.samples import confirmation, terminal

__all__ = ["SINCE", "newer_ids", "own_payments"]

SINCE: Final = "2.3.0"


def newer_ids(name: str, told: Told, count: int) -> dict[str, str]:
    """Give the ids of what a request is about, by the names that these modules have for them.

    Args:
        name: What the ids of the partner begin with.
        told: The operation.
        count: Makes ids that are used once.
    """
    if told.module == "payments":
        # What is activated is none of those that are changed: it would be as new as now.
        once = count if told.id == "post_activate_terminal" else ""
        return {
            "terminal_id": f"{name}-ter{once}",
            "financial_advice_confirmation_id": f"{name}-fin",
        }
    return {}


async def own_payments(host: Served, name: str, party: PartyId, mark: str) -> None:
    """Let a platform own a terminal and a confirmation for a CPO."""
    provider = host.platform.payments.provider
    await provider.terminal(_text(terminal(f"{name}-ter", reference=mark)), party)
    paid = confirmation(f"{name}-fin", authorization_reference=mark)
    await provider.confirmation(_text(paid), party)


def _text(value: Any) -> bytes:
    return msgspec.json.encode(value)
