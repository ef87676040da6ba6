"""From 2.2 to 2.1.1.

Objects name no owner; it is lost unless the context names the same. Sessions and CDRs hold their
location, which comes from the context, and the contract instead of the token. There are no
charging profiles, no preferences and no reservations that can be cancelled or billed.
"""

from ocpi_bridge._steps.v2_2_to_v2_1_1 import _cdrs as cdrs
from ocpi_bridge._steps.v2_2_to_v2_1_1 import _locations as locations
from ocpi_bridge._steps.v2_2_to_v2_1_1 import _messages as messages
from ocpi_bridge._steps.v2_2_to_v2_1_1 import _sessions as sessions
from ocpi_bridge._steps.v2_2_to_v2_1_1 import _tariffs as tariffs
from ocpi_bridge._steps.v2_2_to_v2_1_1 import _tokens as tokens
from ocpi_bridge._steps.v2_2_to_v2_1_1._step import STEP

__all__ = ["STEP", "cdrs", "locations", "messages", "sessions", "tariffs", "tokens"]
