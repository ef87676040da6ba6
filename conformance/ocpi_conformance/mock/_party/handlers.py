"""Which interfaces a mock offers in its role, and what their operations answer."""

from collections.abc import Callable, Iterable
from typing import Any, Final, Literal

from ocpi_conformance.mock._party._extensions import ExtensionObjects
from ocpi_conformance.mock._party._messages import Messages
from ocpi_conformance.mock._party._received import ReceivedObjects
from ocpi_conformance.mock._party._sent import SentObjects
from ocpi_conformance.mock._party.calling import Caller
from ocpi_conformance.mock._party.hub import Hub
from ocpi_conformance.objects.world import World
from ocpi_runtime.binding import Binding
from ocpi_runtime.operations import Interface, Operation
from ocpi_runtime.server import Stub
from ocpi_runtime.testing import answering

__all__ = ["ROLES", "MockRole", "interfaces_of", "party_handlers"]

MockRole = Literal["cpo", "emsp", "hub"]
ROLES: Final[tuple[MockRole, ...]] = ("cpo", "emsp", "hub")

_CPO: Final = frozenset({
    ("locations", "sender"), ("tariffs", "sender"), ("sessions", "sender"), ("cdrs", "sender"),
    ("tokens", "receiver"), ("commands", "receiver"), ("chargingprofiles", "receiver"),
    ("hubclientinfo", "receiver"), ("bookings", "sender"), ("invoicereconciliation", "sender"),
    ("payments", "receiver"),
})  # fmt: skip
_EMSP: Final = frozenset({
    ("locations", "receiver"), ("tariffs", "receiver"), ("sessions", "receiver"),
    ("cdrs", "receiver"), ("tokens", "sender"), ("commands", "sender"),
    ("chargingprofiles", "sender"), ("hubclientinfo", "receiver"), ("bookings", "receiver"),
    ("invoicereconciliation", "receiver"),
})  # fmt: skip
_ONLY_HUB: Final = {("hubclientinfo", "sender"), ("payments", "sender")}
"""Who is connected, and what a PTP (Payment Terminal Provider) behind the hub offers."""
_HUB: Final = (_CPO | _EMSP | _ONLY_HUB) - {("hubclientinfo", "receiver")}
_OFFERED: Final[dict[MockRole, frozenset[tuple[str, str]]]] = {
    "cpo": _CPO, "emsp": _EMSP, "hub": _HUB,
}  # fmt: skip


def interfaces_of(binding: Binding[Any, Any], role: MockRole) -> list[Interface]:
    """Return the functional interfaces that a party of a role offers in a version."""
    return [each for key, each in binding.interfaces.items() if key in _OFFERED[role]]


def party_handlers(role: MockRole, world: World, caller: Caller) -> list[Stub]:
    """Make the handlers of all functional interfaces of a role.

    Args:
        role: What the mock is.
        world: What it has.
        caller: Sends results of commands to the client.
    """
    parts = (ExtensionObjects(world), SentObjects(world), ReceivedObjects())
    messages = Messages(world, caller)
    makers = [*(one.answer_of for one in parts), messages.answer_of]
    hub = Hub(world) if role == "hub" else None
    return [
        _handler(world.binding, each, makers, hub) for each in interfaces_of(world.binding, role)
    ]


_Makes = Callable[[Interface, Operation], Callable[..., Any] | None]


def _handler(
    binding: Binding[Any, Any], interface: Interface, makers: Iterable[_Makes], hub: Hub | None
) -> Stub:
    answers: dict[str, Callable[..., Any]] = {}
    for operation in interface.operations.values():
        made = (make(interface, operation) for make in makers)
        answer = next((one for one in made if one is not None), None)
        if answer is not None:
            answers[operation.id] = answer if hub is None else hub.routed(answer)
    return answering(binding.stub(interface.module, interface.name), **answers)
