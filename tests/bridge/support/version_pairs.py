"""Which classes can go from which version to which."""

from itertools import pairwise
from typing import Any

import pytest

from ocpi_bridge import CONVERTIBLE, VERSIONS, NotConvertible
from ocpi_bridge.versions import class_in

UP = list(pairwise(VERSIONS))
NEIGHBOURS = [*UP, *((new, old) for old, new in UP)]


def known(version: str, kind: str) -> bool:
    """Return whether a version has a class of a kind."""
    try:
        class_in(version, kind)
    except NotConvertible:
        return False
    return True


def pairs(steps: list[tuple[str, str]]) -> list[Any]:
    """List kind, version and other version for every kind that both versions know."""
    return [
        pytest.param(kind, source, target, id=f"{kind}-{source}-{target}")
        for source, target in steps
        for kind in CONVERTIBLE
        if known(source, kind) and known(target, kind)
    ]
