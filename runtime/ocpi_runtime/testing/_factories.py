"""Valid objects of any class of any version, for tests."""

import random
from typing import Any, TypeVar

import msgspec

from ocpi_runtime import codec
from ocpi_runtime.errors import InvalidParameters
from ocpi_runtime.testing._values import Values
from ocpi_runtime.types import Model

__all__ = ["Factory"]

M = TypeVar("M", bound=Model)


class Factory:
    """Makes valid objects from the schemas of the bundles; the same seed gives the same objects.

        factory = Factory(seed=1)
        location = factory.make(v2_2_1.models.Location, city="Utrecht")

    Args:
        seed: Where the sequence of objects begins.
        full: Whether fields that are not required are filled in too.
    """

    def __init__(self, seed: int = 0, *, full: bool = False) -> None:
        self._random = random.Random(seed)  # noqa: S311 - examples, no secrets
        self._full = full

    def make(self, kind: type[M], /, **overrides: Any) -> M:
        """Return a new object of a class.

        Args:
            kind: A generated class, of any version.
            overrides: The values of fields: models, lists, plain values, or ``UNSET`` to leave a
                field out.

        Raises:
            InvalidParameters: The overrides break the class; see the violations.
            TypeError: The class has no field of the name of an override.
            ValueError: The class (of an overlay) has a pattern for which no value is known.
        """
        components = kind.OCPI_SCHEMAS.load()["components"]["schemas"]
        values = Values(components, self._random, full=self._full)
        plain = values.of(components[kind.__name__], kind.__name__)
        made: M = codec.check(msgspec.json.encode(plain), kind)
        if not overrides:
            return made
        made = msgspec.structs.replace(made, **overrides)
        if violations := codec.violations(made, kind):
            message = f"The overrides break {kind.__name__}."
            raise InvalidParameters(message, violations=violations)
        return made

    def batch(self, kind: type[M], count: int, /, **overrides: Any) -> list[M]:
        """Return so many new objects of a class, all with the same overrides."""
        return [self.make(kind, **overrides) for _ in range(count)]
