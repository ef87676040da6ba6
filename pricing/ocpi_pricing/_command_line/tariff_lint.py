"""``ocpi tariff lint``: findings in the tariffs of files."""

import json
import sys
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from decimal import Decimal
from typing import Any

from ocpi_pricing._command_line._documents import NotReadable, model_of, objects
from ocpi_pricing._command_line.run import print_json
from ocpi_pricing.lint import LINT_RULES, TariffFinding, lint_tariffs
from ocpi_runtime.codec import violations
from ocpi_runtime.errors import OcpiError, Violation

__all__ = ["lint_files"]


@dataclass(frozen=True, slots=True)
class _Loaded:
    """An object of a file, as text and as JSON, and where it is."""

    where: str
    text: bytes
    value: Any


def lint_files(
    files: Sequence[str], locations: Sequence[str], *, version: str | None, as_json: bool
) -> bool:
    """Print what is found in the tariffs of files; return whether nothing is.

    Raises:
        NotReadable: A file is missing, or has something else than tariffs or locations.
    """
    tariffs = [one for path in files for one in _loaded(path, "elements", "tariff")]
    places = [one.value for path in locations for one in _loaded(path, "address", "location")]
    found = [
        *(finding for one in tariffs for finding in _invalid(one, version)),
        *lint_tariffs([one.value for one in tariffs], places),
    ]
    if as_json:
        findings = [asdict(one) for one in found]
        print_json({"tariffs": len(tariffs), "locations": len(places), "findings": findings})
    else:
        sys.stdout.writelines(f"{line}\n" for line in _lines(found, len(tariffs)))
    return not found


def _loaded(path: str, field: str, name: str) -> Iterator[_Loaded]:
    """Yield the objects of a file that have a field."""
    count = 0
    for text in objects(path):
        value = _json(text, f"{path}, object {count}")
        if not isinstance(value, dict) or not isinstance(value.get("id"), str):
            raise NotReadable(f"{path}, object {count}: not a valid {name}: id is absent")
        if field not in value:
            raise NotReadable(f"{path}, object {count}: not a valid {name}: {field} is absent")
        yield _Loaded(f"{path}, object {count}", text, value)
        count += 1
    if not count:
        raise NotReadable(
            f"{path} contains no object; pass a file with a {name} or a list of them."
        )


def _json(text: bytes, where: str) -> Any:
    try:
        return json.loads(text, parse_float=Decimal, parse_constant=Decimal)
    except (ValueError, RecursionError) as error:
        raise NotReadable(f"{where}: {error}. Pass JSON objects of OCPI.") from None


def _invalid(loaded: _Loaded, version: str | None) -> Iterator[TariffFinding]:
    """Yield what breaks the rules of the class Tariff of its version."""
    number, model = model_of(loaded.text, "Tariff", version)
    rule = LINT_RULES["invalid"]
    for one in _violations(loaded, model):
        yield TariffFinding(
            tariff=loaded.value["id"],
            rule=rule.id,
            pointer=one.pointer,
            value=_at(loaded.value, one.pointer),
            why=f"{one.message} (OCPI {number})",
            fix=rule.fix,
            section=rule.section,
        )


def _violations(loaded: _Loaded, model: Any) -> list[Violation]:
    try:
        return violations(loaded.text, model)
    except OcpiError as error:
        why = "; ".join(one.message for one in error.violations)
        raise NotReadable(f"{loaded.where}: {why}. Correct it.") from None


def _at(value: Any, pointer: str) -> Any:
    """Return the value that a JSON pointer leads to; None where there is none."""
    for part in pointer.split("/")[1:]:
        name = part.replace("~1", "/").replace("~0", "~")
        if isinstance(value, list) and name.isdecimal() and int(name) < len(value):
            value = value[int(name)]
        elif isinstance(value, dict):
            value = value.get(name)
        else:
            return None
    return value


def _lines(found: Sequence[TariffFinding], tariffs: int) -> Iterator[str]:
    for one in found:
        yield f"{one.tariff} {one.pointer or '(all of it)'} [{one.rule}]"
        yield f"    {_short(one.value)}: {one.why}"
        yield f"    {one.section}: {one.fix}"
    yield f"{tariffs} tariffs, {len(found)} findings"


def _short(value: Any) -> str:
    text = str(value) if isinstance(value, str | Decimal) else json.dumps(value, default=str)
    return text if len(text) <= 80 else f"{text[:77]}..."  # noqa: PLR2004 - a line
