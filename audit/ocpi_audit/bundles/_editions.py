"""Bundles of an earlier edition of a version: those of the newest with what the edition changes."""

from dataclasses import replace
from typing import Any

from ocpi_audit._profiles import WrongUsage
from ocpi_audit.bundles._extensions import pruned
from ocpi_audit.bundles.folder import Bundles, Json, read_json

__all__ = ["in_edition"]


def in_edition(bundles: Bundles, name: str) -> Bundles:
    """Return the bundles of an edition.

    Args:
        bundles: Those of the newest edition.
        name: The edition, such as ``core-1``.

    Raises:
        WrongUsage: The bindings have no such edition.
    """
    path = bundles.folder / "editions" / f"{name}.json"
    if not path.is_file():
        raise WrongUsage(f"{bundles.folder} has no edition {name}; generate it.")
    change = read_json(path)
    schemas: dict[str, Any] = {**bundles.schemas, **change["schemas"]}
    for gone in change["absent"]:
        schemas.pop(gone, None)
    documents = {
        key: _changed(document, schemas)
        for key, document in bundles.documents.items()
        if key.removesuffix(".json") not in change["absent_documents"]
    }
    return replace(bundles, documents=documents, schemas=schemas)


def _changed(document: Json, schemas: Json) -> Json:
    """Put in the classes of the edition; envelopes are in no set of classes and stay."""
    components = document["components"]
    own = {**components["schemas"], **schemas}
    return pruned({**document, "components": {**components, "schemas": own}})
