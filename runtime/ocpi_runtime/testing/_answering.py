"""Handlers that answer with what a test passed to them, and record what they were asked."""

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from ocpi_runtime.errors import NotSupported
from ocpi_runtime.operations import Interface, Operation
from ocpi_runtime.server import Context, Page, PageQuery, Stub

__all__ = ["Answering", "Call", "answering"]


@dataclass(frozen=True, slots=True)
class Call:
    """One call of a handler.

    Attributes:
        operation: The operation id.
        context: Who asked.
        arguments: Path parameters, then the page query or the body (``Received``).
        query: The query parameters that are not those of paging.
    """

    operation: str
    context: Context
    arguments: tuple[Any, ...]
    query: Mapping[str, Any]


class Answering(Stub):
    """A handler that :func:`answering` made.

    Attributes:
        calls: What it was asked, in order.
    """

    def __init__(self, interface: Interface, answers: Mapping[str, Any]) -> None:
        self.INTERFACE = interface  # type: ignore[misc]  # one object for each interface
        self.calls: Final[list[Call]] = []
        self._answers = answers

    def __getattr__(self, name: str) -> Callable[..., Any]:
        operation = self.INTERFACE.operations.get(name)
        if operation is None:
            raise AttributeError(f"operation {name!r} not found in {self.INTERFACE.module}")

        async def answer(context: Context, *arguments: Any, **query: Any) -> Any:
            self.calls.append(Call(name, context, arguments, query))
            if name not in self._answers:
                raise NotSupported
            return await _answer(operation, self._answers[name], context, arguments, query)

        return answer


def answering(stub: type[Stub], /, **answers: Any) -> Answering:
    """Return a handler of an interface with fixed answers.

    Args:
        stub: The generated class of the interface.
        answers: By operation id: a result; a list of all items of a paged list, which is cut into
            pages; an exception to raise; or a function (async or not) with the arguments of the
            method. An operation without an answer raises ``NotSupported``.

    Raises:
        ValueError: The interface has no operation of that name.
    """
    unknown = sorted(answers.keys() - stub.INTERFACE.operations.keys())
    if unknown:
        known = ", ".join(stub.INTERFACE.operations)
        raise ValueError(
            f"Operation {', '.join(unknown)} not found in {stub.__name__}. Use one of {known}."
        )
    return Answering(stub.INTERFACE, answers)


async def _answer(
    operation: Operation,
    answer: Any,
    context: Context,
    arguments: tuple[Any, ...],
    query: dict[str, Any],
) -> Any:
    if isinstance(answer, Exception):
        raise answer
    if callable(answer):
        result = answer(context, *arguments, **query)
        return await result if inspect.isawaitable(result) else result
    if operation.paged and isinstance(answer, list):
        return _cut(answer, arguments[-1])
    return answer


def _cut(items: list[Any], query: PageQuery) -> Page[Any]:
    end = query.offset + query.limit
    return Page(items[query.offset : end], total=len(items), more=end < len(items))
