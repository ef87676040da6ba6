"""Classes of bundles as facts."""

import json
import re
from collections.abc import Iterator, Mapping
from typing import Final

from ocpi_audit._facts import Fact, Facts, Kind, SourcePosition
from ocpi_audit.bundles._shapes import Shapes
from ocpi_audit.bundles.folder import Bundles, Json, escaped

__all__ = ["bundled_classes", "is_envelope", "relative"]

_ENVELOPE: Final = "Envelope"
_WORDS: Final = frozenset({"description", "title", "externalDocs", "example"})
_TALK: Final = _WORDS | {"x-ocpi-extension"}
_CHOICES: Final = {"oneOf": "one of ", "anyOf": "any of "}
_REFERENCE: Final = re.compile(r'"#/components/schemas/(\w+)"')
_MODULE: Final = re.compile(r"([\w]+)\.\w+#")


def is_envelope(schema: Json) -> bool:
    """Return whether a schema is what answers are wrapped in."""
    return {"status_code", "timestamp"} <= set(schema.get("properties", ()))


def relative(url: str, pages: tuple[str, ...]) -> str:
    """Take off a link what leads to the specification of a version."""
    for page in pages:
        if url.startswith(page):
            return url.removeprefix(page)
    return url


def bundled_classes(
    bundles: Bundles,
    shapes: Shapes,
    pages: tuple[str, ...],
    modules: Mapping[str, str],
    facts: Facts,
) -> None:
    """State what bundles say of classes.

    Args:
        bundles: The bundles.
        shapes: Reads types.
        pages: What links begin with.
        modules: The modules that files of the specification describe, by file.
        facts: Takes them up.
    """
    envelopes: dict[str, tuple[str, str]] = {}
    own, of_envelopes = dict(bundles.schemas), _of_envelopes(bundles)
    for document, name, schema in _schemas(bundles):
        if is_envelope(schema):
            bare = _bare(schema)
            envelopes.setdefault(json.dumps(bare, sort_keys=True), (document, name))
            _Reader(_ENVELOPE, bare, document, name, shapes, facts).read("transport", "")
            continue
        link = relative(schema.get("externalDocs", {}).get("url", ""), pages)
        module = modules.get(link.partition("#")[0], "other")
        if document == f"{bundles.name}/schemas.json":
            _Reader(name, schema, document, name, shapes, facts).read(module, link)
        elif name in of_envelopes and name not in own:
            own[name] = schema
            _Reader(name, schema, document, name, shapes, facts).read("transport", link)
        elif own.get(name) != schema:
            place = SourcePosition(document, f"/components/schemas/{escaped(name)}")
            other = f"another one in {document.rpartition('/')[2]}"
            facts.add(Fact(name, "copy", other, Kind.CLASS, module, place))
    for document, name in list(envelopes.values())[1:]:
        place = SourcePosition(document, f"/components/schemas/{escaped(name)}")
        facts.add(Fact(_ENVELOPE, "copy", f"another one: {name}", Kind.CLASS, "transport", place))


def _of_envelopes(bundles: Bundles) -> set[str]:
    """Name the classes that envelopes refer to beside the result."""
    bare = [_bare(schema) for _, _, schema in _schemas(bundles) if is_envelope(schema)]
    found = (_REFERENCE.findall(json.dumps(each)) for each in bare)
    return {name for names in found for name in names}


def _schemas(bundles: Bundles) -> Iterator[tuple[str, str, Json]]:
    for name, schema in bundles.schemas.items():
        yield f"{bundles.name}/schemas.json", name, schema
    for file, document in bundles.documents.items():
        for name, schema in document["components"]["schemas"].items():
            yield f"{bundles.name}/{file}", name, schema


def _bare(schema: Json) -> dict[str, object]:
    """Leave out what differs from envelope to envelope."""
    fields = {name: each for name, each in schema["properties"].items() if name != "data"}
    left = {key: each for key, each in schema.items() if key not in _WORDS}
    return {**left, "properties": fields}


