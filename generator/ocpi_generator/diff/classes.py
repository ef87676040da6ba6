"""Comparing classes."""

from collections.abc import Iterator

from ocpi_generator.diff.changes import Change, field_steps, value_steps
from ocpi_generator.diff.facts import ClassFacts, Facts, Roles

__all__ = ["class_changes"]


def class_changes(old: Facts, new: Facts) -> Iterator[Change]:
    """Compare all classes, those of the new version in their order, then those that are gone."""
    for name in [*new.classes, *(one for one in old.classes if one not in new.classes)]:
        before, now = old.classes.get(name), new.classes.get(name)
        roles = old.roles.get(name, Roles()) | new.roles.get(name, Roles())
        if before and now:
            yield from _patch(before, now, roles) if now.patch_of else _both(before, now, roles)
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


def _both(old: ClassFacts, new: ClassFacts, roles: Roles) -> Iterator[Change]:
    if old.kind != new.kind:
        opened, closed = old.kind == "enum", new.kind == "enum"
        enums = {old.kind, new.kind} == {"enum", "open enum"}
        breaks = roles.broken(writer=closed or not enums, reader=opened or not enums)
        text = f"{new.kind}; was {old.kind}"
        yield Change(new.module, new.name, "class-kind", text, breaks, old.kind, new.kind)
    if old.value and new.value:
        for step in value_steps(old.value, new.value):
            yield step.change(new.module, new.name, roles)
    yield from _fields(old, new, roles)
    yield from _choices(old, new, roles)
    if old.values and new.values:
        yield from _values(old, new, roles)


def _fields(old: ClassFacts, new: ClassFacts, roles: Roles) -> Iterator[Change]:
    for name in [*new.fields, *(one for one in old.fields if one not in new.fields)]:
        for step in field_steps(old.fields.get(name), new.fields.get(name), "property"):
            yield step.change(new.module, f"{new.name}.{name}", roles)


def _choices(old: ClassFacts, new: ClassFacts, roles: Roles) -> Iterator[Change]:
    if old.choices == new.choices:
        return
    texts = ["; ".join(" with ".join(one) for one in sorted(c)) for c in (old.choices, new.choices)]
    text = f"one must be there of: {texts[1] or 'any'}; was: {texts[0] or 'any'}"
    breaks = roles.broken(writer=bool(new.choices), reader=bool(old.choices))
    yield Change(new.module, new.name, "choice", text, breaks, texts[0] or None, texts[1] or None)


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
