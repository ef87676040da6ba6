"""From 2.1.1 to 2.2.

Objects name their owner, which comes from the context. Sessions and CDRs refer to tokens and
locations instead of holding them; costs are prices with and without VAT; credentials list roles.
"""

from ocpi_bridge._steps.v2_1_1_to_v2_2 import _cdrs as cdrs
from ocpi_bridge._steps.v2_1_1_to_v2_2 import _locations as locations
from ocpi_bridge._steps.v2_1_1_to_v2_2 import _messages as messages
from ocpi_bridge._steps.v2_1_1_to_v2_2 import _sessions as sessions
from ocpi_bridge._steps.v2_1_1_to_v2_2 import _tariffs as tariffs
from ocpi_bridge._steps.v2_1_1_to_v2_2 import _tokens as tokens
from ocpi_bridge._steps.v2_1_1_to_v2_2._step import STEP

__all__ = ["STEP", "cdrs", "locations", "messages", "sessions", "tariffs", "tokens"]
