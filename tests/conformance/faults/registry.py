"""All faults that are injected into a party, by name."""

from collections.abc import Mapping
from typing import Final

from tests.conformance.faults.building import Make
from tests.conformance.faults.credentials import CREDENTIALS
from tests.conformance.faults.messages import MESSAGES
from tests.conformance.faults.module_pushes import MODULE_PUSHES
from tests.conformance.faults.modules.bookings import BOOKINGS
from tests.conformance.faults.modules.payments import PAYMENTS
from tests.conformance.faults.modules.sessions import SESSIONS
from tests.conformance.faults.objects_read.each_module import EACH_MODULE
from tests.conformance.faults.objects_read.objects import OBJECTS
from tests.conformance.faults.objects_read.semantics import SEMANTICS
from tests.conformance.faults.objects_read.shapes import SHAPES
from tests.conformance.faults.paging import PAGING
from tests.conformance.faults.requests import REQUESTS
from tests.conformance.faults.versions import VERSIONS
from tests.conformance.faults.write import WRITE

__all__ = ["FAULTS"]

FAULTS: Final[Mapping[str, Make]] = {
    **VERSIONS, **CREDENTIALS, **MESSAGES, **PAGING, **OBJECTS, **SHAPES, **SEMANTICS, **WRITE,
    **EACH_MODULE, **MODULE_PUSHES, **BOOKINGS, **PAYMENTS,
    **SESSIONS,
    **REQUESTS,
}  # fmt: skip
"""What makes each fault; what it is about is in ``conformance/requirements/faults.toml``."""
