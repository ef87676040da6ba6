"""Reading ``version.toml`` and checking its shape."""

import keyword
import re
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

from ocpi_generator._problems import Problem
from ocpi_generator.documents._specification import specification_faults
from ocpi_generator.documents._version_file import WHY, VersionFile

__all__ = ["read_edition_file", "read_overlay_file", "read_version_file"]

INTERFACES: Final = {
    "functional": frozenset({"sender", "receiver"}),
    "configuration": frozenset({"sender", "receiver", "list", "details", "both"}),
}
"""The interface names that a kind of module may have."""


def read_version_file(path: Path, problems: list[Problem]) -> VersionFile | None:
    """Read ``version.toml``; None when it cannot be used."""
    found = _read(path, problems)
    faults = _faults(found, path.parent.name) if found else []
    problems.extend(faults)
    return None if faults else found


def read_overlay_file(path: Path, problems: list[Problem]) -> VersionFile | None:
    """Read ``version.toml`` of an overlay; None when it cannot be used."""
    found = _read(path, problems)
    faults = _overlay_faults(found) if found else []
    problems.extend(faults)
    if found is None or faults:
        return None
    return replace(found, raw={**found.raw, "version": found.raw["parent"]}, overlay=True)


def read_edition_file(
    path: Path, version: VersionFile, problems: list[Problem]
) -> VersionFile | None:
    """Read ``edition.toml`` of an edition of a version; None when it cannot be used."""
    found = _read(path, problems)
    faults = _edition_faults(found) if found else []
    problems.extend(faults)
    if found is None or faults:
        return None
    own = {key: version.raw[key] for key in ("version", "package")}
    raw = {**found.raw, **own, "parent": version.raw["version"]}
    return replace(found, raw=raw, overlay=True)


def _read(path: Path, problems: list[Problem]) -> VersionFile | None:
    file = path.as_posix()
    try:
        text = path.read_text(encoding="utf-8")
        return VersionFile(file, text, tomllib.loads(text))
    except OSError as error:
        what = f"the file cannot be read: {error.strerror}"
        how = "Create it; see a neighbouring version."
        problems.append(Problem(file, 0, "", "version", what, WHY, how))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        problems.append(_broken(file, error))
    return None


def _broken(file: str, error: ValueError) -> Problem:
    match = re.search(r"at line (\d+)", str(error))
    line = int(match.group(1)) if match else 1
    return Problem(file, line, "", "toml-syntax", str(error), WHY, "Correct the line.")


def _is_text(value: object) -> bool:
    return isinstance(value, str) and bool(value)


def _is_texts(value: object) -> bool:
    return isinstance(value, list) and all(_is_text(item) for item in value)


def _is_flag(value: object) -> bool:
    return isinstance(value, bool)


def _is_table(value: object) -> bool:
    return isinstance(value, dict)


Check = tuple[Callable[[object], bool], str]
_TEXT: Final[Check] = (_is_text, "a text in quotes")
_TEXTS: Final[Check] = (_is_texts, "a list of texts")
_FLAG: Final[Check] = (_is_flag, "true or false")
_TABLE: Final[Check] = (_is_table, "a table")
_ROOT: Final[dict[str, Check]] = {
    "version": _TEXT,
    "package": _TEXT,
    "specification": (lambda value: isinstance(value, str), "a text in quotes"),
    "name": _TEXT,
    "branch": _TEXT,
    "commit": _TEXT,
    "parent": _TEXT,
    "parts": _TEXTS,
    "without": _TEXTS,
    "token_base64": _FLAG,
    "modules": _TABLE,
    "patch": _TABLE,
    "removed": _TABLE,
}
_OVERLAY: Final = {key: _ROOT[key] for key in ("parent", "package", "modules", "patch")} | {
    "closed_enumerations": _TEXTS
}
_EDITION: Final = {
    key: _ROOT[key] for key in ("specification", "branch", "commit", "modules", "removed")
} | {"title": _TEXT}
_PATCH: Final[dict[str, Check]] = {"required": _TEXTS, "append": _TEXTS, "optional": _TEXTS}
_REMOVED: Final[dict[str, Check]] = dict.fromkeys(
    ("schemas", "operations", "modules", "vectors"), _TEXTS
)
_MODULE: Final[dict[str, Check]] = {
    "kind": _TEXT,
    "interfaces": _TEXTS,
    "extension": _FLAG,
    "specification": _TEXT,
    "branch": _TEXT,
    "commit": _TEXT,
    "class_prefix": _TEXT,
}


