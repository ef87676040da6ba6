"""The state of a platform: its health for the operator, and its metrics for Prometheus."""

from ocpi_server.monitoring._health import PartnerHealth, State, healths
from ocpi_server.monitoring._metrics import serving_metrics
from ocpi_server.monitoring._status import PartnerStatus, PlatformStatus, PullStatus, read_status

__all__ = [
    "PartnerHealth",
    "PartnerStatus",
    "PlatformStatus",
    "PullStatus",
    "State",
    "healths",
    "read_status",
    "serving_metrics",
]
