"""Classes as a whole: names, links to the specification, what they require."""

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from ocpi_generator._problems import Problem
from ocpi_generator.documents import DocumentPosition, Schema, Version
from ocpi_generator.lint._walk import own_schemas

__all__ = ["class_problems", "external_docs_problems"]

_NAME: Final = re.compile(r"[A-Z][A-Za-z0-9]*")
_LINK: Final = re.compile(r"[\w./-]+\.(?:asciidoc|md)#[\w.:+-]+")
_URL: Final = re.compile(r"https://\S+")
_WHY_LINK: Final = "A reader must get to the section of the specification that a thing is from."
_HOW_LINK: Final = (
    'Write externalDocs: {url: "file.asciidoc#anchor"}; the bundler puts the URL of the version '
    "in front of it."
)


def class_problems(version: Version) -> Iterator[Problem]:
    """Check every class of the folder."""
    for schema in own_schemas(version):
        yield from _name(schema)
        yield from external_docs_problems(version, schema.place, schema.body)
        yield from _description(schema)
        yield from _fields(schema)
        yield from _required(schema)


def external_docs_problems(
    version: Version, place: DocumentPosition, owner: Mapping[str, Any]
) -> Iterator[Problem]:
    """Check the link of a class or an operation.

    What an overlay adds is described elsewhere than its version, so that it may give whole URLs.
    """
    docs = owner.get("externalDocs")
    if docs is None and not version.meta.specification:
        return
    if docs is None:
        what = "the link to the specification is missing"
        yield place.problem("external-docs", what, why=_WHY_LINK, how=_HOW_LINK)
    elif version.overlay and _URL.fullmatch(docs["url"]):
        return
    elif not _LINK.fullmatch(docs["url"]):
        what = f"`{docs['url']}` is not file#anchor"
        where = place.at("externalDocs", "url")
        yield where.problem("external-docs-form", what, why=_WHY_LINK, how=_HOW_LINK)


def _name(schema: Schema) -> Iterator[Problem]:
    if not _NAME.fullmatch(schema.name):
        what = f"{schema.name} is not a class name"
        why = "It becomes a class in Python."
        how = "Start with a capital; letters and digits only."
        yield schema.place.problem("class-name", what, why=why, how=how)


def _description(schema: Schema) -> Iterator[Problem]:
    if not str(schema.body.get("description", "")).strip():
        what = f"the description of {schema.name} is missing"
        why = "It becomes the docstring of the class."
        how = "State in a few words of your own what it is for."
        yield schema.place.problem("description", what, why=why, how=how)


def _fields(schema: Schema) -> Iterator[Problem]:
    for name, body in schema.body.get("properties", {}).items():
        if not str(body.get("description", "")).strip():
            place = schema.place.at("properties", name)
            what = f"the description of {schema.name}.{name} is missing"
            why = "Editors show it wherever the field is used."
            how = "State in a few words of your own what it means, with its unit."
            yield place.problem("field-description", what, why=why, how=how)


def _required(schema: Schema) -> Iterator[Problem]:
    fields = schema.body.get("properties", {})
    for place, name in _named(schema):
        if name not in fields:
            what = f"{schema.name} requires {name}, which is not one of its properties"
            why = "A misspelt name is required of nobody's objects, and the meant one of none."
            how = "Correct the name, or add the property."
            yield place.problem("required", what, why=why, how=how)


def _named(schema: Schema) -> Iterator[tuple[DocumentPosition, str]]:
    """Return the fields that a class requires, always or as one of several choices."""
    for index, name in enumerate(schema.body.get("required", ())):
        yield schema.place.at("required", index), name
    for number, choice in enumerate(schema.body.get("anyOf", ())):
        for index, name in enumerate(choice.get("required", ())):
            yield schema.place.at("anyOf", number, "required", index), name
