"""Comparing modules and operations."""

import re
from collections.abc import Iterator

from ocpi_generator.diff._changes import Change, Swap, field_differences, value_steps
from ocpi_generator.diff._facts import Facts, OperationFacts, Roles
from ocpi_generator.diff._uses import caller_roles, offerer_roles

__all__ = ["module_changes", "operation_changes"]


def module_changes(old: Facts, new: Facts) -> Iterator[Change]:
    """Compare which modules there are, and which interfaces they have."""
    for name in [*new.modules, *(one for one in old.modules if one not in new.modules)]:
        before, now = old.modules.get(name), new.modules.get(name)
        if before is None and now is not None:
            mark = "extension" if name in new.extensions else "module"
            text = f"new {mark} with the interfaces {' and '.join(now)}"
            yield Change(name, name, "module-added", text)
        elif now is None:
            text = "module removed"
            yield Change(name, name, "module-removed", text, ("sender", "receiver"))
        elif before is not None:
            yield from _interfaces(name, before, now)


def _interfaces(module: str, old: tuple[str, ...], new: tuple[str, ...]) -> Iterator[Change]:
    for interface in new:
        if interface not in old:
            yield Change(module, interface, "interface-added", "new interface", (), None, interface)
    for interface in old:
        if interface not in new:
            breaks = caller_roles(interface).broken(writer=True)
            yield Change(
                module, interface, "interface-removed", "interface removed", breaks, interface
            )


def operation_changes(old: Facts, new: Facts, swap: Swap) -> Iterator[Change]:
    """Compare operations: those of the new version in their order, then those that are gone."""
    for key, operation in new.operations.items():
        if key in old.operations:
            yield from _both(old.operations[key], operation, swap)
        else:
            known = key[1] in old.modules.get(key[0], ())
            breaks = caller_roles(key[1]).broken(reader=known)
            text = f"new operation {key[2]}{_messages(operation)}"
            yield Change(key[0], operation.title, "operation-added", text, breaks, None, key[2])
    yield from _segment_changes(old, new, swap)
    for key, operation in old.operations.items():
        if key not in new.operations:
            breaks = caller_roles(key[1]).broken(writer=True)
            text = f"operation {key[2]} removed"
            yield Change(key[0], operation.title, "operation-removed", text, breaks, key[2])


def _messages(operation: OperationFacts) -> str:
    body = f", takes {operation.body.value}" if operation.body else ""
    answer = f", answers {operation.answer.value}" if operation.answer else ""
    return body + answer


def _both(old: OperationFacts, new: OperationFacts, swap: Swap) -> Iterator[Change]:
    sent, given = caller_roles(new.key[1]), offerer_roles(new.key[1])
    yield from _address(old, new)
    for name in [*new.query, *(one for one in old.query if one not in new.query)]:
        for step in field_differences(old.query.get(name), new.query.get(name), "parameter", swap):
            yield step.change(new.key[0], f"{new.title} ?{name}", sent)
    for what, pair, roles in (
        ("body", (old.body, new.body), sent),
        ("result", (old.answer, new.answer), given),
    ):
        for step in field_differences(*pair, what, swap):
            yield step.change(new.key[0], f"{new.title} {what}", roles)
    yield from _codes(old, new, given)


def _address(old: OperationFacts, new: OperationFacts) -> list[Change]:
    """Compare method and path; the names in a path do not go over the wire."""
    addresses = [(one.method, re.sub(r"\{\w+\}", "{}", one.path)) for one in (old, new)]
    if addresses[0] == addresses[1]:
        return []
    breaks = caller_roles(new.key[1]).broken(writer=True, reader=True)
    texts = [f"{one.method} {one.path}" for one in (old, new)]
    text = f"{new.key[2]} is at {texts[1]}; was at {texts[0]}"
    return [Change(new.key[0], new.title, "endpoint", text, breaks, *texts)]


def _segment_changes(old: Facts, new: Facts, swap: Swap) -> Iterator[Change]:
    """Compare the values in paths, each once for all paths of an interface."""
    seen: set[Change] = set()
    for key, now in new.operations.items():
        before = old.operations.get(key)
        if before is None or _address(before, now):
            continue
        names = re.findall(r"\{(\w+)\}", now.path)
        for name, one, other in zip(names, before.segments, now.segments, strict=True):
            for step in value_steps(one.value, other.value, swap):
                subject = f"{{{name}}} in paths ({key[1]})"
                change = step.change(key[0], subject, caller_roles(key[1]))
                if change not in seen:
                    seen.add(change)
                    yield change


def _codes(old: OperationFacts, new: OperationFacts, given: Roles) -> Iterator[Change]:
    if old.codes == new.codes:
        return
    texts = [" or ".join(sorted(one.codes)) for one in (old, new)]
    text = f"succeeds with HTTP {texts[1]}; was {texts[0]}"
    breaks = given.broken(reader=bool(new.codes - old.codes))
    yield Change(new.key[0], new.title, "status-codes", text, breaks, *texts)
