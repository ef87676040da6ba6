"""Comparing classes."""

from collections.abc import Iterator

from ocpi_generator.diff._changes import Change, Swap, field_differences, value_steps
from ocpi_generator.diff._facts import ClassFacts, Facts, Roles, Value

__all__ = ["ClassSwap", "class_changes"]

_WRITER, _READER = frozenset({"sender"}), frozenset({"receiver"})


class ClassSwap:
    """Finds what it means that a class or type is where one of another name was.

    Names do not go over the wire, so it is what they hold that counts.

    Args:
        old: The older version.
        new: The newer one.
    """

    def __init__(self, old: Facts, new: Facts) -> None:
        self._old, self._new = old.classes, new.classes
        self._asked: set[tuple[str, str]] = set()

    def __call__(self, old: Value, new: Value) -> tuple[bool, bool]:
        """Return whether it breaks the writer, and the reader."""
        before, now = self._old.get(old.name), self._new.get(new.name)
        if before and now:
            return self._classes(before, now)
        plain = [one.value if one and one.value else None for one in (before, now)]
        if plain == [None, None]:
            return True, True
        steps = value_steps(plain[0] or old, plain[1] or new, self)
        return any(one.writer for one in steps), any(one.reader for one in steps)

    def _classes(self, old: ClassFacts, new: ClassFacts) -> tuple[bool, bool]:
        """Compare as if one had become the other, with an interface for each role."""
        pair = (old.name, new.name)
        if pair in self._asked:
            return False, False  # asked on the way to the answer: this adds nothing to it
        self._asked.add(pair)
        found = list(_both(old, new, Roles(_WRITER, _READER), self))
        self._asked.remove(pair)
        broken = {interface for change in found for interface in change.breaks}
        return bool(broken & _WRITER), bool(broken & _READER)


def class_changes(old: Facts, new: Facts, swap: Swap) -> Iterator[Change]:
    """Compare all classes, those of the new version in their order, then those that are gone."""
    for name in [*new.classes, *(one for one in old.classes if one not in new.classes)]:
        before, now = old.classes.get(name), new.classes.get(name)
        roles = old.roles.get(name, Roles()) | new.roles.get(name, Roles())
        if before and now:
            yield from (
                _patch(before, now, roles) if now.patch_of else _both(before, now, roles, swap)
            )
        elif now and not now.patch_of:
            yield _added(now)
        elif before and not before.patch_of:
            text = f"class removed; was {_size(before)}"
            yield Change(before.module, name, "class-removed", text)


def _added(one: ClassFacts) -> Change:
    mark = f" (extension {one.extension})" if one.extension else ""
    return Change(one.module, one.name, "class-added", f"new class: {_size(one)}{mark}")


def _size(one: ClassFacts) -> str:
    if one.kind == "object":
        return f"object with {', '.join(one.fields)}"
    if one.kind == "value":
        return str(one.value)
    return f"{one.kind} of {', '.join(one.values)}"


def _both(old: ClassFacts, new: ClassFacts, roles: Roles, swap: Swap) -> Iterator[Change]:
    if old.kind != new.kind:
        opened, closed = old.kind == "enum", new.kind == "enum"
        enums = {old.kind, new.kind} == {"enum", "open enum"}
        breaks = roles.broken(writer=closed or not enums, reader=opened or not enums)
        text = f"{new.kind}; was {old.kind}"
        yield Change(new.module, new.name, "class-kind", text, breaks, old.kind, new.kind)
    if old.value and new.value:
        for step in value_steps(old.value, new.value, swap):
            yield step.change(new.module, new.name, roles)
    yield from _fields(old, new, roles, swap)
    yield from _choices(old, new, roles)
    if old.values and new.values:
        yield from _values(old, new, roles)


def _fields(old: ClassFacts, new: ClassFacts, roles: Roles, swap: Swap) -> Iterator[Change]:
    for name in [*new.fields, *(one for one in old.fields if one not in new.fields)]:
        for step in field_differences(old.fields.get(name), new.fields.get(name), "property", swap):
            yield step.change(new.module, f"{new.name}.{name}", roles)


def _choices(old: ClassFacts, new: ClassFacts, roles: Roles) -> Iterator[Change]:
    if old.choices == new.choices:
        return
    texts = [
        " or ".join(" with ".join(one) for one in sorted(c)) for c in (old.choices, new.choices)
    ]
    descriptions = [f"there must be {text}" if text else "no choice" for text in texts]
    breaks = roles.broken(writer=not _chosen(new, old), reader=not _chosen(old, new))
    yield Change(
        new.module, new.name, "choice", f"{descriptions[1]}; was: {descriptions[0]}", breaks,
        texts[0] or None, texts[1] or None,
    )  # fmt: skip


def _chosen(asking: ClassFacts, giving: ClassFacts) -> bool:
    """Return whether all that one class lets through has what the choices of another ask for."""
    always = {name for name, one in giving.fields.items() if one.required}
    sure = [{*one, *always} for one in giving.choices] or [always]
    return not asking.choices or all(any({*one} <= has for one in asking.choices) for has in sure)


def _values(old: ClassFacts, new: ClassFacts, roles: Roles) -> Iterator[Change]:
    closed = new.kind == "enum" == old.kind
    for value, extension in new.values.items():
        if value not in old.values:
            mark = f" (extension {extension})" if extension else ""
            breaks = roles.broken(reader=closed)
            text = f"value {value} added{mark}"
            yield Change(new.module, new.name, "value-added", text, breaks, None, value)
    for value in old.values:
        if value not in new.values:
            breaks = roles.broken(writer=new.kind == "enum")
            text = f"value {value} removed"
            yield Change(new.module, new.name, "value-removed", text, breaks, value)


def _patch(old: ClassFacts, new: ClassFacts, roles: Roles) -> Iterator[Change]:
    """Compare what a PATCH must carry and what it extends; its fields are those of the class."""
    for name in sorted({*old.fields} & {*new.fields}):
        before, now = old.fields[name].required, new.fields[name].required
        if before != now:
            breaks = roles.broken(writer=now, reader=before)
            text = f"a PATCH {'must' if now else 'need not'} carry it"
            yield Change(
                new.module, f"{new.patch_of}.{name}", "patch-required", text, breaks,
                str(before).lower(), str(now).lower(),
            )  # fmt: skip
    for name in sorted(old.appended ^ new.appended):
        extends = name in new.appended
        text = f"a PATCH {'extends' if extends else 'replaces'} the list"
        breaks = roles.broken(writer=True, reader=True)
        yield Change(new.module, f"{new.patch_of}.{name}", "patch-append", text, breaks)
