"""The specification as facts."""

from collections.abc import Sequence

from ocpi_audit._errata import Derived
from ocpi_audit._facts import Facts
from ocpi_audit._operations import Operation
from ocpi_audit._profiles import Profile, Profiles
from ocpi_audit._repository import Source
from ocpi_audit.spec._datatypes import Types, class_name
from ocpi_audit.spec._derived import (
    derived_facts,
    patch_facts,
    sentence_facts,
    status_facts,
    unread_facts,
)
from ocpi_audit.spec._operations import OperationFacts
from ocpi_audit.spec.chapters import Book, open_book
from ocpi_audit.spec.classes import ClassTable, class_facts, class_tables, scalars

__all__ = ["Book", "class_tables", "open_book", "specified"]


def specified(
    source: Source,
    profile: Profile,
    profiles: Profiles,
    operations: Sequence[Operation],
    derived: Sequence[Derived] = (),
) -> Facts:
    """State what a version of the specification says.

    Args:
        source: Its files.
        profile: How they are built.
        profiles: What sentences say that no table does.
        operations: Those of the bundles, for what the specification leaves open.
        derived: Classes that sentences make of others.
    """
    book, facts = open_book(source, profile.dialect), Facts()
    tables = tuple(class_tables(book))
    types = Types(book, _classes(book, tables))
    class_facts(book, tables, types, facts)
    derived_facts(derived, facts)
    OperationFacts(book, tables, types, profiles, facts).state(operations)
    patch_facts(book, operations, facts)
    sentence_facts(book, facts)
    status_facts(book, facts)
    unread_facts(book, tables, profiles.explanations, facts)
    return facts


def _classes(book: Book, tables: Sequence[ClassTable]) -> dict[tuple[str, str], str]:
    """Name the types that links lead to, by file and anchor."""
    named = [(each.section, each.name) for each in tables]
    for located in scalars(book):
        name = class_name(located.section.title)
        named.append((located.section, name))
    return {(section.file, anchor): name for section, name in named for anchor in section.anchors}
