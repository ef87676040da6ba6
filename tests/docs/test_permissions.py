"""The table of roles in the decisions is the one of the platform."""

import re

from ocpi_server._versions import VERSIONS, binding_of
from ocpi_server.access_control import ANYBODY, OPEN, PERMISSIONS
from tests.support.markdown import REPOSITORY

ROW = re.compile(r"^\| (\w+) (sender|receiver) \|([^|]*)\|([^|]*)\|$", re.MULTILINE)


def named(cell: str) -> frozenset[str]:
    return ANYBODY if cell.strip() == "all" else frozenset(cell.replace(",", " ").split())


def test_the_table_is_that_of_the_platform() -> None:
    text = (REPOSITORY / "docs" / "decisions" / "permissions.md").read_text(encoding="utf-8")
    listed = {
        (module, interface): (named(read), named(write))
        for module, interface, read, write in ROW.findall(text)
    }
    assert listed == {key: tuple(each) for key, each in PERMISSIONS.items()}


def test_every_interface_of_every_version_is_in_the_table() -> None:
    known = {
        (module, interface)
        for version in VERSIONS
        for module, interface in binding_of(version).interfaces
        if module not in OPEN
    }
    assert known == set(PERMISSIONS)
