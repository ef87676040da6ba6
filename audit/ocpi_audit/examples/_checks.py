"""Runs examples through models and validators."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from types import ModuleType
from typing import Any, Final

from ocpi_audit._errata import Errata, Explanation
from ocpi_audit._facts import SourcePosition
from ocpi_audit.examples._roundtrip import changes, known
from ocpi_audit.examples._snippets import Example
from ocpi_audit.examples._targets import Target, Targets
from ocpi_runtime.codec import decode, encode, violations
from ocpi_runtime.errors import OcpiError

__all__ = ["Examined", "ExampleResult", "examined"]

_ENVELOPE: Final = frozenset({"status_code", "timestamp"})


@dataclass(frozen=True, slots=True)
class ExampleResult:
    """What came of one example.

    Attributes:
        name: How errata call it.
        kind: Its class, or nothing.
        faults: What is wrong with it; nothing if it passes.
        place: Where it is.
        erratum: The id of the erratum that explains why it does not pass, or nothing.
    """

    name: str
    kind: str
    faults: tuple[str, ...]
    place: SourcePosition
    erratum: str = ""


@dataclass(frozen=True, slots=True)
class Examined:
    """What came of all examples of a version.

    Attributes:
        results: In the order of the chapters.
        stale: Errata that explain examples that pass, or are not there.
    """

    results: tuple[ExampleResult, ...]
    stale: tuple[Explanation, ...]

    @property
    def unexplained(self) -> tuple[ExampleResult, ...]:
        """Examples that do not pass, and no erratum explains them."""
        return tuple(each for each in self.results if each.faults and not each.erratum)


class _ExampleChecker:
    """Models and schemas of one version."""

    def __init__(
        self, models: ModuleType, schemas: Mapping[str, Mapping[str, Any]], targets: Targets
    ) -> None:
        self._models, self._schemas, self._targets = models, schemas, targets

    def run(self, example: Example) -> tuple[str, list[str]]:
        """Return the class of an example, and its faults."""
        try:
            value = _parsed(example.text)
        except ValueError as error:
            return "", [f"it is not JSON: {error}"]
        if isinstance(value, dict) and set(value) >= _ENVELOPE:
            return self._enveloped(example, value)
        target = self._targets.of(example, value)
        if target is None:
            return "", ["its class is unknown"]
        if target.field:
            value = value[target.field]
        return target.name, list(self._faults(value, target))

    def _enveloped(self, example: Example, value: Mapping[str, Any]) -> tuple[str, list[str]]:
        """Judge the data of a whole answer; one without data is an error."""
        if "data" not in value:
            return "", []
        name = self._targets.within(example.located.section.title if example.located else "")
        if name is None:
            return "", ["its class is unknown"]
        data = value["data"]
        return name, list(self._faults(data, Target(name, many=isinstance(data, list))))

    def _faults(self, value: Any, target: Target) -> Iterator[str]:
        if not target.many:
            yield from self._checked(value, target.name, "")
        elif not isinstance(value, list):
            yield "it is not a list"
        else:
            for number, each in enumerate(value):
                yield from self._checked(each, target.name, f"/{number}")

    def _checked(self, value: Any, name: str, pointer: str) -> Iterator[str]:
        kind, text = getattr(self._models, name, None), _written(value)
        if kind is None or name not in self._schemas:
            yield f"model {name} not found"
            return
        faults = [each for each in violations(text, kind) if each.severity == "error"]
        yield from (f"{pointer}{each.pointer} {each.message}" for each in faults)
        try:
            again = _parsed(encode(decode(text, kind)).decode())
        except OcpiError as error:
            if not faults:
                yield f"{pointer} cannot be read: {error.message}"
            return
        yield from changes(known(value, self._schemas[name], self._schemas), again, pointer)


def examined(
    examples: Sequence[Example],
    models: ModuleType,
    schemas: Mapping[str, Mapping[str, Any]],
    targets: Targets,
    errata: Errata,
    prefix: str = "",
) -> Examined:
    """Run examples through models and validators.

    Args:
        examples: The examples of a version.
        models: The module of its models.
        schemas: Its classes, by name.
        targets: Finds their classes.
        errata: The examples that are known not to pass.
        prefix: What errata write before the names: the extension, with a colon.
    """
    bench = _ExampleChecker(models, schemas, targets)
    results: list[ExampleResult] = []
    used: set[str] = set()
    for example in examples:
        kind, faults = bench.run(example)
        known_as = [f"{prefix}{example.name}", example.name] if faults else []
        why = next((errata.examples[name] for name in known_as if name in errata.examples), None)
        used.update({why.what} if why else ())
        erratum = why.erratum if why else ""
        results.append(ExampleResult(example.name, kind, tuple(faults), example.place, erratum))
    own = {each for each in errata.examples if not prefix or each.startswith(prefix)}
    mine = {each for each in own if prefix or ":examples/" not in each}
    stale = tuple(errata.examples[name] for name in sorted(mine - used))
    return Examined(tuple(results), stale)


def _parsed(text: str) -> Any:
    """Read JSON; of a field that is shown alone the object around it is made up."""
    bare = text.strip()
    whole = f"{{{bare}}}" if bare.startswith('"') else bare
    return json.loads(whole, parse_float=Decimal)


def _written(value: Any) -> bytes:
    """Write parsed JSON, with numbers as they were."""
    if isinstance(value, dict):
        fields = (json.dumps(name).encode() + b":" + _written(each) for name, each in value.items())
        return b"{" + b",".join(fields) + b"}"
    if isinstance(value, list):
        return b"[" + b",".join(map(_written, value)) + b"]"
    return str(value).encode() if isinstance(value, Decimal) else json.dumps(value).encode()
