"""The location fields of a CDR from 2.2 on, and where it is in a whole location."""

from typing import Final

__all__ = ["OF_CONNECTOR", "OF_LOCATION"]

OF_LOCATION: Final = ("id", "name", "address", "city", "postal_code", "country", "coordinates")
"""Fields of the location, under the same names."""

OF_CONNECTOR: Final = {
    "connector_id": "id",
    "connector_standard": "standard",
    "connector_format": "format",
    "connector_power_type": "power_type",
}
"""Fields of the connector, by their names in the CDR."""
