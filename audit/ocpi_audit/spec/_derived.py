"""What follows from other facts: PATCH classes, status codes; and tables that nobody reads."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Final

from ocpi_audit._errata import Derived
from ocpi_audit._facts import Fact, Facts, Kind
from ocpi_audit._operations import Operation
from ocpi_audit.markup.document import Section, Table
from ocpi_audit.spec.chapters import Book
from ocpi_audit.spec.classes import ClassTable

__all__ = ["derived_facts", "patch_facts", "sentence_facts", "status_facts", "unread_facts"]

_STAMPED: Final = re.compile(r"PATCH\W.{0,40}SHALL contain the `?last_updated", re.DOTALL)
_OPTIONAL: Final = {"1": "?", "+": "+ optional"}
_CODE: Final = re.compile(r"[1-4]\d{3}$")


def patch_facts(book: Book, operations: Iterable[Operation], facts: Facts) -> None:
    """State what PATCH bodies are: all fields of the class, none of them required.

    From 2.2 on a PATCH must carry last_updated.
    """
    for operation in operations:
        if operation.method != "PATCH":
            continue
        body = facts.get(operation.subject, "body")
        chapter = book.chapter_of(operation.module)
        stamped = bool(chapter and _STAMPED.search(chapter.text))
        for patch in (body.value.split()[0] if body else "", operation.body):
            name = patch.removesuffix("Patch")
            if name != patch and facts.head(patch) is None and facts.head(name) is not None:
                _derive(name, facts, stamped=stamped)


def _derive(name: str, facts: Facts, *, stamped: bool) -> None:
    patch = f"{name}Patch"
    kept = []
    for fact in [each for each in facts if name in {each.subject, each.parent}]:
        field = fact.subject.removeprefix(f"{name}.")
        if fact.aspect in {"choice", "doubt"}:
            continue
        value = fact.value
        if fact.aspect == "cardinality":
            kept += [field] if value in _OPTIONAL else []
            value = value if stamped and field == "last_updated" else _OPTIONAL.get(value, value)
        subject = patch if fact.subject == name else f"{patch}.{field}"
        parent = patch if fact.parent else ""
        kind = Kind.DERIVED
        facts.add(replace(fact, subject=subject, value=value, parent=parent, kind=kind))
    head = facts.head(patch)
    if head is not None:
        facts.add(replace(head, aspect="kept", value=" ".join(sorted(kept))))


def derived_facts(derived: Iterable[Derived], facts: Facts) -> None:
    """State classes that sentences make of others."""
    for each in derived:
        for fact in [one for one in facts if each.of in {one.subject, one.parent}]:
            field = fact.subject.removeprefix(f"{each.of}.")
            value = fact.value
            if fact.aspect == "cardinality" and field in each.optional:
                value = _OPTIONAL.get(value, value)
            if fact.aspect == "link" and each.link:
                value = each.link
            subject = each.name if fact.subject == each.of else f"{each.name}.{field}"
            parent, kind = each.name if fact.parent else "", Kind.DERIVED
            facts.add(replace(fact, subject=subject, value=value, parent=parent, kind=kind))


def sentence_facts(book: Book, facts: Facts) -> None:
    """State what sentences say of classes and their fields."""
    for (subject, aspect), value in book.dialect.sentences.items():
        head = facts.head(subject)
        if head is not None:
            facts.add(replace(head, aspect=aspect, value=value))


def status_facts(book: Book, facts: Facts) -> None:
    """State which status codes there are."""
    for located in book.located:
        for table in located.section.tables:
            if table.header != ("code", "description"):
                continue
            for row in table.rows:
                if _CODE.match(row.texts[0]):
                    place = located.section.place(row.line)
                    subject = f"status {row.texts[0]}"
                    facts.add(Fact(subject, "code", "there", Kind.STATUS, located.module, place))


def unread_facts(
    book: Book,
    tables: Iterable[ClassTable],
    explanations: Mapping[str, tuple[str, ...]],
    facts: Facts,
) -> None:
    """State which tables and chapters nothing was read from, so that none is passed over."""
    classes = {id(each.table) for each in tables}
    for located in book.located:
        for table in located.section.tables:
            known = explanations.get(located.module, ()) + explanations.get("*", ())
            if id(table) in classes or _is_read(table, located.interface, known):
                _malformed(table, located.section, located.module, facts)
            else:
                words = ", ".join(table.header)
                _unread(f"a table of {words}", located.section, table.line, located.module, facts)
    for file in book.strangers:
        facts.add(
            Fact(file, "unread", "a chapter", Kind.OTHER, "other", Section(file, "", (), 1).place())
        )


def _is_read(table: Table, interface: str, known: tuple[str, ...]) -> bool:
    header = table.header
    if not header or header[0] in known:
        return True
    if header[0] in {"http header", "http parameter"} or header == ("code", "description"):
        return True
    if not interface:
        return False
    return header == ("method", "description") or header[1:2] in {("datatype",), ("card.",)}


def _malformed(table: Table, section: Section, module: str, facts: Facts) -> None:
    for row in table.rows:
        if len(row.cells) != len(table.header):
            what = f"a row of {len(row.cells)} cells, not {len(table.header)}: {row.texts[0]}"
            _unread(what, section, row.line, module, facts)


def _unread(what: str, section: Section, line: int, module: str, facts: Facts) -> None:
    subject = f"{section.file} {section.title}".strip()
    facts.add(Fact(subject, "unread", what, Kind.OTHER, module, section.place(line)))
