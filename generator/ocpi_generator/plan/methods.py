"""The signatures of handler methods and of client operations."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from ocpi_generator.plan._operations import OperationPlan, ParameterPlan
from ocpi_generator.plan.text import docstring
from ocpi_generator.plan.types import Import, PyType

__all__ = [
    "Argument",
    "ClientMethod",
    "StubMethod",
    "client_method",
    "handler_method",
    "stub_method",
]

_SERVER = "ocpi_runtime.server"
_CLIENT = "ocpi_runtime.client"
_PAGING = frozenset({"date_from", "date_to", "offset", "limit"})
_NONE = PyType("None")
_URL = PyType("str | None")
_RAW = PyType("Raw", frozenset({Import("ocpi_runtime.types", "Raw")}))
_HANDLER_CONTEXT = PyType("Context", frozenset({Import(_SERVER, "Context")}))
# Any: a handler may name the class of its partners.
_CONTEXT = PyType("Context[Any]", frozenset({Import(_SERVER, "Context"), Import("typing", "Any")}))
_PAGE_QUERY = PyType("PageQuery", frozenset({Import(_SERVER, "PageQuery")}))
_OUTCOME = PyType("Outcome", frozenset({Import(_SERVER, "Outcome")}))
_CREATED = PyType("Created", frozenset({Import(_SERVER, "Created")}))


@dataclass(frozen=True, slots=True)
class Argument:
    """An argument of a method.

    Attributes:
        name: Its name.
        type: Its type.
        default: The default as an expression, or None where it has to be given.
        keyword: Whether it can be given by keyword only.
        doc: What it means.
    """

    name: str
    type: PyType
    default: str | None = None
    keyword: bool = False
    doc: str = ""


@dataclass(frozen=True, slots=True)
class StubMethod:
    """An abstract method of a handler class."""

    name: str
    arguments: tuple[Argument, ...]
    returns: PyType
    doc: tuple[str, ...]

    @property
    def imports(self) -> frozenset[Import]:
        """Everything that the signature refers to."""
        return _imports(self.arguments, self.returns)


@dataclass(frozen=True, slots=True)
class ClientMethod:
    """An operation of a client.

    Attributes:
        name: The operation id, the name of the method.
        constant: The record of its interface.
        arguments: What the caller gives.
        path: The names of the arguments that go into the path.
        query: The names of the arguments that go into the query.
        body: Whether there is an argument ``body``.
        result_url: Whether the first argument is the URL to call.
        call: The method of a session that takes the request.
        member: What is taken of its result, or an empty string.
        request: The type argument of the ``Request``.
        returns: What the async method gives.
        sync_returns: What the sync method gives.
        doc: The lines of the docstring of the methods.
        request_doc: The lines of the docstring of the function that builds the request.
    """

    name: str
    constant: str
    arguments: tuple[Argument, ...]
    path: tuple[str, ...]
    query: tuple[str, ...]
    body: bool
    result_url: bool
    call: str
    member: str
    request: PyType
    returns: PyType
    sync_returns: PyType
    doc: tuple[str, ...]
    request_doc: tuple[str, ...]

    @property
    def passed(self) -> tuple[str, ...]:
        """The arguments as they are passed on to the function that builds the request."""
        return tuple(f"{a.name}={a.name}" if a.keyword else a.name for a in self.arguments)

    @property
    def imports(self) -> frozenset[Import]:
        """What the methods and the function that builds the request refer to."""
        returned = self.request.imports | self.sync_returns.imports
        return _imports(self.arguments, self.returns) | returned


def stub_method(operation: OperationPlan) -> StubMethod:
    """Decide about the method that a handler has to implement."""
    arguments = [Argument("context", _CONTEXT, doc="Who asks, and under which ids.")]
    arguments += [_argument(one) for one in operation.placed("path")]
    if operation.body is not None:
        received = operation.body.inside("Received", _SERVER)
        text = "What was sent, decoded and as it came."
        body = received if operation.body_required else received | _NONE
        arguments.append(Argument("body", body, doc=text))
    if operation.paged:
        arguments.append(Argument("query", _PAGE_QUERY, doc="Which page is asked for."))
    arguments += [
        _argument(one)
        for one in operation.placed("query")
        if not (operation.paged and one.name in _PAGING)
    ]
    doc = _doc(operation, arguments)
    return StubMethod(operation.id, tuple(arguments), _stub_returns(operation), doc)


def handler_method(method: StubMethod) -> StubMethod:
    """Return the method as a handler begins, whose partners have no class of their own."""
    context, *others = method.arguments
    arguments = (replace(context, type=_HANDLER_CONTEXT), *others)
    return replace(method, arguments=arguments)


def client_method(operation: OperationPlan, constant: str) -> ClientMethod:
    """Decide about the request function and the two methods of an operation."""
    url = "The URL that the request to which this is the result has named; it is used unchanged."
    path = () if operation.result_url else operation.placed("path")
    arguments = [Argument("result_url", PyType("str"), doc=url)] if operation.result_url else []
    arguments += [_argument(one) for one in path]
    if operation.body is not None:
        arguments.append(_client_body(operation, operation.body))
    query = () if operation.result_url else operation.placed("query")
    arguments += sorted((_argument(one) for one in query), key=lambda one: one.default is not None)
    returns, sync_returns = _client_returns(operation)
    call, member = "pages" if operation.paged else "result", ""
    if operation.locates:
        call, member = "send", "location"
    return ClientMethod(
        name=operation.id,
        constant=constant,
        arguments=tuple(arguments),
        path=tuple(one.name for one in path),
        query=tuple(one.name for one in query),
        body=operation.body is not None,
        result_url=operation.result_url,
        call=call,
        member=member,
        request=(operation.result or _NONE).inside("Request", _CLIENT),
        returns=returns,
        sync_returns=sync_returns,
        doc=_doc(operation, arguments),
        request_doc=docstring(f"Build the request of {operation.id}"),
    )


def _argument(parameter: ParameterPlan) -> Argument:
    keyword = parameter.place == "query"
    if parameter.required:
        return Argument(parameter.name, parameter.type, None, keyword, parameter.doc)
    return Argument(parameter.name, parameter.type | _NONE, "None", keyword, parameter.doc)


def _client_body(operation: OperationPlan, body: PyType) -> Argument:
    text = "A model, which is checked before it is sent, or JSON, which is sent as it is."
    if operation.body_required:
        return Argument("body", body | _RAW, doc=text)
    return Argument("body", body | _RAW | _NONE, "None", doc=text)


def _stub_returns(operation: OperationPlan) -> PyType:
    """Follow the answers: data, else what was done, else nothing."""
    if operation.result is None:
        if operation.locates:
            return _CREATED
        return _OUTCOME if operation.creates else _NONE
    if operation.paged:
        return _item(operation.result).inside("Page", _SERVER)
    return operation.result | _RAW


def _client_returns(operation: OperationPlan) -> tuple[PyType, PyType]:
    """Return the results of the async and the sync method."""
    if operation.paged and operation.result is not None:
        item = _item(operation.result)
        return item.inside("Pages", _CLIENT), item.inside("SyncPages", _CLIENT)
    result = _URL if operation.locates else operation.result or _NONE
    return result, result


def _item(result: PyType) -> PyType:
    return PyType(result.text.removeprefix("list[").removesuffix("]"), result.imports)


def _doc(operation: OperationPlan, arguments: Iterable[Argument]) -> tuple[str, ...]:
    described = {one.name: one.doc for one in arguments}
    see = f"Specification: {operation.url}" if operation.url else ""
    return docstring(operation.summary, see, sections={"Args": described})


def _imports(arguments: Iterable[Argument], returns: PyType) -> frozenset[Import]:
    return returns.imports.union(*(one.type.imports for one in arguments))
