"""Registration from both sides over a store of the application: tokens A, B and C.

    registrar = Registrar(
        store, bindings=[v2_2_1.binding], base_url="https://cpo.example/ocpi", own=[OwnParty(...)]
    )
    app = create_app(
        [*handlers, *registrar.handlers()],
        authenticate=registrar.authenticate,
        base_url=registrar.base_url,
    )
    token_a = await registrar.invite("fun-drive", parties=[PartyId("DE", "FUN")])
    await registrar.register("other-cpo", versions_url, token_a_of_the_other)
    peer = await registrar.peer("other-cpo")

The application implements :class:`CredentialsStore`, three methods over a table of its own. It
needs the extras ``client`` and ``server``.
"""

from ocpi_runtime.credentials._messages import OwnParty
from ocpi_runtime.credentials._registrar import RegisteredPartner, Registrar
from ocpi_runtime.credentials._store import (
    CredentialsStore,
    MemoryCredentialsStore,
    Registration,
)

__all__ = [
    "CredentialsStore",
    "MemoryCredentialsStore",
    "OwnParty",
    "RegisteredPartner",
    "Registrar",
    "Registration",
]
