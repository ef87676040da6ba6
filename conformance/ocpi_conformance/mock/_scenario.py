"""Scenarios: small TOML files with the faults of a mock and the expected behaviour of a client."""

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any, ClassVar, Final

from ocpi_conformance.mock._faults import FaultKind
from ocpi_conformance.mock._kinds import KINDS
from ocpi_conformance.mock._party.calling import ResultPlan
from ocpi_conformance.rules.clients import CLIENT_RULES
from ocpi_runtime.failures import CommandFailed, did_you_mean

__all__ = ["Scenario", "ScenarioError", "ScenarioFault", "load_scenario", "shipped_scenarios"]

_KEYS: Final = frozenset({
    "title", "does", "expects", "roles", "versions", "rules", "fault", "results", "commands",
})  # fmt: skip
_FAULT_KEYS: Final = frozenset({"kind", "operations", "after", "times"})
_ALL: Final = 1_000_000
_ROLES: Final = ("cpo", "emsp", "hub")


class ScenarioError(CommandFailed):
    """A scenario cannot be used; the message states the place and the reason."""

    exit_code: ClassVar[int] = 2


@dataclass(frozen=True, slots=True)
class ScenarioFault:
    """One thing that a mock does wrong.

    Attributes:
        kind: The name of its kind.
        operations: Patterns of operationIds that it answers.
        after: How many matching requests are answered right before.
        times: How many requests it answers.
        options: The options of its kind.
    """

    kind: str
    operations: tuple[str, ...]
    after: int
    times: int
    options: Mapping[str, Any]

    @property
    def how(self) -> FaultKind:
        """The kind."""
        return KINDS[self.kind]

    def is_for(self, operation: str) -> bool:
        """Return whether requests to an operation match."""
        return any(fnmatchcase(operation, one) for one in self.operations)


@dataclass(frozen=True, slots=True)
class Scenario:
    """A scenario.

    Attributes:
        name: Of its file.
        title: What it is, in one line.
        does: What the mock does.
        expects: What the client is expected to do.
        rules: The rules that decide; each must have been asked.
        roles: The roles of the mock that it is for; empty for all.
        versions: The versions that it is for; empty for all.
        faults: What is done wrong.
        results: How results of commands are sent.
        commands: The commands that are sent to the client once it has registered.
    """

    name: str
    title: str
    does: str
    expects: str
    rules: tuple[str, ...]
    roles: tuple[str, ...] = ()
    versions: tuple[str, ...] = ()
    faults: tuple[ScenarioFault, ...] = ()
    results: ResultPlan = field(default_factory=ResultPlan)
    commands: tuple[str, ...] = ()


def load_scenario(name: str) -> Scenario:
    """Read a scenario: one that ships, by its name, or a file by its path.

    Raises:
        ScenarioError: There is none of that name, or it is wrong.
    """
    shipped = shipped_scenarios()
    if name in shipped:
        return shipped[name]
    path = Path(name)
    if path.suffix != ".toml":
        known = ", ".join(shipped)
        end = did_you_mean(name, list(shipped)) or "."
        raise ScenarioError(
            f"Scenario {name!r} not found; pass a .toml file or one of {known}{end}"
        )
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError, ValueError) as error:
        raise ScenarioError(f"The scenario {name!r} cannot be read: {error}") from error
    return _read(path.stem, text)


@cache
def shipped_scenarios() -> dict[str, Scenario]:
    """Return the scenarios that ship with the mock, by name."""
    folder = files("ocpi_conformance.mock") / "scenarios"
    listed = sorted(one.name for one in folder.iterdir() if one.name.endswith(".toml"))
    return {
        name.removesuffix(".toml"): _read(
            name.removesuffix(".toml"), (folder / name).read_text(encoding="utf-8")
        )
        for name in listed
    }


def _read(name: str, text: str) -> Scenario:
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ScenarioError(f"Scenario {name}: it is not TOML: {error}") from error
    _check_keys(name, data, _KEYS)
    texts = {key: _typed(name, key, data.get(key), str) for key in ("title", "does", "expects")}
    rules = _texts(name, "rules", data.get("rules", []), sorted(CLIENT_RULES))
    return Scenario(
        name,
        **texts,
        rules=rules,
        roles=_texts(name, "roles", data.get("roles", []), _ROLES),
        versions=_texts(name, "versions", data.get("versions", [])),
        faults=tuple(_fault(name, one) for one in data.get("fault", ())),
        results=_results(name, data.get("results", {})),
        commands=_texts(name, "commands", data.get("commands", [])),
    )


def _fault(name: str, data: Mapping[str, Any]) -> ScenarioFault:
    kind = str(data.get("kind"))
    if kind not in KINDS:
        raise ScenarioError(
            f"Scenario {name}: fault kind {kind!r} not found. Use one of {', '.join(KINDS)}."
        )
    known = KINDS[kind].options
    _check_keys(name, data, _FAULT_KEYS | known.keys())
    operations = _texts(name, "operations", data.get("operations", ["get_*s"]))
    after = _typed(name, "after", data.get("after", 0), int)
    times = _typed(name, "times", data.get("times", _ALL), int)
    options = {key: _option(name, key, data, default) for key, default in known.items()}
    return ScenarioFault(kind, operations, after, times, options)


def _option(name: str, key: str, data: Mapping[str, Any], default: Any) -> Any:
    if isinstance(default, tuple):
        value = data.get(key, default[0])
        if value not in default:
            raise ScenarioError(
                f"Scenario {name}: {key} is {value!r}. Use one of {', '.join(default)}."
            )
        return value
    value = data.get(key, default)
    if key == "value":
        return value
    kind = (int, float) if isinstance(default, float) else type(default)
    return _typed(name, key, value, kind)


def _results(name: str, data: Mapping[str, Any]) -> ResultPlan:
    _check_keys(name, data, frozenset({"copies", "wait", "timeout", "forged"}))
    return ResultPlan(
        _typed(name, "copies", data.get("copies", 1), int),
        float(_typed(name, "wait", data.get("wait", 0.0), (int, float))),
        _typed(name, "timeout", data.get("timeout", 30), int),
        _typed(name, "forged", data.get("forged", False), bool),
    )


def _check_keys(name: str, data: Any, known: frozenset[str]) -> None:
    if not isinstance(data, Mapping):
        raise ScenarioError(f"Scenario {name}: {data!r} is not a table.")
    unknown = sorted(set(data) - known)
    if unknown:
        raise ScenarioError(
            f"Scenario {name}: unknown key {unknown[0]!r}. Use {', '.join(sorted(known))}."
        )


def _typed(name: str, key: str, value: Any, kind: type | tuple[type, ...]) -> Any:
    wrong = isinstance(value, bool) and kind is not bool
    if wrong or not isinstance(value, kind) or (isinstance(value, int | float) and value < -1):
        wanted = "/".join(one.__name__ for one in (kind if isinstance(kind, tuple) else (kind,)))
        raise ScenarioError(f"Scenario {name}: {key} is {value!r}, but must be of {wanted}.")
    return value


def _texts(name: str, key: str, value: Any, known: Sequence[str] = ()) -> tuple[str, ...]:
    if not isinstance(value, list) or not all(isinstance(one, str) for one in value):
        raise ScenarioError(f"Scenario {name}: {key} is {value!r}, but must be a list of texts.")
    for one in value:
        if known and one not in known:
            end = did_you_mean(one, list(known)) or "."
            raise ScenarioError(f"Scenario {name}: {key} has {one!r}, which is not known{end}")
    return tuple(value)
