"""From 2.0 to 2.1.1.

Decimals turn from texts into numbers, and objects contain when they last changed: that comes from
the context. Connectors lose a status of their own, CDRs get totals.
"""

from ocpi_bridge._steps.v2_0_to_v2_1_1 import _charging as charging
from ocpi_bridge._steps.v2_0_to_v2_1_1 import _locations as locations
from ocpi_bridge._steps.v2_0_to_v2_1_1 import _messages as messages
from ocpi_bridge._steps.v2_0_to_v2_1_1 import _tariffs as tariffs
from ocpi_bridge._steps.v2_0_to_v2_1_1._common import STEP

__all__ = ["STEP", "charging", "locations", "messages", "tariffs"]
