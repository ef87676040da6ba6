"""What reading an object came to."""

from functools import cached_property
from typing import Any, Generic, Literal, TypeAlias, TypeVar

from ocpi_runtime._codec.steps import run
from ocpi_runtime._codec.unreadable import read_plain
from ocpi_runtime._validation.validate import fault_steps
from ocpi_runtime.dialect._repairs import Repair
from ocpi_runtime.errors import OcpiError, Violation

__all__ = ["Reading", "Verdict"]

T_co = TypeVar("T_co", covariant=True)
Verdict: TypeAlias = Literal["valid", "repaired", "partial", "unreadable"]


class Reading(Generic[T_co]):
    """An object as it could be read.

    Attributes:
        verdict: ``valid`` as it was sent, ``repaired`` until it was valid, ``partial`` where
            something is still wrong, ``unreadable`` where nothing could be read.
        object: The model; of a partial object, what is missing or wrong is UNSET and unknown enum
            values are text. None where nothing could be read.
        text: The JSON text after the repairs; as it was sent where there were none.
        repairs: What was repaired, in order: the first 1000 repairs.
        more_repairs: How many more there were.
    """

    def __init__(  # noqa: PLR0913 - what came of an object, by name
        self,
        kind: type[T_co],
        verdict: Verdict,
        found: T_co | None,
        text: bytes,
        *,
        sent: Any = None,
        repairs: tuple[Repair, ...] = (),
        more_repairs: int = 0,
        other_faults: tuple[Violation, ...] = (),
        other_remaining: tuple[Violation, ...] = (),
    ) -> None:
        self.verdict: Verdict = verdict
        self.object = found
        self.text = text
        self.repairs = repairs
        self.more_repairs = more_repairs
        self._kind = kind
        self._sent = sent
        self._other_faults = other_faults
        self._other_remaining = other_remaining
        if sent is not None and not repairs:
            self.__dict__["value"] = sent  # computing it later would take a lock for each object

    @staticmethod
    def as_sent(kind: type[Any], found: Any, text: bytes) -> "Reading[Any]":
        """Return the reading of an object that is valid as it was sent, at little cost."""
        made: Reading[Any] = object.__new__(_AsSent)
        made.object, made.text, made._kind = found, text, kind
        return made

    @property
    def is_usable(self) -> bool:
        """Whether the object is valid, as it was sent or after repairs."""
        return self.verdict in {"valid", "repaired"}

    @property
    def edition(self) -> str:
        """The earlier edition by which the object was read; empty for the newest.

        Its model has no more than the newest edition knows; the text has all of it.
        """
        schemas = getattr(self._kind, "OCPI_SCHEMAS", None)
        return "" if schemas is None else str(schemas.edition)

    @cached_property
    def value(self) -> Any:
        """The parsed JSON after the repairs; None where it is not JSON."""
        try:
            return read_plain(self.text)
        except OcpiError:
            return None

    @cached_property
    def faults(self) -> tuple[Violation, ...]:
        """What is wrong with the object as it was sent."""
        if self.verdict == "valid":
            return ()
        found = self._schema_faults(self._sent)
        return (*found, *self._other_faults) or self.remaining

    @cached_property
    def remaining(self) -> tuple[Violation, ...]:
        """What is still wrong after the repairs."""
        if self.is_usable:
            return ()
        return (*self._schema_faults(self.value), *self._other_remaining)

    def _schema_faults(self, plain: Any) -> tuple[Violation, ...]:
        return () if plain is None else tuple(run(fault_steps(plain, self._kind)))


class _AsSent(Reading[Any]):
    """The reading of an object that is valid as it was sent: what all of them share is here."""

    verdict: Verdict = "valid"
    repairs = ()
    more_repairs = 0
    faults = ()
    remaining = ()
