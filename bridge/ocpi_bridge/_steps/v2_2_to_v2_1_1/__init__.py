"""From 2.2 to 2.1.1.

Objects name no owner; it is lost unless the context names the same. Sessions and CDRs hold their
location, which comes from the context, and the contract instead of the token. There are no
charging profiles, no preferences and no reservations that can be cancelled or billed.
"""

from ocpi_bridge._steps.v2_2_to_v2_1_1 import (
    cdrs,
    locations,
    messages,
    sessions,
    tariffs,
    tokens,
)
from ocpi_bridge._steps.v2_2_to_v2_1_1._step import STEP

__all__ = ["STEP", "cdrs", "locations", "messages", "sessions", "tariffs", "tokens"]
