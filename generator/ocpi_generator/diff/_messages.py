"""Comparing what many operations have in common: headers and the coding of the token."""

from collections import defaultdict
from collections.abc import Iterator, Mapping

from ocpi_generator.diff._changes import Change, FieldDifference, Swap, field_differences
from ocpi_generator.diff._facts import Facts, Field, Key, Roles
from ocpi_generator.diff._uses import caller_roles, offerer_roles

__all__ = ["message_changes"]

_BOTH = ("sender", "receiver")


def message_changes(old: Facts, new: Facts, swap: Swap) -> Iterator[Change]:
    """Compare headers, once for all operations where they differ in the same way."""
    if old.token_base64 != new.token_base64:
        text = "the token is " + ("Base64-encoded" if new.token_base64 else "sent as it is")
        yield Change("messages", "request header Authorization", "token-coding", text, _BOTH)
    common = [key for key in new.operations if key in old.operations]
    requests: dict[tuple[str, FieldDifference], list[Key]] = defaultdict(list)
    answers: dict[tuple[str, FieldDifference], list[Key]] = defaultdict(list)
    for key in common:
        before, now = old.operations[key], new.operations[key]
        for found in _steps(before.headers, now.headers, swap):
            requests[found].append(key)
        for found in _steps(before.answer_headers, now.answer_headers, swap):
            answers[found].append(key)
    for (name, step), keys in requests.items():
        roles = _roles([caller_roles(key[1]) for key in keys])
        yield _located(step, keys, common).change("messages", f"request header {name}", roles)
    for (name, step), keys in answers.items():
        roles = _roles([offerer_roles(key[1]) for key in keys])
        yield _located(step, keys, common).change("messages", f"answer header {name}", roles)


def _steps(
    old: Mapping[str, Field], new: Mapping[str, Field], swap: Swap
) -> Iterator[tuple[str, FieldDifference]]:
    for name in [*new, *(one for one in old if one not in new)]:
        for step in field_differences(old.get(name), new.get(name), "header", swap):
            yield name, step


def _roles(several: list[Roles]) -> Roles:
    found = Roles()
    for one in several:
        found |= one
    return found


def _located(step: FieldDifference, keys: list[Key], common: list[Key]) -> FieldDifference:
    text = f"{step.text}; {_where(keys, common)}"
    return FieldDifference(step.kind, text, step.old, step.new, step.writer, step.reader)


def _where(keys: list[Key], common: list[Key]) -> str:
    """Name all operations, whole modules, or single operations."""
    if len(keys) == len(common):
        return "in all operations"
    whole, single = [], []
    for module in dict.fromkeys(key[0] for key in keys):
        own = [key for key in keys if key[0] == module]
        if len(own) == len([key for key in common if key[0] == module]):
            whole.append(module)
        else:
            single += [f"{key[2]} of {module}" for key in own]
    parts = [f"all operations of {', '.join(whole)}"] if whole else []
    return "in " + " and ".join([*parts, *([", ".join(single)] if single else [])])
