"""The methods of the module locations on the stubs of each version."""

from collections.abc import Mapping
from typing import Final, final

from ocpi_bindings.v2_0.stubs import locations as v2_0
from ocpi_bindings.v2_1_1.stubs import locations as v2_1_1
from ocpi_bindings.v2_2.stubs import locations as v2_2
from ocpi_bindings.v2_2_1.stubs import locations as v2_2_1
from ocpi_bindings.v2_3_0.stubs import locations as v2_3_0
from ocpi_server.modules.locations.handlers import LocationsReceiverMethods, LocationsSenderMethods

__all__ = ["RECEIVERS", "SENDERS"]


@final
class LocationsSenderV20(LocationsSenderMethods, v2_0.LocationsSenderStub):
    """OCPI 2.0."""


@final
class LocationsSenderV211(LocationsSenderMethods, v2_1_1.LocationsSenderStub):
    """OCPI 2.1.1."""


@final
class LocationsSenderV22(LocationsSenderMethods, v2_2.LocationsSenderStub):
    """OCPI 2.2."""


@final
class LocationsSenderV221(LocationsSenderMethods, v2_2_1.LocationsSenderStub):
    """OCPI 2.2.1."""


@final
class LocationsSenderV230(LocationsSenderMethods, v2_3_0.LocationsSenderStub):
    """OCPI 2.3.0."""


SENDERS: Final[Mapping[str, type[LocationsSenderMethods]]] = {
    "2.0": LocationsSenderV20,
    "2.1.1": LocationsSenderV211,
    "2.2": LocationsSenderV22,
    "2.2.1": LocationsSenderV221,
    "2.3.0": LocationsSenderV230,
}
"""By version."""


@final
class LocationsReceiverV20(LocationsReceiverMethods, v2_0.LocationsReceiverStub):
    """OCPI 2.0."""


@final
class LocationsReceiverV211(LocationsReceiverMethods, v2_1_1.LocationsReceiverStub):
    """OCPI 2.1.1."""


@final
class LocationsReceiverV22(LocationsReceiverMethods, v2_2.LocationsReceiverStub):
    """OCPI 2.2."""


@final
class LocationsReceiverV221(LocationsReceiverMethods, v2_2_1.LocationsReceiverStub):
    """OCPI 2.2.1."""


@final
class LocationsReceiverV230(LocationsReceiverMethods, v2_3_0.LocationsReceiverStub):
    """OCPI 2.3.0."""


RECEIVERS: Final[Mapping[str, type[LocationsReceiverMethods]]] = {
    "2.0": LocationsReceiverV20,
    "2.1.1": LocationsReceiverV211,
    "2.2": LocationsReceiverV22,
    "2.2.1": LocationsReceiverV221,
    "2.3.0": LocationsReceiverV230,
}
"""By version."""
