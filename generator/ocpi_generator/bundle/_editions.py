"""What an earlier edition of a version has otherwise than its newest, for the bindings."""

from collections.abc import Mapping
from typing import Any

from ocpi_generator.bundle._contract import contract_of
from ocpi_generator.bundle._publish import alone
from ocpi_generator.bundle.versions import VersionBundle, as_json

__all__ = ["edition_text"]


def edition_text(name: str, title: str, edition: VersionBundle, newest: VersionBundle) -> str:
    """Write what differs as JSON: classes that are other or new, and what is not there yet.

    Args:
        name: The edition, such as ``core-1``.
        title: What people call it.
        edition: Its bundles.
        newest: Those of the version.
    """
    old, new = _classes(edition), _classes(newest)
    changed = {key: one for key, one in old.items() if _differs(one, new.get(key))}
    return as_json(
        {
            "edition": name,
            "title": title,
            "version": newest.meta.version,
            "schemas": alone(changed),
            "absent": sorted(new.keys() - old.keys()),
            "absent_documents": sorted(newest.documents.keys() - edition.documents.keys()),
        }
    )


def _classes(bundle: VersionBundle) -> dict[str, Any]:
    found: dict[str, Any] = bundle.schemas["components"]["schemas"]
    return found


def _differs(old: Mapping[str, Any], new: Mapping[str, Any] | None) -> bool:
    return new is None or contract_of(old) != contract_of(new)
