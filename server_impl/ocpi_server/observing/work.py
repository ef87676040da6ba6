"""Background tasks: what they do and for which partner."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, nullcontext
from contextvars import ContextVar
from typing import Final

__all__ = ["observe_work", "work_fields", "working"]

_NOTHING: Final[Mapping[str, str]] = {}
_CURRENT: ContextVar[Mapping[str, str]] = ContextVar("work", default=_NOTHING)
_Observer = Callable[[str, Mapping[str, str]], AbstractContextManager[None]]
_observers: list[_Observer] = []


def observe_work(observer: _Observer) -> Callable[[], None]:
    """Run each background task of this process in a context; return what stops that."""
    _observers.append(observer)
    return lambda: _observers.remove(observer)


@contextmanager
def working(work: str, **fields: str) -> Iterator[None]:
    """State in a block what it does, for what is logged meanwhile.

    Args:
        work: What it is, such as ``push``.
        fields: What it is about, such as ``partner`` and ``module``.
    """
    token = _CURRENT.set({"work": work, **fields})
    observed = _observers[-1](work, fields) if _observers else nullcontext()
    try:
        with observed:
            yield
    finally:
        _CURRENT.reset(token)


def work_fields() -> Mapping[str, str]:
    """Return what the current task works on; empty if it answers a request."""
    return _CURRENT.get()
