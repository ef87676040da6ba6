"""From any version to any other, neighbour by neighbour."""

from typing import Any, TypeVar, cast

from ocpi_bridge._context import ConversionContext
from ocpi_bridge._conversion.object import ObjectConversion
from ocpi_bridge._conversion.paths import Moves, Path, inverted, moved, pointer
from ocpi_bridge._conversion.step import step_between
from ocpi_bridge._conversion.step_run import NotRepresentable, StepRun
from ocpi_bridge._errors import NotConvertible
from ocpi_bridge._results import Assumption, Converted, Loss
from ocpi_bridge.versions import class_in, kind_of, path_between, version_of
from ocpi_runtime.types import Model

__all__ = ["convert", "convert_into"]

M = TypeVar("M", bound=Model)

_NOTHING = ConversionContext()


def convert(
    value: Model,
    to_version: str,
    *,
    from_version: str | None = None,
    context: ConversionContext = _NOTHING,
    kind: str | None = None,
) -> Converted[Any]:
    """Convert an object to another version. The object itself is not changed.

    Args:
        value: A model of the bindings.
        to_version: Such as ``2.2.1``.
        from_version: The version of the object, to be verified; its class determines it.
        context: What other versions require and the object does not contain.
        kind: What the object is, if its class is not enough: a CommandResponse of 2.1.1 is also a
            ``CommandResult``.

    Returns:
        The model of the other version, what was lost, and what was assumed.

    Raises:
        NotConvertible: The other version has no such objects, or cannot represent this one.
        ContextMissing: It requires something that the context does not contain.
        ContextMismatch: The context is about something else.
        ValueError: There is no such version, or the class does not travel alone.
    """
    own = version_of(type(value))
    if from_version not in {None, own}:
        raise ValueError(f"The object is one of OCPI {own}, not {from_version}.")
    name = kind or kind_of(type(value))
    if type(value) is not class_in(own, name):
        raise ValueError(
            f"kind is {name!r}, but the value is a {type(value).__name__} of OCPI {own}."
        )
    class_in(to_version, name)
    return _Chain(value, context).along(path_between(own, to_version), name)


def convert_into(
    value: Model, target: type[M], *, context: ConversionContext = _NOTHING
) -> Converted[M]:
    """Convert an object to a class of another version, typed.

    Args:
        value: A model of the bindings.
        target: The class, such as ``ocpi_bindings.v2_2_1.models.Location``.
        context: What other versions require and the object does not contain.

    Raises:
        NotConvertible: As :func:`convert`.
        ValueError: The class is not the counterpart of the object's.
    """
    version = version_of(target)
    kind = kind_of(target)
    if class_in(version_of(type(value)), kind) is not type(value):
        kind = kind_of(type(value))
    found = convert(value, version, context=context, kind=kind)
    if type(found.value) is not target:
        raise ValueError(f"A {target.__name__} is not a counterpart of a {type(value).__name__}.")
    return cast("Converted[M]", found)


class _Chain:
    """One object and what has been reported of it, over several steps."""

    def __init__(self, value: Model, context: ConversionContext) -> None:
        self._value = value
        self._context = context
        self._steps: list[tuple[Moves, list[tuple[Path, Path]]]] = []
        self._losses: dict[tuple[Path, str], None] = {}
        self._assumptions: list[tuple[Path, str]] = []

    def along(self, steps: list[tuple[str, str]], kind: str) -> Converted[Any]:
        for source, target in steps:
            self._convert_with(
                StepRun(step_between(source, target), self._context), class_in(target, kind)
            )
        return Converted(
            self._value,
            tuple(Loss(pointer(path), reason) for path, reason in self._losses),
            tuple(Assumption(pointer(path), reason) for path, reason in self._assumptions),
        )

    def _convert_with(self, run: StepRun, target: type[Model]) -> None:
        try:
            self._value = ObjectConversion(run, self._value, target).result()
        except NotRepresentable as error:
            raise self._refusal(error) from None
        for path, reason in run.losses:
            for origin in self._origins(path):
                self._losses[origin, reason] = None
        moves = dict(run.moves)
        self._follow(run, moves)
        self._steps.append((moves, run.also))

    def _refusal(self, error: NotRepresentable) -> NotConvertible:
        where = pointer(next(iter(self._origins(error.path)), error.path))
        return NotConvertible(f"{where or 'The object'}: {error.reason}.", pointer=where)

    def _origins(self, path: Path) -> list[Path]:
        """Find a place of the latest object in the first one; none if it has no counterpart."""
        places = [path]
        for moves, also in reversed(self._steps):
            origins = [moved(place, moves) for place in places]
            others = [at for to, at in also if any(to[: len(each)] == each for each in places)]
            places = [place for place in (*origins, *others) if place is not None]
        return places

    def _follow(self, run: StepRun, moves: Moves) -> None:
        """Find earlier assumptions in the new object. Those that were lost are none any more."""
        lost = {path for path, _ in run.losses}
        forward = inverted(moves)
        kept = [
            (place, reason)
            for path, reason in self._assumptions
            if not any(path[:length] in lost for length in range(len(path) + 1))
            and (place := moved(path, forward)) is not None
        ]
        self._assumptions = kept + run.assumptions
