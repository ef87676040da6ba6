"""The package py-ocpi as a platform of both roles, in 2.2.1, the only version that it has.

``python -m tests.interop.peers.pyocpi PORT OBJECTS CERTIFICATE`` with the environment in which it
is installed; the host and port that it publishes come from OCPI_HOST. It leaves the authorization
of all modules to the application.
"""

import sys
from pathlib import Path
from typing import Any

import uvicorn
from py_ocpi import get_application
from py_ocpi.core.config import settings
from py_ocpi.core.crud import Crud
from py_ocpi.core.enums import Action, ModuleID, RoleEnum
from py_ocpi.core.exceptions import AuthorizationOCPIError, NotFoundOCPIError
from py_ocpi.modules.cdrs.v_2_2_1.schemas import Cdr
from py_ocpi.modules.commands.v_2_2_1.schemas import CommandResponse, CommandResult
from py_ocpi.modules.credentials.v_2_2_1.schemas import Credentials
from py_ocpi.modules.locations.v_2_2_1.schemas import Location
from py_ocpi.modules.sessions.v_2_2_1.schemas import ChargingPreferences, Session
from py_ocpi.modules.tariffs.v_2_2_1.schemas import Tariff
from py_ocpi.modules.tokens.v_2_2_1.schemas import AuthorizationInfo, Token
from py_ocpi.modules.versions.enums import VersionNumber

from tests.interop.peers.actions import Actions
from tests.interop.peers.kept import Kept, read_objects

VERSION = "2.2.1"


class KeptObjects(Crud):  # type: ignore[misc]
    """Its interface for applications, on dictionaries."""

    def __init__(self, actions: Actions) -> None:
        self._actions, self._kept = actions, actions.kept

    def _check(self, given: dict[str, Any]) -> None:
        if given.get("auth_token") not in self._actions.tokens:
            raise AuthorizationOCPIError

    async def get(self, module: Any, role: Any, id: Any, *_: Any, **given: Any) -> Any:
        """Return one object; results of commands have the id 0."""
        self._check(given)
        if module == ModuleID.credentials_and_registration:
            known = id in self._actions.tokens
            return self._actions.credentials(VERSION, id) if known else None
        if module == ModuleID.commands:
            return {"result": "ACCEPTED"}
        found = self._kept.read(VERSION, module.value, role.value, id)
        if found is None and module == ModuleID.locations and role == RoleEnum.cpo:
            raise NotFoundOCPIError
        return found

    async def list(
        self, module: Any, role: Any, filters: dict[str, Any], *_: Any, **given: Any
    ) -> Any:
        """Return a page."""
        self._check(given)
        return self._kept.page(VERSION, module.value, role.value, filters)

    async def create(
        self, module: Any, role: Any, data: dict[str, Any], *rest: Any, **given: Any
    ) -> Any:
        """Keep a new object, or register a caller."""
        if rest:  # it hands over the token without its name here and there
            given.setdefault("auth_token", rest[0])
        known = given.get("auth_token") in self._actions.invitations
        if module == ModuleID.credentials_and_registration and known:
            return self._actions.register(VERSION, given["auth_token"], data)
        self._check(given)
        return self._kept.add(VERSION, module.value, role.value, data)

    async def update(
        self, module: Any, role: Any, data: dict[str, Any], id: Any, *_: Any, **given: Any
    ) -> Any:
        """Replace an object."""
        self._check(given)
        return self._kept.change(VERSION, module.value, role.value, id, data)

    async def delete(self, module: Any, role: Any, id: Any, *_: Any, **given: Any) -> None:
        """Forget an object, or end a registration."""
        self._check(given)
        if module == ModuleID.credentials_and_registration:
            self._actions.forget(id)
        self._kept.remove(VERSION, module.value, role.value, id)

    async def do(
        self, module: Any, role: Any, action: Any, data: Any = None, *_: Any, **given: Any
    ) -> Any:
        """Do what is no work on objects."""
        if action == Action.get_client_token:
            token = given.get("auth_token")
            known = self._actions.tokens.get(str(token))
            return "" if token in self._actions.invitations else known
        self._check(given)
        if action == Action.authorize_token:
            return self._actions.authorized(VERSION, data)
        return self._actions.accepted()


def _made(kind: Any) -> Any:
    """Return a method of the adapter, which makes an object of the package of a dictionary."""

    def make(_self: Any, data: Any, _version: Any = None) -> Any:
        if data is None:
            raise NotFoundOCPIError
        return kind(**data)

    return make


class Objects:
    """Its interface for the conversion of what is kept."""

    location_adapter = _made(Location)
    session_adapter = _made(Session)
    charging_preference_adapter = _made(ChargingPreferences)
    credentials_adapter = _made(Credentials)
    cdr_adapter = _made(Cdr)
    tariff_adapter = _made(Tariff)
    command_response_adapter = _made(CommandResponse)
    command_result_adapter = _made(CommandResult)
    token_adapter = _made(Token)
    authorization_adapter = _made(AuthorizationInfo)


def application(objects: Path) -> Any:
    """Return the application of the package."""
    url = f"https://{settings.OCPI_HOST}/{settings.OCPI_PREFIX}/versions"
    return get_application(
        version_numbers=[VersionNumber.v_2_2_1],
        roles=[RoleEnum.cpo, RoleEnum.emsp],
        crud=KeptObjects(Actions(Kept(read_objects(objects)), url)),
        adapter=Objects(),
    )


if __name__ == "__main__":
    uvicorn.run(
        application(Path(sys.argv[2])),
        port=int(sys.argv[1]),
        ssl_certfile=sys.argv[3],
        log_level="warning",
        access_log=False,
    )
