"""What a partner sends differently from the specification, and how it is read."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, fields
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import Any, ClassVar, TypeVar

from ocpi_runtime._codec.encode import encode
from ocpi_runtime.dialect._catalogue import BY_ID, RULES
from ocpi_runtime.dialect._kinds.bodies import NO_JSON, json_of, without_bom
from ocpi_runtime.dialect._learn import Learner
from ocpi_runtime.dialect._paging import Paging
from ocpi_runtime.dialect._reading import Reading
from ocpi_runtime.dialect._repairing._read import valid_reader
from ocpi_runtime.dialect._repairing.beyond_schema import faults_beyond_schema
from ocpi_runtime.dialect._repairing.editions import read_in_editions
from ocpi_runtime.dialect._repairing.part import root_part
from ocpi_runtime.dialect._repairs import Repair
from ocpi_runtime.dialect._rule import LEVELS, Level, is_on
from ocpi_runtime.dialect._sending import adapted
from ocpi_runtime.dialect._toml import parse, read_text, write
from ocpi_runtime.failures import did_you_mean
from ocpi_runtime.types import Model

__all__ = ["Dialect"]

T = TypeVar("T", bound=Model)


@dataclass(frozen=True)
class Dialect:
    """The repairs that are on for a partner, and what is known of it.

    Attributes:
        level: ``strict`` repairs nothing, ``standard`` what is harmless, ``lenient`` all.
        rules: Single rules that are on or off, whatever the level is.
        country_code: The country of the partner's party, for objects that lack it.
        party_id: The id of the partner's party, for objects that lack it.
        defaults: Values for absent required fields, by field (``time_zone``) or by class and field
            (``Connector.format``).
        token_base64: Whether our token is Base64-encoded in the header; None: by the version.
        trailing_slash: Whether the path of each URL that is called ends with a slash; None: as the
            partner published it.
        headers: Headers that are sent with every request.
        edition: The earlier edition of its version that the partner is on, such as ``core-1``, or
            several of them; read as a tuple.
        paging: How it writes the headers of pages, and how they are written for it.
        leave_out: Optional fields that the partner does not take, by class and field.
        max_lengths: Maximum number of characters of texts that it takes, by class and field.
        unknown_values: Values of enumerations that it does not know, by enumeration.

    Raises:
        ValueError: A level or a rule is unknown.
    """

    strict: ClassVar["Dialect"]
    standard: ClassVar["Dialect"]
    lenient: ClassVar["Dialect"]

    level: Level = "standard"
    rules: Mapping[str, bool] = field(default_factory=dict)
    country_code: str | None = None
    party_id: str | None = None
    defaults: Mapping[str, Any] = field(default_factory=dict)
    token_base64: bool | None = None
    trailing_slash: bool | None = None
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    edition: str | Sequence[str] = ()
    paging: Paging = field(default_factory=Paging)
    leave_out: Sequence[str] = ()
    max_lengths: Mapping[str, int] = field(default_factory=dict)
    unknown_values: Mapping[str, Sequence[str]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if self.level not in LEVELS:
            raise ValueError(
                f"{self.level!r} is not a level; use one of {', '.join(LEVELS)}"
                f"{did_you_mean(str(self.level), LEVELS)}"
            )
        object.__setattr__(self, "leave_out", tuple(self.leave_out))
        names = (self.edition,) if isinstance(self.edition, str) else tuple(self.edition)
        object.__setattr__(self, "edition", names)
        for name in self.rules:
            if name not in BY_ID:
                raise ValueError(f"{name!r} is not a rule of dialects{did_you_mean(name, BY_ID)}")

    @classmethod
    def load(cls, path: str | Path) -> "Dialect":
        """Read a dialect from a TOML file.

        Raises:
            DialectError: It cannot be read, or has keys or values that are not allowed; each is
                named with its line.
        """
        return cls.parse(read_text(Path(path)), str(path))

    @classmethod
    def parse(cls, text: str, name: str = "dialect") -> "Dialect":
        """Read a dialect from TOML text; see :meth:`load`.

        Args:
            text: The TOML text.
            name: What messages call it.
        """
        found = parse(text, name)
        if "paging" in found:
            found["paging"] = Paging(**found["paging"])
        return cls(**found)

    def toml(self) -> str:
        """Return the dialect as the text of a TOML file."""
        found = {each.name: getattr(self, each.name) for each in fields(self)}
        return write({**found, "paging": self.paging.as_data()}, {})

    @classmethod
    def learn(cls, objects: Iterable[Any], kind: type[Model]) -> "Dialect":
        """Propose the dialect that objects of a class need; see :class:`Learner`.

        Args:
            objects: Their JSON, as text or parsed.
            kind: Their class.
        """
        learner = Learner()
        for each in objects:
            learner.add(cls.lenient.read(each, kind))
        return learner.dialect()

    @cached_property
    def active(self) -> frozenset[str]:
        """The ids of all rules that are on."""
        return frozenset(
            each.id for each in RULES if self.rules.get(each.id, is_on(each, self.level))
        )

    @cached_property
    def adapts(self) -> bool:
        """Whether the partner does not take all that is sent; :meth:`adapt` returns what it takes.

        Without it, ``adapt`` returns any text as it is.
        """
        return bool(self.edition or self.leave_out or self.max_lengths or self.unknown_values)

    def adapt(self, text: bytes, cls: type[Model]) -> tuple[bytes, tuple[Repair, ...]]:
        """Adapt an object to what the partner takes, before it is sent.

        Args:
            text: Its JSON text.
            cls: Its class.

        Returns:
            The text that the partner takes, and what was changed in it; the rule of each change is
            the attribute of the dialect that caused it.

        Raises:
            NotInEdition: The edition of the partner does not take the object.
            ValueError: The version of the class has no edition of that name.
        """
        return adapted(self, text, cls)

    @property
    def repairs_json(self) -> bool:
        """Whether it changes what is not JSON within a text, such as NaN."""
        return not NO_JSON.isdisjoint(self.active)

    def as_json(self, text: bytes) -> tuple[bytes, tuple[Repair, ...]]:
        """Change a text that cannot be read as JSON, such as one with NaN or in UTF-16.

        Returns:
            The text after the changes, which need not be JSON either, and one repair for each rule.
        """
        after, done = json_of(without_bom(text) if "bom" in self.active else text, self.active)
        return after, tuple(Repair(rule, "", before, now) for rule, before, now in done)

    def accepts(self, plain: Any, cls: type[Model]) -> bool:
        """Return quickly whether an object, parsed, is valid, so that reading repairs nothing."""
        part = root_part(cls.OCPI_SCHEMAS, cls.__name__)
        return part.is_valid(plain) and not faults_beyond_schema(part, plain, self.active)

    def read(self, data: Any, cls: type[T], now: datetime | str | None = None) -> Reading[T]:
        """Read an object, and repair it where it is not valid.

        Args:
            data: Its JSON text as bytes, or parsed JSON, which is not changed.
            cls: Its class, such as ``Location`` of a bindings package.
            now: The time of the answer that it came in, for objects without ``last_updated``;
                the time of reading when absent.
        """
        text = data if type(data) is bytes else _text(data)
        found = valid_reader(cls, self.active)(text)
        return found or read_in_editions(self, text, cls, now)


def _text(data: Any) -> bytes:
    return bytes(data) if isinstance(data, bytes | bytearray | memoryview) else encode(data)


Dialect.strict = Dialect(level="strict")
Dialect.standard = Dialect(level="standard")
Dialect.lenient = Dialect(level="lenient")
