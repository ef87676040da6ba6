"""Which partner may call what, and in the name of which party."""

from ocpi_server.access_control._hubs import HubParties
from ocpi_server.access_control._permissions import (
    ANYBODY,
    OPEN,
    PERMISSIONS,
    RolePermit,
    parties_that_may,
)
from ocpi_server.access_control._reach import Reach
from ocpi_server.access_control._routes import Routes, client_info_key
from ocpi_server.access_control._routing import Routing

__all__ = [
    "ANYBODY",
    "OPEN",
    "PERMISSIONS",
    "HubParties",
    "Reach",
    "RolePermit",
    "Routes",
    "Routing",
    "client_info_key",
    "parties_that_may",
]
