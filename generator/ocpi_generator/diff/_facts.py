"""What a contract says, without the form that OpenAPI gives it."""

from collections.abc import Mapping
from dataclasses import dataclass, field

__all__ = ["ClassFacts", "Facts", "Field", "OperationFacts", "Roles", "Value"]

Key = tuple[str, str, str]
"""Module, interface and operationId."""


@dataclass(frozen=True, slots=True)
class Value:
    """What a property, parameter, header, body or result may be.

    Attributes:
        name: ``CiString``, ``string``, ``number``, ``integer``, ``boolean``, ``anything``, or the
            name of a class.
        many: Whether it is a list of these.
        limits: ``maxLength``, ``minimum`` and similar, by their names in OpenAPI; ``minItems``
            among them.
        pattern: The regular expression that it matches, or None.
    """

    name: str
    many: bool = False
    limits: Mapping[str, float] = field(default_factory=dict)
    pattern: str | None = None

    def __str__(self) -> str:
        length = self.limits.get("maxLength")
        name = self.name if length is None else f"{self.name}({length})"
        return f"list of {name}" if self.many else name


@dataclass(frozen=True, slots=True)
class Field:
    """A value and whether it must be there.

    Attributes:
        value: What it may be.
        required: Whether it must be there.
        extension: The extension of the version that brings it, or None.
    """

    value: Value
    required: bool = False
    extension: str | None = None

    @property
    def cardinality(self) -> str:
        """How often it occurs, in words."""
        if not self.value.many:
            return "required" if self.required else "optional"
        some = self.value.limits.get("minItems")
        words = "list of at least one" if some else "list that may be empty"
        return words if self.required else f"{words} or absent"

    def __str__(self) -> str:
        words = f"{self.value}, {'required' if self.required else 'optional'}"
        if self.required and self.value.limits.get("minItems"):
            words += ", at least one"
        return words + (f" (extension {self.extension})" if self.extension else "")


@dataclass(frozen=True, slots=True)
class ClassFacts:
    """One class.

    Attributes:
        name: Its name.
        module: The module that it is in; ``types`` for shared ones.
        kind: ``object``, ``enum``, ``open enum`` or ``value``.
        fields: The properties of an object.
        values: The values of an enumeration, each with the extension that brings it, or None.
        value: What a ``value`` may be.
        choices: Groups of properties of which one must be there; mostly none.
        patch_of: The class whose changes it carries in a PATCH, or None.
        appended: The lists that a PATCH extends instead of replacing.
        extension: The extension of the version that brings the class, or None.
    """

    name: str
    module: str
    kind: str
    fields: Mapping[str, Field] = field(default_factory=dict)
    values: Mapping[str, str | None] = field(default_factory=dict)
    value: Value | None = None
    choices: frozenset[tuple[str, ...]] = frozenset()
    patch_of: str | None = None
    appended: frozenset[str] = frozenset()
    extension: str | None = None


@dataclass(frozen=True, slots=True)
class OperationFacts:
    """One operation.

    Attributes:
        key: Module, interface and operationId.
        method: In capitals.
        path: Below the endpoint.
        segments: The values in the path, in their order.
        query: The parameters of the query.
        headers: What the caller sends.
        body: What the caller sends, or None.
        answer: The ``data`` of a success, or None.
        answer_headers: What comes with a success.
        codes: The HTTP status codes of success.
    """

    key: Key
    method: str
    path: str
    segments: tuple[Field, ...]
    query: Mapping[str, Field]
    headers: Mapping[str, Field]
    body: Field | None
    answer: Field | None
    answer_headers: Mapping[str, Field]
    codes: frozenset[str]

    @property
    def title(self) -> str:
        """Method and path with the interface that offers it."""
        return f"{self.method} {self.path} ({self.key[1]})"


@dataclass(frozen=True, slots=True)
class Roles:
    """Which interface roles write something and which read it: ``sender``, ``receiver`` or both."""

    writers: frozenset[str] = frozenset()
    readers: frozenset[str] = frozenset()

    def __or__(self, other: "Roles") -> "Roles":
        return Roles(self.writers | other.writers, self.readers | other.readers)

    def broken(self, *, writer: bool = False, reader: bool = False) -> tuple[str, ...]:
        """Name the interface roles that a change breaks, given whose place is broken."""
        broken = (self.writers if writer else frozenset()) | (
            self.readers if reader else frozenset()
        )
        return tuple(interface for interface in ("sender", "receiver") if interface in broken)


@dataclass(frozen=True, slots=True)
class Facts:
    """A version, or the part of it that some modules make up.

    Attributes:
        modules: The interfaces of each module, by its identifier.
        extensions: The modules that are extensions.
        classes: By name.
        operations: By key.
        roles: Who writes and reads each class.
        token_base64: Whether the credentials token is Base64-encoded in the header.
    """

    modules: Mapping[str, tuple[str, ...]]
    extensions: frozenset[str]
    classes: Mapping[str, ClassFacts]
    operations: Mapping[Key, OperationFacts]
    roles: Mapping[str, Roles]
    token_base64: bool
