"""Conversion of one object to the neighbouring version.

A rule states what differs, through the methods of :class:`ObjectConversion`. What it does not
mention is carried over by name: objects into their counterparts, texts cut where they are too
long, values of enumerations replaced or left out where the target does not know them. Fields that
the target does not have are reported as lost.
"""

import dataclasses
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from msgspec import UNSET, inspect

from ocpi_bridge._conversion._report import Report
from ocpi_bridge._conversion._values import TargetField, carried
from ocpi_bridge._conversion.decimals import InvalidNumber
from ocpi_bridge._conversion.paths import Path, pointer
from ocpi_bridge._conversion.shapes import Field, shape
from ocpi_bridge._conversion.step_run import NotRepresentable, StepRun
from ocpi_bridge._errors import ContextMissing
from ocpi_runtime.types import Model

if TYPE_CHECKING:
    from ocpi_bridge._conversion.step import Rule

__all__ = ["ObjectConversion"]

S = TypeVar("S", bound=Model)
M = TypeVar("M", bound=Model)
T = TypeVar("T")


class ObjectConversion(Report[S]):
    """The conversion of one object, as rules see it.

    Attributes:
        target: The class that it becomes.
    """

    def __init__(
        self,
        run: StepRun,
        source: S,
        target: type[Model],
        *,
        at: Path = (),
        to: Path = (),
        parent: "ObjectConversion[Any] | None" = None,
    ) -> None:
        super().__init__(run, source, at, to, parent)
        self.target = target
        self._shape = shape(target)
        self._values: dict[str, Any] = {}

    def put(self, name: str, value: Any, *, of: str | None = None) -> None:
        """Set a field of the result.

        Args:
            name: The field.
            value: A value of the target.
            of: The field of the source that it comes from, marked as used; none if it comes from
                the context, is assumed, or put together.
        """
        if name not in self._shape:
            raise TypeError(f"{self.target.__name__} has no {name}.")
        self._values[name] = value
        if of is not None:
            self._used.add(of)
        self.move((name,), None if of is None else (of,))

    def assume(self, name: str, value: Any, reason: str) -> None:
        """Set a field of the result that the source does not have."""
        self.put(name, value)
        self.note((name,), reason)

    def carry(self, name: str, *, of: str | None = None, strict: bool = False) -> None:
        """Carry a field over now, perhaps from another name. An absent one stays absent.

        Args:
            name: The field of the result.
            of: The field of the source; the same if not given.
            strict: Rather leave the whole object out than this field, even if it is optional.

        Raises:
            NotRepresentable: The target cannot represent it, and requires it.
        """
        origin = of or name
        self._used.add(origin)
        value = getattr(self.source, origin, UNSET)
        try:
            self.set_from(name, value, (origin,))
        except NotRepresentable as error:
            if strict or self._shape[name].required:
                raise
            self.lose(origin, error.reason)

    def set_from(self, name: str, value: Any, at: Path) -> None:
        """Set a field of the result to a value of another place in the source.

        Args:
            name: The field.
            value: A value of the source; if it is absent, the field is.
            at: Where it is, below the object.

        Raises:
            NotRepresentable: The target cannot represent it.
        """
        field = self._shape[name]
        if value is UNSET or (value is None and field.required):
            return
        if at != (name,):
            self.move((name,), at)
        self._values[name] = self._carried(value, field, at, (name,))

    def text(self, name: str, value: str, at: Path) -> str:
        """Make a text fit that a field of the result, or an item of it, is to hold."""
        text = self._carried(value, _as_text(self._shape[name]), at, (name,))
        return str(text)

    def build(
        self, kind: type[M], to: Path, parts: Mapping[str, tuple[Any, Path]], **rest: Any
    ) -> M:
        """Put an object of the result together from values of the source.

        Args:
            kind: Its class.
            to: Where it will be, below this object.
            parts: For each field a value of the source, and where below this object that is.
                Absent values stay absent.
            rest: Values of the target for other fields.

        Raises:
            NotRepresentable: The target cannot represent one of them.
        """
        self.move(to, None)
        values = dict(rest)
        for name, (value, at) in parts.items():
            if value is not UNSET:
                self.move((*to, name), at)
                values[name] = self._carried(value, shape(kind)[name], at, (*to, name))
        return kind(**values)

    def _carried(self, value: Any, field: Field, at: Path, to: Path) -> Any:
        if value is None:
            return None
        run = self._run
        ends = (*self.at, *at), (*self.to, *to)
        place = TargetField(*ends, field.name, field.limits, self._object)
        return run.attempt(lambda: carried(run, value, field.type, place))

    def _object(self, source: Model, target: type[Model], at: Path, to: Path) -> Model:
        return ObjectConversion(self._run, source, target, at=at, to=to, parent=self).result()

    def required(self, value: T | None, name: str, field: str) -> T:
        """Return the value of the context.

        Args:
            value: The value in the context.
            name: The name of the field in the context.
            field: The field of the result that requires it.

        Raises:
            ContextMissing: The context has no such value.
        """
        if value is None:
            place = pointer((*self.to, field))
            message = f"OCPI {self.version} requires {place}, which the object does not contain."
            raise ContextMissing(message, name=name, pointer=place)
        return value

    def not_representable(self, reason: str, *at: str) -> NotRepresentable:
        """Return the error that leaves out this object, or the optional field around it."""
        return NotRepresentable((*self.at, *at), reason)

    def result(self) -> Model:
        """Apply the rule, carry over what it did not mention, and make the object.

        Raises:
            NotRepresentable: The target cannot represent it.
            ContextMissing: The context lacks what the target requires.
        """
        rule = self._run.step.rules.get((type(self.source), self.target))
        if rule is None and type(self.source).__name__ != self.target.__name__:
            raise TypeError(f"No rule makes a {self.target.__name__} of {type(self.source)}.")
        if rule is not None:
            self._apply(rule)
        for name in self._shape:
            if name not in self._values and name not in self._used:
                self.carry(name)
        self._leave_rest()
        return self.target(**self._values)

    def _apply(self, rule: "Rule[Any]") -> None:
        try:
            rule(self)
        except InvalidNumber as error:
            raise self.not_representable(str(error)) from None

    def _leave_rest(self) -> None:
        self.leave(self.source, (), *self._used)
        for name, field in self._shape.items():
            if field.required and name not in self._values:
                raise self.not_representable(f"OCPI {self.version} requires {name}")


def _as_text(field: Field) -> Field:
    return dataclasses.replace(field, type=inspect.StrType())