class _Reader:
    """Reads one schema."""

    def __init__(
        self, name: str, schema: Json, document: str, at: str, shapes: Shapes, facts: Facts
    ) -> None:
        self._name, self._shapes, self._facts = name, shapes, facts
        self._document, self._pointer = document, f"/components/schemas/{escaped(at)}"
        self._left = {key: value for key, value in schema.items() if key not in _TALK}
        self._module = ""

    def read(self, module: str, link: str) -> None:
        """State everything about the class.

        Args:
            module: The module that it counts for.
            link: Where the specification describes it, or nothing.
        """
        self._module = module
        if self._left.get("type") == "object":
            self._object()
        elif "enum" in self._left or "x-extensible-enum" in self._left:
            self._enum()
        else:
            self._scalar()
        if link:
            self._add_fact("link", link, "/externalDocs/url")
        self._more(json.dumps(self._left, sort_keys=True) if self._left else "")

    def _object(self) -> None:
        self._left.pop("type")
        self._add_fact("class", "object")
        required = self._left.pop("required", ())
        properties = self._left.pop("properties", {})
        for name, schema in properties.items():
            self._property(name, schema, required=name in required)
        for name in set(required) - set(properties):
            self._add_fact("more", f"requires {name}, which it does not have", "/required")
        self._choice()
        self._patch()

    def _choice(self) -> None:
        for word, prefix in _CHOICES.items():
            options = self._left.get(word, ())
            names = [option["required"][0] for option in options if _is_choice(option)]
            if names and len(names) == len(options):
                self._left.pop(word)
                self._add_fact("choice", prefix + ", ".join(names), f"/{word}")

    def _patch(self) -> None:
        if self._left.pop("x-ocpi-patch-of", None) is None:
            return
        kept = self._left.pop("x-ocpi-not-null", ())
        self._add_fact("kept", " ".join(sorted(kept)), "/x-ocpi-not-null")
        if appended := self._left.pop("x-ocpi-append", ()):
            self._add_fact("append", " ".join(sorted(appended)), "/x-ocpi-append")

    def _property(self, name: str, schema: Json, *, required: bool) -> None:
        shape = self._shapes.read(schema)
        at, own = f"/properties/{escaped(name)}", f"{self._name}.{name}"
        self._add_fact("property", "there", at, own)
        card = _card(shape.many, required=required)
        self._add_fact("cardinality", card, at, own)
        self._add_fact("type", shape.name, at, own)
        for aspect in ("length", "pattern"):
            if value := getattr(shape, aspect):
                self._add_fact(aspect, value, at, own)
        if shape.rest:
            self._add_fact("more", shape.rest, at, own)

    def _enum(self) -> None:
        is_open = "enum" not in self._left
        word = "x-extensible-enum" if is_open else "enum"
        values = self._left.pop(word)
        self._add_fact("class", "open enum" if is_open else "enum", f"/{word}")
        for number, value in enumerate(values):
            self._add_fact("value", "there", f"/{word}/{number}", f"{self._name}.{value}")
        if is_open:
            shape, self._left = self._shapes.read(self._left), {}
            self._more("" if str(shape) == "string" else str(shape))
        elif (kind := self._left.pop("type", "any")) != "string":
            self._more(str(kind))

    def _scalar(self) -> None:
        form = self._left.pop("format", "")
        shape, self._left = self._shapes.read(self._left), {}
        self._add_fact("class", f"{shape.name} {form}".rstrip())
        for aspect in ("length", "pattern"):
            if value := getattr(shape, aspect):
                self._add_fact(aspect, value)
        self._more(shape.rest)

    def _more(self, rest: str) -> None:
        """State what tables cannot say."""
        if rest:
            self._add_fact("more", rest)

    def _add_fact(self, aspect: str, value: str, at: str = "", subject: str = "") -> None:
        place = SourcePosition(self._document, self._pointer + at)
        kind = Kind.CLASS
        if subject:
            kind = Kind.VALUE if aspect == "value" else Kind.PROPERTY
        parent = self._name if subject else ""
        own = subject or self._name
        self._facts.add(Fact(own, aspect, value, kind, self._module, place, parent))


def _is_choice(option: object) -> bool:
    return (
        isinstance(option, Mapping) and set(option) == {"required"} and len(option["required"]) == 1
    )


def _card(many: str, *, required: bool) -> str:
    if not many:
        return "1" if required else "?"
    if many == "+":
        return "+" if required else "+ optional"
    return "* required" if required else "*"
