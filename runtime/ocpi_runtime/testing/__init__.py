"""Help for tests of whatever speaks OCPI: valid objects, and clients and servers without sockets.

    factory = Factory(seed=1)
    locations = factory.batch(Location, 3)
    handler = answering(LocationsSenderStub, get_locations=locations)
    async with connected([handler], bindings=[v2_2_1.binding]) as peer:
        assert [each async for each in peer.locations.get_locations()] == locations

:class:`Factory` needs no extra; what serves and connects needs ``client`` and ``server``, and is
imported when it is first asked for. Fixtures for pytest are in
:mod:`ocpi_runtime.testing.plugin`.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from ocpi_runtime.testing._factories import Factory

if TYPE_CHECKING:
    from ocpi_runtime.testing._answering import Answering as Answering
    from ocpi_runtime.testing._answering import Call as Call
    from ocpi_runtime.testing._answering import answering as answering
    from ocpi_runtime.testing._in_process import BASE_URL as BASE_URL
    from ocpi_runtime.testing._in_process import TOKEN as TOKEN
    from ocpi_runtime.testing._in_process import application as application
    from ocpi_runtime.testing._in_process import connected as connected
    from ocpi_runtime.testing._in_process import connected_sync as connected_sync
    from ocpi_runtime.testing._in_process import http_client as http_client
    from ocpi_runtime.testing._in_process import running as running
    from ocpi_runtime.testing._in_process import sync_http_client as sync_http_client

__all__ = [
    "BASE_URL",
    "TOKEN",
    "Answering",
    "Call",
    "Factory",
    "answering",
    "application",
    "connected",
    "connected_sync",
    "http_client",
    "running",
    "sync_http_client",
]

_ANSWERING = frozenset({"Answering", "Call", "answering"})


def __getattr__(name: str) -> Any:
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    place = "_answering" if name in _ANSWERING else "_in_process"
    return vars(import_module(f"{__name__}.{place}"))[name]
