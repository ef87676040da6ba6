"""The methods of the module tokens on the stubs of each version."""

from collections.abc import Mapping
from typing import Final, final

from ocpi_bindings.v2_0.stubs import tokens as v2_0
from ocpi_bindings.v2_1_1.stubs import tokens as v2_1_1
from ocpi_bindings.v2_2.stubs import tokens as v2_2
from ocpi_bindings.v2_2_1.stubs import tokens as v2_2_1
from ocpi_bindings.v2_3_0.stubs import tokens as v2_3_0
from ocpi_server.modules.tokens.handlers import TokensReceiverMethods, TokensSenderMethods

__all__ = ["RECEIVERS", "SENDERS"]


@final
class TokensSenderV20(TokensSenderMethods, v2_0.TokensSenderStub):
    """OCPI 2.0."""


@final
class TokensSenderV211(TokensSenderMethods, v2_1_1.TokensSenderStub):
    """OCPI 2.1.1."""


@final
class TokensSenderV22(TokensSenderMethods, v2_2.TokensSenderStub):
    """OCPI 2.2."""


@final
class TokensSenderV221(TokensSenderMethods, v2_2_1.TokensSenderStub):
    """OCPI 2.2.1."""


@final
class TokensSenderV230(TokensSenderMethods, v2_3_0.TokensSenderStub):
    """OCPI 2.3.0."""


SENDERS: Final[Mapping[str, type[TokensSenderMethods]]] = {
    "2.0": TokensSenderV20,
    "2.1.1": TokensSenderV211,
    "2.2": TokensSenderV22,
    "2.2.1": TokensSenderV221,
    "2.3.0": TokensSenderV230,
}
"""By version."""


@final
class TokensReceiverV20(TokensReceiverMethods, v2_0.TokensReceiverStub):
    """OCPI 2.0."""


@final
class TokensReceiverV211(TokensReceiverMethods, v2_1_1.TokensReceiverStub):
    """OCPI 2.1.1."""


@final
class TokensReceiverV22(TokensReceiverMethods, v2_2.TokensReceiverStub):
    """OCPI 2.2."""


@final
class TokensReceiverV221(TokensReceiverMethods, v2_2_1.TokensReceiverStub):
    """OCPI 2.2.1."""


@final
class TokensReceiverV230(TokensReceiverMethods, v2_3_0.TokensReceiverStub):
    """OCPI 2.3.0."""


RECEIVERS: Final[Mapping[str, type[TokensReceiverMethods]]] = {
    "2.0": TokensReceiverV20,
    "2.1.1": TokensReceiverV211,
    "2.2": TokensReceiverV22,
    "2.2.1": TokensReceiverV221,
    "2.3.0": TokensReceiverV230,
}
"""By version."""
