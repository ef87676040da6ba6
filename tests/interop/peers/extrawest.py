"""The package extrawest-ocpi as a platform of both roles, in 2.2.1 and 2.1.1.

``python -m tests.interop.peers.extrawest PORT OBJECTS CERTIFICATE`` with the environment in which
it is installed; the host and port that it publishes come from OCPI_HOST.
"""

import logging
import sys
from pathlib import Path
from typing import Any

import uvicorn
from py_ocpi import get_application
from py_ocpi.core.authentication.authenticator import Authenticator
from py_ocpi.core.config import settings
from py_ocpi.core.crud import Crud
from py_ocpi.core.enums import Action, ModuleID, RoleEnum
from py_ocpi.modules.versions.enums import VersionNumber

from tests.interop.peers.actions import Actions
from tests.interop.peers.kept import Kept, read_objects

VERSIONS = [VersionNumber.v_2_1_1, VersionNumber.v_2_2_1]
_RESULTS = {ModuleID.commands, ModuleID.charging_profile, ModuleID.hub_client_info}


class KeptObjects(Crud):  # type: ignore[misc]
    """Its interface for applications, on dictionaries."""

    def __init__(self, actions: Actions) -> None:
        self._actions, self._kept = actions, actions.kept

    async def get(self, module: Any, role: Any, id: Any, *_: Any, **given: Any) -> Any:
        """Return one object; results of commands have the id 0."""
        version = given["version"].value
        if module == ModuleID.credentials_and_registration:
            known = id in self._actions.tokens
            return self._actions.credentials(version, id) if known else None
        if id == 0 and module in _RESULTS:
            return {"result": "ACCEPTED"}
        key = _of_a_party(given) if id is None else id
        return self._kept.read(version, module.value, role.value, key)

    async def list(
        self, module: Any, role: Any, filters: dict[str, Any], *_: Any, **given: Any
    ) -> Any:
        """Return a page."""
        return self._kept.page(given["version"].value, module.value, role.value, filters)

    async def create(
        self, module: Any, role: Any, data: dict[str, Any], *_: Any, **given: Any
    ) -> Any:
        """Keep a new object, or register a caller."""
        version = given["version"].value
        if module == ModuleID.credentials_and_registration:
            return self._actions.register(version, given["auth_token"], data)
        if module == ModuleID.hub_client_info:
            return self._kept.put(version, module.value, role.value, _of_a_party(given), data)
        return self._kept.add(version, module.value, role.value, data)

    async def update(
        self, module: Any, role: Any, data: dict[str, Any], id: Any, *_: Any, **given: Any
    ) -> Any:
        """Replace an object, or renew a registration."""
        version = given["version"].value
        if module == ModuleID.credentials_and_registration:
            return self._actions.register(version, given["auth_token"], data)
        key = _of_a_party(given) if id is None else id
        return self._kept.change(version, module.value, role.value, key, data)

    async def delete(self, module: Any, role: Any, id: Any, *_: Any, **given: Any) -> None:
        """Forget an object, or end a registration."""
        if module == ModuleID.credentials_and_registration:
            self._actions.forget(id)
        self._kept.remove(given["version"].value, module.value, role.value, id)

    async def do(
        self, module: Any, role: Any, action: Any, *_: Any, data: Any = None, **given: Any
    ) -> Any:
        """Do what is no work on objects."""
        if action == Action.get_client_token:
            return self._actions.tokens.get(given["auth_token"])
        if action == Action.authorize_token:
            return self._actions.authorized(given["version"].value, data)
        return self._actions.accepted()


def _of_a_party(given: dict[str, Any]) -> str:
    """Return the key of what a hub knows about a party, which has no id."""
    return f"{given['country_code']}-{given['party_id']}"


def application(objects: Path) -> Any:
    """Return the application of the package."""
    logging.getLogger("OCPI-Logger").setLevel(logging.ERROR)
    url = f"https://{settings.OCPI_HOST}/{settings.OCPI_PREFIX}/versions"
    actions = Actions(Kept(read_objects(objects)), url)

    class KnownTokens(Authenticator):  # type: ignore[misc]
        @classmethod
        async def get_valid_token_c(cls) -> Any:
            return list(actions.tokens)

        @classmethod
        async def get_valid_token_a(cls) -> Any:
            return list(actions.invitations)

    return get_application(
        version_numbers=VERSIONS,
        roles=[RoleEnum.cpo, RoleEnum.emsp],
        crud=KeptObjects(actions),
        modules=list(ModuleID),
        authenticator=KnownTokens,
    )


if __name__ == "__main__":
    uvicorn.run(
        application(Path(sys.argv[2])),
        port=int(sys.argv[1]),
        ssl_certfile=sys.argv[3],
        log_level="warning",
        access_log=False,
    )
