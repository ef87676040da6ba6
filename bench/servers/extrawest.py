"""The peer extrawest-ocpi on dictionaries; run by an interpreter that has none of our packages.

``python -m bench.servers.extrawest PORT LOCATIONS``: the second argument names a JSON file with
the list of Locations that are its own.
"""

import json
import logging
import sys
from pathlib import Path
from typing import Any

from py_ocpi import get_application
from py_ocpi.core.enums import ModuleID, RoleEnum
from py_ocpi.core.exceptions import AuthorizationOCPIError
from py_ocpi.modules.versions.enums import VersionNumber

from bench.servers import TOKEN, run

Items = dict[str, dict[str, Any]]
"""Objects by id; the peer folds ids to lower case before it asks."""


class Store:
    """Its CRUD interface, as cheap as it can be: a dictionary for each module and role."""

    def __init__(self, locations: list[dict[str, Any]]) -> None:
        own = {each["id"].lower(): each for each in locations}
        self._kept: dict[tuple[Any, Any], Items] = {
            (ModuleID.locations, RoleEnum.cpo): own,
            (ModuleID.locations, RoleEnum.emsp): {},
            (ModuleID.cdrs, RoleEnum.emsp): {},
        }
        self._listed = list(own.values())

    async def get(self, module: Any, role: Any, id: str, *_: Any, **__: Any) -> Any:
        """Return one object."""
        return self._kept[module, role].get(id)

    async def list(
        self, _module: Any, _role: Any, filters: dict[str, Any], **__: Any
    ) -> tuple[list[dict[str, Any]], int, bool]:
        """Return a page of its own Locations, their number, and whether it is the last."""
        end = filters["offset"] + filters["limit"]
        total = len(self._listed)
        return self._listed[filters["offset"] : end], total, end >= total

    async def create(
        self, module: Any, role: Any, data: dict[str, Any], *_: Any, **__: Any
    ) -> dict[str, Any]:
        """Keep a new object."""
        self._kept[module, role][data["id"]] = data
        return data

    async def update(
        self, module: Any, role: Any, data: dict[str, Any], id: str, **__: Any
    ) -> dict[str, Any]:
        """Replace an object."""
        self._kept[module, role][id] = data
        return data


class Tokens:
    """Accepts one token."""

    async def authenticate(self, token: str) -> None:
        """Refuse every other."""
        if token != TOKEN:
            raise AuthorizationOCPIError


def _application(locations: Path) -> Any:
    # One line of log for each request would be measured too.
    logging.getLogger("OCPI-Logger").setLevel(logging.WARNING)
    tokens = Tokens()

    async def authenticator() -> Tokens:
        # It calls what it is given for each request; a class would cost it a thread.
        return tokens

    return get_application(
        version_numbers=[VersionNumber.v_2_2_1],
        roles=[RoleEnum.cpo, RoleEnum.emsp],
        crud=Store(json.loads(locations.read_bytes())),
        modules=[ModuleID.locations, ModuleID.cdrs],
        authenticator=authenticator,
    )


if __name__ == "__main__":
    run(_application(Path(sys.argv[2])), int(sys.argv[1]))
