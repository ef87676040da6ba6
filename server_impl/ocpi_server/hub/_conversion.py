"""Messages between platforms of different versions: converted there and back, losses named."""

import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final, TypeAlias, get_args, get_origin

import msgspec

from ocpi_bridge import CONVERTIBLE, ConversionContext, NotConvertible
from ocpi_runtime.binding import Binding
from ocpi_runtime.client import RawAnswer, Request
from ocpi_runtime.errors import GenericHubError, InvalidParameters, OcpiError, Violation
from ocpi_runtime.operations import Operation
from ocpi_runtime.patch import merge
from ocpi_runtime.types import PartyId, Raw
from ocpi_server._jsonbytes import assemble, elements, fields, text_field, write_list
from ocpi_server.hub._receivers import Route
from ocpi_server.versioning.translation import translate_beside

__all__ = ["Conversion"]

log = logging.getLogger("ocpi_server.hub")

_OWNED_BY_EMSP: Final = frozenset({"tokens", "commands", "chargingprofiles"})
_APPENDED: Final = {"patch_session": ("charging_periods",)}
_MOST_NAMED: Final = 10

Send: TypeAlias = Callable[[Route, Request[None], str], Awaitable[RawAnswer]]


@dataclass(slots=True)
class _Exchange:
    """One message to a platform of another version.

    Attributes:
        here: The version of the message.
        there: That of the receiver.
        context: What the other version may need.
        losses: What one of the versions cannot represent.
    """

    here: str
    there: str
    context: ConversionContext
    losses: list[str] = field(default_factory=list)

    async def converted(self, raw: bytes, kind: str, *, back: bool = False) -> Raw:
        """Convert an object to the version of the receiver, or back.

        Raises:
            NotConvertible: The version cannot represent it.
            OcpiError: It is no such object.
        """
        source, target = (self.there, self.here) if back else (self.here, self.there)
        done = await translate_beside(raw, kind, source, target, self.context)
        self.losses += [each.pointer or "/" for each in done.losses]
        return done.raw


class Conversion:
    """Converts messages.

    Args:
        bindings: The versions that are spoken.
        timeout: Seconds until a command times out, for versions that name no timeout.
    """

    def __init__(self, bindings: Mapping[str, Binding[Any, Any]], timeout: int) -> None:
        self._bindings, self._timeout = bindings, timeout

    async def exchange(
        self, send: Send, route: Route, request: Request[None], query: str
    ) -> RawAnswer:
        """Send a message in the version of its receiver, and return the answer in its own.

        Raises:
            InvalidParameters: The receiver's version cannot represent it.
            GenericHubError: It has no such operation, or its answer cannot be represented.
        """
        here, there = request.interface.version, route.partner.version or ""
        interface = self._bindings[there].interfaces.get(
            (request.interface.module, request.interface.name)
        )
        operation = None if interface is None else interface.operations.get(request.operation.id)
        if interface is None or operation is None:
            raise GenericHubError(
                f"{route.receiver} uses OCPI {there}, which has no {request.operation.id}."
            )
        work = _Exchange(here, there, self._context(route, request))
        sent = replace(request, interface=interface, operation=operation)
        if operation.patch:
            answer = await self._patched(send, work, route, replace(sent, body=request.body), query)
        else:
            body = await _body(work, request)
            answer = await send(route, replace(sent, body=body), query)
        answer = await _answer(work, operation, answer)
        return _with_note(work, route, answer)

    async def _patched(
        self, send: Send, work: _Exchange, route: Route, request: Request[None], query: str
    ) -> RawAnswer:
        """Read the object, merge the patch in its version, and PUT the whole."""
        part = request.operation.id.removeprefix("patch_")
        operations = request.interface.operations
        read, write = operations[f"get_stored_{part}"], operations[f"put_{part}"]
        found = await send(route, replace(request, operation=read, body=None), query)
        if found.data is None:
            return found
        kind = read.result.__name__
        try:
            old = await work.converted(found.data, kind, back=True)
            work.losses.clear()  # losses of the old object are not new
            new = merge(old, request.body, append=_APPENDED.get(request.operation.id, ()))
            body = await work.converted(new, kind)
        except NotConvertible as error:
            raise _refused(error) from None
        return await send(route, replace(request, operation=write, body=body), query)

    def _context(self, route: Route, request: Request[None]) -> ConversionContext:
        by_emsp = request.interface.module in _OWNED_BY_EMSP
        receiver_is_emsp = by_emsp == (request.interface.name == "sender")
        emsp: PartyId = route.receiver if receiver_is_emsp else route.sender
        cpo = route.sender if receiver_is_emsp else route.receiver
        return ConversionContext(emsp=emsp, cpo=cpo, timeout=self._timeout)


async def _body(work: _Exchange, request: Request[None]) -> Raw | None:
    kind = getattr(request.operation.body, "__name__", "")
    if not request.body or kind not in CONVERTIBLE:
        return request.body or None
    try:
        return await work.converted(request.body, kind)
    except NotConvertible as error:
        raise _refused(error) from None


async def _answer(work: _Exchange, operation: Operation, answer: RawAnswer) -> RawAnswer:
    """Return an answer in the version of the request, without objects that it cannot represent."""
    many = get_origin(operation.result) is list
    kind = getattr(get_args(operation.result)[0] if many else operation.result, "__name__", "")
    if answer.data is None or kind not in CONVERTIBLE:
        return answer
    try:
        if many:
            data = write_list(await _items(work, kind, elements(answer.data)))
        else:
            data = await work.converted(answer.data, kind, back=True)
    except (NotConvertible, OcpiError) as error:
        text = f"The answer in OCPI {work.there} cannot be converted to {work.here}"
        raise GenericHubError(f"{text}: {error}") from error
    return replace(answer, data=Raw(data), body=assemble({**fields(answer.body), "data": data}))


async def _items(work: _Exchange, kind: str, items: Sequence[msgspec.Raw]) -> list[Raw]:
    found = []
    for index, item in enumerate(items):
        try:
            found.append(await work.converted(bytes(item), kind, back=True))
        except (NotConvertible, OcpiError) as error:
            log.warning("a %s is left out of a list: %s", kind, error)
            work.losses.append(f"/{index}")
    return found


def _with_note(work: _Exchange, route: Route, answer: RawAnswer) -> RawAnswer:
    """Name the losses in the status message."""
    if not work.losses:
        return answer
    named = ", ".join(list(dict.fromkeys(work.losses))[:_MOST_NAMED])
    note = f"converted between OCPI {work.here} and {work.there}, lost: {named}"
    log.info("a message to %s was %s", route.receiver, note)
    envelope = fields(answer.body)
    message = text_field(envelope, "status_message") or ""
    text = f"{message}; {note}" if message else note
    parts = {**envelope, "status_message": msgspec.json.encode(text)}
    return replace(answer, body=assemble(parts))


def _refused(error: NotConvertible) -> InvalidParameters:
    fault = Violation(error.pointer, "version", error.message)
    return InvalidParameters(error.message, violations=[fault])
