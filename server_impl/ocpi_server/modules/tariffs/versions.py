"""The methods of the module tariffs on the stubs of each version."""

from collections.abc import Mapping
from typing import Final, final

from ocpi_bindings.v2_0.stubs import tariffs as v2_0
from ocpi_bindings.v2_1_1.stubs import tariffs as v2_1_1
from ocpi_bindings.v2_2.stubs import tariffs as v2_2
from ocpi_bindings.v2_2_1.stubs import tariffs as v2_2_1
from ocpi_bindings.v2_3_0.stubs import tariffs as v2_3_0
from ocpi_server.modules.tariffs.handlers import TariffsReceiverMethods, TariffsSenderMethods

__all__ = ["RECEIVERS", "SENDERS"]


@final
class TariffsSenderV20(TariffsSenderMethods, v2_0.TariffsSenderStub):
    """OCPI 2.0."""


@final
class TariffsSenderV211(TariffsSenderMethods, v2_1_1.TariffsSenderStub):
    """OCPI 2.1.1."""


@final
class TariffsSenderV22(TariffsSenderMethods, v2_2.TariffsSenderStub):
    """OCPI 2.2."""


@final
class TariffsSenderV221(TariffsSenderMethods, v2_2_1.TariffsSenderStub):
    """OCPI 2.2.1."""


@final
class TariffsSenderV230(TariffsSenderMethods, v2_3_0.TariffsSenderStub):
    """OCPI 2.3.0."""


SENDERS: Final[Mapping[str, type[TariffsSenderMethods]]] = {
    "2.0": TariffsSenderV20,
    "2.1.1": TariffsSenderV211,
    "2.2": TariffsSenderV22,
    "2.2.1": TariffsSenderV221,
    "2.3.0": TariffsSenderV230,
}
"""By version."""


@final
class TariffsReceiverV20(TariffsReceiverMethods, v2_0.TariffsReceiverStub):
    """OCPI 2.0."""


@final
class TariffsReceiverV211(TariffsReceiverMethods, v2_1_1.TariffsReceiverStub):
    """OCPI 2.1.1."""


@final
class TariffsReceiverV22(TariffsReceiverMethods, v2_2.TariffsReceiverStub):
    """OCPI 2.2."""


@final
class TariffsReceiverV221(TariffsReceiverMethods, v2_2_1.TariffsReceiverStub):
    """OCPI 2.2.1."""


@final
class TariffsReceiverV230(TariffsReceiverMethods, v2_3_0.TariffsReceiverStub):
    """OCPI 2.3.0."""


RECEIVERS: Final[Mapping[str, type[TariffsReceiverMethods]]] = {
    "2.0": TariffsReceiverV20,
    "2.1.1": TariffsReceiverV211,
    "2.2": TariffsReceiverV22,
    "2.2.1": TariffsReceiverV221,
    "2.3.0": TariffsReceiverV230,
}
"""By version."""
