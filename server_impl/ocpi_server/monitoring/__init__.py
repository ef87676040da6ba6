"""The state of a platform: its health for the operator, and its metrics for Prometheus."""

from ocpi_server.monitoring._health import PartnerHealth, State, healths
from ocpi_server.monitoring._lags import LAG_STEP, LAG_STEPS, LagHistory, read_lags
from ocpi_server.monitoring._running import monitored
from ocpi_server.monitoring._status import PartnerStatus, PlatformStatus, PullStatus, read_status

__all__ = [
    "LAG_STEP",
    "LAG_STEPS",
    "LagHistory",
    "PartnerHealth",
    "PartnerStatus",
    "PlatformStatus",
    "PullStatus",
    "State",
    "healths",
    "monitored",
    "read_lags",
    "read_status",
]
