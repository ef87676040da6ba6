"""Which interface role writes the objects of a class, and which reads them."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from ocpi_generator.diff._facts import ClassFacts, Field, OperationFacts, Roles

__all__ = ["caller_roles", "offerer_roles", "roles_of"]

_BOTH: Final = frozenset({"sender", "receiver"})
_OTHER: Final = {"sender": frozenset({"receiver"}), "receiver": frozenset({"sender"})}
_READ_BACK: Final = "get_stored_"
"""Answers that hand back what the other side wrote."""


def caller_roles(interface: str) -> Roles:
    """Return who writes and who reads what the caller of an interface sends."""
    callers = _OTHER.get(interface, _BOTH)
    return Roles(callers, frozenset({interface}) if interface in _OTHER else _BOTH)


def offerer_roles(interface: str) -> Roles:
    """Return who writes and who reads what an interface answers."""
    roles = caller_roles(interface)
    return Roles(roles.readers, roles.writers)


def roles_of(
    operations: Iterable[OperationFacts], classes: Mapping[str, ClassFacts]
) -> dict[str, Roles]:
    """Find the writers and readers of each class, also of those inside others."""
    found: dict[str, Roles] = {}
    for operation in operations:
        for field, roles in _messages(operation):
            _note(field.value.name, roles, classes, found)
    return found


def _messages(operation: OperationFacts) -> Iterator[tuple[Field, Roles]]:
    sent, given = caller_roles(operation.key[1]), offerer_roles(operation.key[1])
    fields = [*operation.segments, *operation.query.values(), *operation.headers.values()]
    for field in [*fields, *([operation.body] if operation.body else ())]:
        yield field, sent
    for field in operation.answer_headers.values():
        yield field, given
    if operation.answer and not operation.key[2].startswith(_READ_BACK):
        yield operation.answer, given


def _note(
    name: str, roles: Roles, classes: Mapping[str, ClassFacts], found: dict[str, Roles]
) -> None:
    """Note the roles for a class and all that it is made of, unless that is known."""
    old = found.get(name)
    if name not in classes or (old is not None and old | roles == old):
        return
    found[name] = roles if old is None else old | roles
    one = classes[name]
    for field in one.fields.values():
        _note(field.value.name, roles, classes, found)
    if one.patch_of:
        _note(one.patch_of, roles, classes, found)
