"""The methods of the module credentials on the stubs of each version."""

from collections.abc import Mapping
from typing import Final, final

from ocpi_bindings.v2_0.stubs import credentials as v2_0
from ocpi_bindings.v2_1_1.stubs import credentials as v2_1_1
from ocpi_bindings.v2_2.stubs import credentials as v2_2
from ocpi_bindings.v2_2_1.stubs import credentials as v2_2_1
from ocpi_bindings.v2_3_0.stubs import credentials as v2_3_0
from ocpi_server.modules.credentials.handlers import CredentialsMethods

__all__ = ["HANDLERS"]


@final
class CredentialsV20(CredentialsMethods, v2_0.CredentialsStub):
    """OCPI 2.0."""


@final
class CredentialsV211(CredentialsMethods, v2_1_1.CredentialsStub):
    """OCPI 2.1.1."""


@final
class CredentialsV22(CredentialsMethods, v2_2.CredentialsStub):
    """OCPI 2.2."""


@final
class CredentialsV221(CredentialsMethods, v2_2_1.CredentialsStub):
    """OCPI 2.2.1."""


@final
class CredentialsV230(CredentialsMethods, v2_3_0.CredentialsStub):
    """OCPI 2.3.0."""


HANDLERS: Final[Mapping[str, type[CredentialsMethods]]] = {
    "2.0": CredentialsV20,
    "2.1.1": CredentialsV211,
    "2.2": CredentialsV22,
    "2.2.1": CredentialsV221,
    "2.3.0": CredentialsV230,
}
"""By version."""
