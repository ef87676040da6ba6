"""The keys by which operators and their back ends use the platform over HTTP."""

from ocpi_server.operator_keys._keys import Keys, KeyTaken, OperatorKey
from ocpi_server.operator_keys._scopes import ALL, SCOPES, UnknownScope, checked_scopes

__all__ = ["ALL", "SCOPES", "KeyTaken", "Keys", "OperatorKey", "UnknownScope", "checked_scopes"]
