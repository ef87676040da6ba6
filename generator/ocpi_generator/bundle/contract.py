"""The contract of a bundle: what partners rely on, without the words around it."""

import hashlib
import json
from collections.abc import Mapping
from typing import Any, Final

__all__ = ["contract_hash"]

_WORDS: Final = frozenset({"description", "summary", "tags", "externalDocs", "example", "examples"})
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
    contract = _contract({key: value for key, value in document.items() if key != "info"})
    text = json.dumps(contract, sort_keys=True, separators=(",", ":"))
    return "sha256:" + hashlib.sha256(text.encode()).hexdigest()


def _contract(value: Any) -> Any:
    if isinstance(value, list):
        return [_contract(item) for item in value]
    if not isinstance(value, dict):
        return value
    return {key: _entry(key, item) for key, item in value.items() if key not in _WORDS}


def _entry(key: str, value: Any) -> Any:
    if key in _BY_NAME and isinstance(value, dict):
        return {name: _contract(item) for name, item in value.items()}
    if key in _SETS and isinstance(value, list):
        return sorted(value)
    return _contract(value)
