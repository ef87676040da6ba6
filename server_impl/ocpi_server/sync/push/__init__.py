"""Pushing own objects: what partners must be sent is noted with each change and sent from there.

A partner gets the latest state of each object, however many changes it missed, at its own pace.
"""

from ocpi_server.sync.push._announcing import Announcer
from ocpi_server.sync.push._calls import MODULES
from ocpi_server.sync.push._engine import Pushed
from ocpi_server.sync.push._failures import Unsendable
from ocpi_server.sync.push._relay import Relay
from ocpi_server.sync.push._status import PartnerPush

__all__ = ["MODULES", "Announcer", "PartnerPush", "Pushed", "Relay", "Unsendable"]
