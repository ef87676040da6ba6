"""A layer holds what changes and nothing else."""

from collections.abc import Iterator
from typing import Final

from ocpi_generator.documents import Version
from ocpi_generator.lint.walk import own_operations, own_schemas
from ocpi_generator.problems import Problem

__all__ = ["layer_problems"]

_WHY: Final = "The folder of a version reads as the list of what changed since its parent."


def layer_problems(version: Version, parent: Version) -> Iterator[Problem]:
    """Find classes and operations that are written again without a change."""
    for schema in own_schemas(version):
        before = parent.schemas.get(schema.key)
        if before is not None and before.body == schema.body:
            what = f"{schema.name} is the same in {parent.meta.version}"
            how = "Remove it; the class of the parent is taken over."
            yield schema.place.problem("layer-repeats", what, why=_WHY, how=how)
    for operation in own_operations(version):
        for before_it in parent.operations.get((operation.module, operation.interface), ()):
            same = before_it.id == operation.id and before_it.path == operation.path
            if same and before_it.body == operation.body:
                what = f"{operation.id} is the same in {parent.meta.version}"
                how = "Remove it; the operation of the parent is taken over."
                yield operation.place.problem("layer-repeats", what, why=_WHY, how=how)
