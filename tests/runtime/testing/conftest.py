from ocpi_runtime.testing.plugin import (
    ocpi_connected,
    ocpi_exchanges,
    ocpi_factory,
    ocpi_full_factory,
)

__all__ = ["ocpi_connected", "ocpi_exchanges", "ocpi_factory", "ocpi_full_factory"]
