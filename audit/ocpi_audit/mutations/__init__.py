"""Mutations of copies of bundles, one small change at a time; audit should report each."""

import copy
import json
import random
import tempfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

from ocpi_audit._profiles import Profile
from ocpi_audit._run import AuditRequest, audit
from ocpi_audit.bundles.classes import is_envelope
from ocpi_audit.bundles.folder import operations_of
from ocpi_audit.mutations._classes import Change, class_changes
from ocpi_audit.mutations._operations import operation_changes

__all__ = [
    "Documents",
    "Mutation",
    "mutated",
    "mutations_of",
    "noticed",
    "read_documents",
    "sample",
]

Documents = dict[str, Any]
"""The bundles of a version by file name, ``schemas.json`` among them."""

_SCHEMAS: Final = "schemas.json"


@dataclass(frozen=True, slots=True)
class Mutation:
    """One small change that makes bundles wrong.

    Attributes:
        kind: What sort of change, such as ``length``.
        where: What it hits.
        apply: Makes the change in a copy of the documents.
    """

    kind: str
    where: str
    apply: Callable[[Documents], None]


def read_documents(folder: Path) -> Documents:
    """Read bundles as they are."""
    return {path.name: json.loads(path.read_text("utf-8")) for path in folder.glob("*.json")}


def mutations_of(documents: Documents) -> Iterator[Mutation]:
    """List the mutations that some bundles allow."""
    classes = documents[_SCHEMAS]["components"]["schemas"]
    for name, schema in classes.items():
        for kind, where, change in class_changes(name, schema):
            yield Mutation(kind, where, _everywhere(name, change))
    for file, document in documents.items():
        if file == _SCHEMAS:
            continue
        for name, schema in document["components"]["schemas"].items():
            if is_envelope(schema):
                yield from _envelope_mutations(file, name, schema)
        yield from _document_mutations(file, document)


def sample(documents: Documents, count: int, seed: int) -> list[Mutation]:
    """Choose mutations at random, in turns from each kind, as far as there are any."""
    chance = random.Random(seed)  # noqa: S311 - the same sample each time, nothing secret
    kinds: dict[str, list[Mutation]] = {}
    for each in mutations_of(documents):
        kinds.setdefault(each.kind, []).append(each)
    for found in kinds.values():
        chance.shuffle(found)
    turns = (
        [found[turn] for found in kinds.values() if turn < len(found)] for turn in range(count)
    )
    return [each for turn in turns for each in turn][:count]


def noticed(request: AuditRequest, profile: Profile, documents: Documents) -> frozenset[str]:
    """List the unexplained differences that audit finds in bundles.

    Args:
        request: What to audit, other than these bundles.
        profile: The version.
        documents: The bundles.
    """
    with tempfile.TemporaryDirectory() as folder:
        target = Path(folder, "mutated", "version", "documents")
        target.mkdir(parents=True)
        for file, document in documents.items():
            (target / file).write_text(json.dumps(document), encoding="utf-8")
        here = replace(request, package=Path(folder, "mutated"), examples=False)
        found = audit(here, profile, alone=True)
    return frozenset(str(each) for each in found.comparison.unexplained)


def mutated(documents: Documents, each: Mutation) -> Documents:
    """Return a copy of bundles with a break in it."""
    changed = copy.deepcopy(documents)
    each.apply(changed)
    return changed


def _everywhere(name: str, change: Change) -> Callable[[Documents], None]:
    """Make a change wherever a class is written down."""

    def apply(documents: Documents) -> None:
        for document in documents.values():
            schema = document["components"]["schemas"].get(name)
            if schema is not None:
                change(schema)

    return apply


def _envelope_mutations(file: str, name: str, schema: Mapping[str, Any]) -> Iterator[Mutation]:
    """Break one envelope only: they are all alike."""
    for kind, where, change in class_changes(name, schema):
        if not where.endswith(".data"):
            yield Mutation(f"{kind} of envelope", f"{file} {where}", _in_schema(file, name, change))


def _in_schema(file: str, name: str, change: Change) -> Callable[[Documents], None]:
    return lambda documents: change(documents[file]["components"]["schemas"][name])


def _document_mutations(file: str, document: Mapping[str, Any]) -> Iterator[Mutation]:
    for path, method, operation, _ in operations_of(document):
        where, verb = f"{file} {method} {path}", method.lower()
        for kind, change in operation_changes(operation):
            yield Mutation(kind, where, _in_operation(file, path, verb, change))
        yield Mutation("drop operation", where, _without_operation(file, path, verb))
        yield Mutation("path", where, _moved(file, path))
    text = json.dumps(document)
    for kind in ("parameters", "headers"):
        for name in document["components"].get(kind, {}):
            if f'"#/components/{kind}/{name}"' not in text:
                continue
            yield Mutation(f"type in {kind}", f"{file} {name}", _retyped(file, kind, name))


def _in_operation(file: str, path: str, verb: str, change: Change) -> Callable[[Documents], None]:
    return lambda documents: change(documents[file]["paths"][path][verb])


def _without_operation(file: str, path: str, verb: str) -> Callable[[Documents], None]:
    return lambda documents: documents[file]["paths"][path].pop(verb)


def _moved(file: str, path: str) -> Callable[[Documents], None]:
    def apply(documents: Documents) -> None:
        paths = documents[file]["paths"]
        paths[f"{path.rstrip('/')}/made_up"] = paths.pop(path)

    return apply


def _retyped(file: str, kind: str, name: str) -> Callable[[Documents], None]:
    def apply(documents: Documents) -> None:
        documents[file]["components"][kind][name]["schema"] = {"type": "boolean"}

    return apply
