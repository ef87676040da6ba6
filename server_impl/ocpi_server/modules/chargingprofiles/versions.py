"""The methods of the module chargingprofiles on the stubs of each version."""

from collections.abc import Mapping
from typing import Final, final

from ocpi_bindings.v2_2.stubs import chargingprofiles as v2_2
from ocpi_bindings.v2_2_1.stubs import chargingprofiles as v2_2_1
from ocpi_bindings.v2_3_0.stubs import chargingprofiles as v2_3_0
from ocpi_server.modules.chargingprofiles.handlers import (
    ProfilesReceiverMethods,
    ProfilesSenderMethods,
)

__all__ = ["RECEIVERS", "SENDERS"]


@final
class ProfilesSenderV22(ProfilesSenderMethods, v2_2.ChargingProfilesSenderStub):
    """OCPI 2.2."""


@final
class ProfilesSenderV221(ProfilesSenderMethods, v2_2_1.ChargingProfilesSenderStub):
    """OCPI 2.2.1."""


@final
class ProfilesSenderV230(ProfilesSenderMethods, v2_3_0.ChargingProfilesSenderStub):
    """OCPI 2.3.0."""


SENDERS: Final[Mapping[str, type[ProfilesSenderMethods]]] = {
    "2.2": ProfilesSenderV22,
    "2.2.1": ProfilesSenderV221,
    "2.3.0": ProfilesSenderV230,
}
"""By version."""


@final
class ProfilesReceiverV22(ProfilesReceiverMethods, v2_2.ChargingProfilesReceiverStub):
    """OCPI 2.2."""


@final
class ProfilesReceiverV221(ProfilesReceiverMethods, v2_2_1.ChargingProfilesReceiverStub):
    """OCPI 2.2.1."""


@final
class ProfilesReceiverV230(ProfilesReceiverMethods, v2_3_0.ChargingProfilesReceiverStub):
    """OCPI 2.3.0."""


RECEIVERS: Final[Mapping[str, type[ProfilesReceiverMethods]]] = {
    "2.2": ProfilesReceiverV22,
    "2.2.1": ProfilesReceiverV221,
    "2.3.0": ProfilesReceiverV230,
}
"""By version."""
