"""What observes a platform as long as it is served."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from ocpi_server._clock import Clock
from ocpi_server._operations import Operations
from ocpi_server._periodic import watching
from ocpi_server.monitoring._lags import LagHistory
from ocpi_server.monitoring._metrics import serving_metrics
from ocpi_server.observing.observation import Observation

__all__ = ["monitored"]


@asynccontextmanager
async def monitored(
    platform: Operations, observation: Observation, clock: Clock
) -> AsyncIterator[None]:
    """Serve metrics, and keep what the console draws, until the block ends.

    Raises:
        OSError: No port can be listened at for metrics.
    """
    steps = [LagHistory(platform, clock).note] if platform.settings.console.enabled else []
    async with serving_metrics(platform, observation), watching(steps):
        yield
