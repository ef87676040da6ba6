"""The contract of a bundle: what partners rely on, without the words around it."""

import hashlib
import json
from collections.abc import Mapping
from typing import Any, Final

__all__ = ["contract_hash", "contract_of"]

_WORDS: Final = frozenset({"description", "summary", "tags", "externalDocs", "example", "examples"})
_ABOUT: Final = frozenset({"info", "servers"})
"""What a document says of itself: each party has its own URLs."""
_SETS: Final = frozenset({"required", "enum", "x-extensible-enum", "x-ocpi-not-null"})
_BY_NAME: Final = frozenset(
    {
        "callbacks",
        "content",
        "headers",
        "parameters",
        "paths",
        "properties",
        "responses",
        "schemas",
        "securitySchemes",
    }
)
"""Keys whose mappings are keyed by names, which may look like the words that are left out."""


def contract_hash(document: Mapping[str, Any]) -> str:
    """Hash a bundle as ``sha256:...``; words, and the order of properties, make no difference."""
    contract = contract_of({key: one for key, one in document.items() if key not in _ABOUT})
    text = json.dumps(contract, sort_keys=True, separators=(",", ":"))
    return "sha256:" + hashlib.sha256(text.encode()).hexdigest()


def contract_of(value: Any) -> Any:
    """Return a part of a bundle without its words, sets in order."""
    if isinstance(value, list):
        return [contract_of(item) for item in value]
    if not isinstance(value, dict):
        return value
    return {key: _entry(key, item) for key, item in value.items() if key not in _WORDS}


def _entry(key: str, value: Any) -> Any:
    if key in _BY_NAME and isinstance(value, dict):
        return {name: contract_of(item) for name, item in value.items()}
    if key in _SETS and isinstance(value, list):
        return sorted(value)
    return contract_of(value)
