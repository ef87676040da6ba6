"""Secrets that ended up in a report, such as a token that a peer repeats in a message."""

import base64
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import fields, is_dataclass, replace
from enum import Enum
from typing import Any, Final
from urllib.parse import quote

from ocpi_conformance.exchanges.wire import Answer, SentRequest, is_mask
from ocpi_conformance.reports._report import Report

__all__ = ["without_secrets"]

_MASK: Final = "****"
_SHORTEST: Final = 4
_USER: Final = re.compile(r"(?<=://)[^/@\s\"'<>]+@")
_SECRET_HEADERS: Final = frozenset({
    "cookie", "set-cookie", "proxy-authorization", "x-api-key", "api-key", "apikey",
    "x-auth-token", "x-amz-security-token",
})  # fmt: skip


def without_secrets(report: Report, secrets: Iterable[str] = ()) -> Report:
    """Return a report without secrets.

    Users in URLs and headers that carry secrets by their nature are masked in any case.
    """
    forms = sorted({form for one in secrets for form in _forms(one)}, key=len, reverse=True)
    pattern = re.compile("|".join(map(re.escape, forms))) if forms else None
    cleaned = _Cleaner(pattern).value(report)
    assert isinstance(cleaned, Report)  # noqa: S101 - the type is kept
    return cleaned


def _forms(secret: str) -> Iterator[str]:
    if len(secret) < _SHORTEST:
        return
    coded = base64.b64encode(secret.encode()).decode()
    twice = base64.b64encode(coded.encode()).decode()
    yield secret
    yield quote(secret, safe="")
    for each in (coded, twice):
        yield each
        yield each.rstrip("=")


class _Cleaner:
    def __init__(self, pattern: re.Pattern[str] | None) -> None:
        self._pattern = pattern
        self._bytes = re.compile(pattern.pattern.encode()) if pattern else None

    def value(self, value: Any) -> Any:
        """Clean a value, whatever it is made of."""
        if isinstance(value, Enum):
            return value
        if isinstance(value, str):
            return self._text(value)
        if isinstance(value, bytes):
            return self._bytes.sub(_MASK.encode(), value) if self._bytes else value
        if isinstance(value, Mapping):
            return {name: self.value(each) for name, each in value.items()}
        if isinstance(value, list | tuple | frozenset):
            return type(value)(self.value(each) for each in value)
        return self._record(value) if is_dataclass(value) else value

    def _record(self, value: Any) -> Any:
        cleaned = replace(
            value, **{each.name: self.value(getattr(value, each.name)) for each in fields(value)}
        )
        if isinstance(cleaned, SentRequest | Answer):
            headers = {name: _header(name, one) for name, one in cleaned.headers.items()}
            cleaned = replace(cleaned, headers=headers)
        return cleaned

    def _text(self, text: str) -> str:
        text = _USER.sub(f"{_MASK}@", text) if "@" in text else text
        return self._pattern.sub(_MASK, text) if self._pattern else text


def _header(name: str, value: str) -> str:
    if name.lower() not in _SECRET_HEADERS or is_mask(name.lower(), value):
        return value
    return _MASK
