"""Which list of versions partners are shown."""

from collections.abc import Mapping
from typing import Any

from ocpi_runtime.binding import Binding
from ocpi_runtime.parties import offered_by
from ocpi_server.settings import Settings
from ocpi_server.sides import sides_of

__all__ = ["main_versions_url"]


def main_versions_url(settings: Settings, bindings: Mapping[str, Binding[Any, Any]]) -> str:
    """Return where all versions are listed, if a partner can only meet us in one role.

    Of a platform with several roles it is the list of those versions that tell roles apart, if
    it speaks one.
    """
    old = [each for each in bindings.values() if not _tells_roles(each)]
    offered = sides_of(settings.roles)
    listed = {offered_by(*side) for each in old for side in each.interfaces if side in offered}
    if old and (len(listed - {None}) == 1 or len(old) == len(bindings)):
        return settings.versions_url(settings.main_role)
    return settings.versions_url()


def _tells_roles(binding: Binding[Any, Any]) -> bool:
    return binding.interfaces["versions", "details"].roles
