"""References inside bundles."""

from collections.abc import Mapping
from typing import Any

__all__ = ["resolved"]


def resolved(bundle: Mapping[str, Any], part: Mapping[str, Any]) -> Mapping[str, Any]:
    """Follow a reference inside a bundle; other parts are returned as they are."""
    while "$ref" in part:
        target: Any = bundle
        for step in str(part["$ref"]).removeprefix("#/").split("/"):
            target = target[step]
        part = target
    return part
