"""A layer holds what changes and nothing else."""

from collections.abc import Iterator
from typing import Final

from ocpi_generator._problems import Problem
from ocpi_generator.documents import Operation, Version
from ocpi_generator.lint._walk import own_operations, own_schemas

__all__ = ["layer_problems"]

_WHY: Final = "The folder of a version reads as the list of what changed since its parent."


def layer_problems(version: Version, parent: Version) -> Iterator[Problem]:
    """Find classes, operations and vectors that are written again without a change."""
    for schema in own_schemas(version):
        before = parent.schemas.get(schema.key)
        if before is not None and before.body == schema.body:
            what = f"{schema.name} is the same in {parent.meta.version}"
            how = "Remove it; the class of the parent is taken over."
            yield schema.place.problem("layer-repeats", what, why=_WHY, how=how)
    for vector in version.own.vectors.values():
        same = parent.vectors.get(vector.key)
        if same is not None and same.body == vector.body:
            what = f"the vector {vector.key} is the same in {parent.meta.version}"
            how = "Remove it; the vector of the parent is taken over."
            yield vector.place.problem("layer-repeats", what, why=_WHY, how=how)
    for operation in own_operations(version):
        for before_it in parent.operations.get((operation.module, operation.interface), ()):
            if before_it.id == operation.id:
                yield from _operation_problems(version, operation, before_it)


def _operation_problems(version: Version, now: Operation, before: Operation) -> Iterator[Problem]:
    """Compare an operation with that of the parent which it replaces."""
    here, there = _where(now), _where(before)
    parent = version.meta.parent
    if here == there and now.body == before.body:
        what = f"{now.id} is the same in {parent}"
        how = "Remove it; the operation of the parent is taken over."
        yield now.place.problem("layer-repeats", what, why=_WHY, how=how)
    full_name = f"{now.module}.{now.interface}.{now.id}"
    if here != there and full_name not in _removed(version):
        what = f"{now.id} is {here}, and in {parent} it is {there}"
        why = f"An operation takes the place of that of its name: {there} would be gone unseen."
        how = f'Name it otherwise; or, if it moved, add "{full_name}" to [removed] operations.'
        yield now.place.problem("operation-clash", what, why=why, how=how)


def _where(operation: Operation) -> str:
    return f"{operation.method.upper()} {operation.path}"


def _removed(version: Version) -> list[str]:
    operations: list[str] = version.own.file.raw.get("removed", {}).get("operations", [])
    return operations
