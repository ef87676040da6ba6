"""The work that goes on beside requests: what it is and which partner it is for."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Final

__all__ = ["work_fields", "working"]

_NOTHING: Final[Mapping[str, str]] = {}
_CURRENT: ContextVar[Mapping[str, str]] = ContextVar("work", default=_NOTHING)


@contextmanager
def working(work: str, **fields: str) -> Iterator[None]:
    """State in a block what it does, for what is logged meanwhile.

    Args:
        work: What it is, such as ``push``.
        fields: What it is about, such as ``partner`` and ``module``.
    """
    token = _CURRENT.set({"work": work, **fields})
    try:
        yield
    finally:
        _CURRENT.reset(token)


def work_fields() -> Mapping[str, str]:
    """Return what the present task works on; empty where it answers a request."""
    return _CURRENT.get()
