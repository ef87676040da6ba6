"""The hand-written vectors of a version, parents included, for the bindings."""

from typing import Any

from ocpi_generator.documents import Version

__all__ = ["written_vectors"]


def written_vectors(version: Version) -> dict[str, dict[str, Any]]:
    """Return the vectors of a version by module and key, with absolute URLs of sections."""
    found: dict[str, dict[str, Any]] = {}
    for vector in version.vectors.values():
        operations = version.operations.get((vector.module, vector.interface), ())
        if not vector.operations <= {one.id for one in operations}:
            continue  # an operation of the parent is gone, and its vectors with it
        base = version.meta.specification_of(vector.module)
        entry = {**vector.body, "section": f"{base}{vector.body['section']}"}
        key = f"{vector.interface}.{vector.operation}.{vector.name}"
        found.setdefault(vector.module, {})[key] = entry
    return found