def _faults(file: VersionFile, folder: str) -> list[Problem]:
    raw = file.raw
    faults = _table_faults(file, raw, _ROOT, ("version", "package", "specification"), "the file")
    if faults:
        return faults
    faults += _table_faults(file, raw.get("removed", {}), _REMOVED, (), "[removed]")
    return faults + _inner_faults(file) + _name_faults(file, folder)


def _overlay_faults(file: VersionFile) -> list[Problem]:
    faults = _table_faults(file, file.raw, _OVERLAY, ("parent", "package"), "the overlay")
    if faults:
        return faults
    package = file.raw["package"]
    if not re.fullmatch(r"[a-z][a-z0-9_]*", package) or keyword.iskeyword(package):
        what, how = f"{package} cannot be the name of a package", "Use a-z, 0-9 and underscores."
        faults.append(file.problem("package", "version", what, how))
    return faults + _inner_faults(file)


def _edition_faults(file: VersionFile) -> list[Problem]:
    required = ("title", "specification", "branch", "commit")
    faults = _table_faults(file, file.raw, _EDITION, required, "the edition")
    if faults:
        return faults
    faults += _table_faults(file, file.raw.get("removed", {}), _REMOVED, (), "[removed]")
    faults += _inner_faults(file)
    return [*faults, *specification_faults(file, file.raw, "specification")]


def _inner_faults(file: VersionFile) -> list[Problem]:
    faults = _table_faults(file, file.raw.get("patch", {}), _PATCH, (), "[patch]")
    for name, module in file.raw.get("modules", {}).items():
        faults += _module_faults(file, name, module)
    return faults


def _table_faults(
    file: VersionFile,
    table: Mapping[str, Any],
    checks: Mapping[str, Check],
    required: tuple[str, ...],
    where: str,
) -> list[Problem]:
    faults = []
    for key, value in table.items():
        if key not in checks:
            how = f"Remove it, or use one of {', '.join(sorted(checks))}."
            faults.append(file.problem(key, "version", f"{where} has an unknown `{key}`", how))
        elif not checks[key][0](value):
            how = f"Write {checks[key][1]}."
            what = f"`{key}` of {where} is not {checks[key][1]}"
            faults.append(file.problem(key, "version", what, how))
    faults += [
        file.problem(key, "version", f"{where} lacks `{key}`", f"Add `{key}`.")
        for key in required
        if key not in table
    ]
    return faults


def _module_faults(file: VersionFile, name: str, module: object) -> list[Problem]:
    where, word = f"[modules.{name}]", f"modules.{name}"
    if not isinstance(module, dict):
        how = "Give it `kind` and `interfaces`."
        return [file.problem(name, "version", f"{where} is not a table", how)]
    faults = _table_faults(file, module, _MODULE, ("kind", "interfaces"), where)
    if faults:
        return faults
    faults += specification_faults(file, module, word)
    faults += _prefix_faults(file, name, module.get("class_prefix"))
    allowed = INTERFACES.get(module["kind"])
    if allowed is None:
        how = f"Use one of {', '.join(sorted(INTERFACES))}."
        return [file.problem(word, "version", f"`kind` of {where} is unknown", how)]
    wrong = [name for name in module["interfaces"] if name not in allowed]
    how = f"Use {', '.join(sorted(allowed))}, whatever the specification of the version says."
    return faults + [
        file.problem(word, "interface-name", f"`{one}` is not an interface of {where}", how)
        for one in wrong
    ]


def _prefix_faults(file: VersionFile, name: str, prefix: str | None) -> list[Problem]:
    """Check that a prefix is the module identifier in CapWords."""
    letters = name.replace("-", "").replace("_", "")
    if prefix is None or (prefix.lower() == letters.lower() and prefix[0].isupper()):
        return []
    what = f'"{prefix}" is not {name} with capitals'
    how = f"Begin each word of {letters} with a capital letter; change nothing else."
    return [file.problem(f'"{prefix}"', "version", what, how)]


def _name_faults(file: VersionFile, folder: str) -> list[Problem]:
    faults = []
    version, package = file.raw["version"], file.raw["package"]
    if version != folder:
        how = "Make folder and version the same."
        what = f"the version {version} is in the folder {folder}"
        faults.append(file.problem("version", "version", what, how))
    expected = "v" + version.replace(".", "_")
    if package != expected:
        what = f"the package is named {package}"
        faults.append(file.problem("package", "version", what, f'Name it "{expected}".'))
    return [*faults, *specification_faults(file, file.raw, "specification")]
