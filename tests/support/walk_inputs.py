"""All commands of `ocpi`, and bad inputs for every parameter that takes one."""

import gzip
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final

import typer

from ocpi_runtime import cli

__all__ = ["BASES", "Case", "bad_files", "cases", "commands"]

_ROOT: Final = ("--root", "{openapi}")
_CONFIG: Final = ("--config", "{config}")
_FUZZ: Final = ("--token", "t", "--timeout", "1", "--allow-private", "--allow-http")

BASES: Final[Mapping[str, tuple[str, ...]]] = {
    "audit": ("--spec", "{empty}", "--root", "{openapi}"),
    "bundle": (*_ROOT, "--version", "2.2.1", "--module", "versions"),
    "check": ("{closed}", *_FUZZ),
    "config": _CONFIG,
    "convert": ("{object}", "--from", "2.2", "--to", "2.2.1", "--as", "token"),
    "coverage": (),
    "db backup": ("{new}", *_CONFIG),
    "db check": _CONFIG,
    "db new-key": _CONFIG,
    "db restore": ("{object}", *_CONFIG),
    "db upgrade": _CONFIG,
    "demo": (),
    "diff": ("2.2", "2.2.1", "--module", "versions", *_ROOT),
    "docs": ("--out", "{new}", *_ROOT),
    "errata": ("--check", *_ROOT),
    "fuzz": ("{closed}", *_FUZZ),
    "generate": ("--out", "{new}", *_ROOT, "--version", "2.2.1", "--module", "versions"),
    "import": ("locations", "{array}", *_CONFIG),
    "init": ("{fresh}",),
    "keys add": ("Back end", "--scope", "log:read", *_CONFIG),
    "keys list": _CONFIG,
    "keys remove": ("nobody", *_CONFIG),
    "lint": ("--version", "2.2.1", *_ROOT),
    "log": _CONFIG,
    "losses": _CONFIG,
    "mcp": (),
    "mock": ("--port", "0", "--max-seconds", "0"),
    "new-module": ("notes", "--version", "2.2.1", "--root", "{copy}", "--out", "{new}"),
    "new-version": ("9.9", "--from", "2.2.1", "--root", "{copy}", "--out", "{new}"),
    "pull": ("status", *_CONFIG),
    "push resync": ("nobody", *_CONFIG),
    "push retry": ("nobody", *_CONFIG),
    "push status": ("nobody", *_CONFIG),
    "partners approve": ("nobody", *_CONFIG),
    "partners block": ("nobody", *_CONFIG),
    "partners dialect": ("nobody", *_CONFIG),
    "partners partial": ("nobody", *_CONFIG),
    "partners future": ("nobody", *_CONFIG),
    "partners end": ("nobody", *_CONFIG),
    "partners invite": ("Somebody", *_CONFIG),
    "partners list": _CONFIG,
    "partners register": ("{closed}", "--token", "t", *_CONFIG),
    "partners reject": ("nobody", *_CONFIG),
    "partners release": ("NL-ABC", *_CONFIG),
    "partners renew": ("nobody", *_CONFIG),
    "partners transport": ("nobody", *_CONFIG),
    "partners unblock": ("nobody", *_CONFIG),
    "partners withdraw": ("nobody", *_CONFIG),
    "price": ("{array}",),
    "release": ("--version", "2.2.1", "--module", "versions", "--root", "{copy}"),
    "replay": ("{exchanges}", "--against", "{closed}", *_FUZZ),
    "report baseline": ("{report}", "--comment", "A reason."),
    "report diff": ("{report}", "{report}"),
    "report show": ("{report}",),
    "rules": ("paging.size",),
    "scaffold": ("--module", "tokens", "--version", "2.2.1", *_ROOT),
    "serve": _CONFIG,
    "status": _CONFIG,
    "tariff lint": ("{tariff}",),
    "tariff preview": ("{tariff}", "--kw", "11", "--hours", "2"),
    "validate": ("{array}", "--allow-private", "--allow-http"),
    "vectors": ("--out", "{new}", "--version", "2.2.1", "--module", "versions"),
}
"""For each command the words to which one bad input is added. A new command needs its own."""

_OUTPUTS: Final = {
    ("bundle", "out"), ("db backup", "file"), ("diff", "pages"), ("docs", "out"),
    ("generate", "out"), ("import", "report"), ("init", "folder"), ("log", "har"),
    ("new-module", "out"),
    ("new-version", "out"), ("scaffold", "out"), ("validate", "html"), ("validate", "jsonl"),
    ("validate", "learn"), ("tariff preview", "html"), ("vectors", "out"),
}  # fmt: skip
"""What is written to: these may be missing."""
_JSON_FILES: Final = frozenset({
    ("import", "file"), ("price", "file"), ("price", "tariff"), ("tariff lint", "files"),
    ("tariff lint", "locations"),
    ("tariff preview", "file"),
})  # fmt: skip
"""Parameters that take a file of JSON, or - for stdin."""
_NAMES: Final = frozenset({
    "version", "module", "parent", "cpo_version", "emsp_version", "old", "new", "partner",
    "party", "country", "role", "level", "base_url", "cpo", "emsp", "last_updated", "listen",
    "interface", "erratum", "class_name", "time_zone", "linked_partner_id", "again", "evse_status",
    "name", "proxy", "edition", "tariff_id", "timezone", "endpoint", "report", "preset",
    "against", "ignore",
    "scenario", "host", "public_url", "scope", "key",
    "rule", "skip_rule", "status", "since", "versions_url",
})  # fmt: skip
"""Parameters that take one of some names, or a text of some form."""
_FREE: Final = frozenset({
    ("convert", "evse_status"), ("init", "name"), ("partners invite", "name"), ("fuzz", "token"),
    ("keys add", "name"), ("import", "as_received"),
    ("check", "token"), ("partners register", "name"), ("partners register", "token"),
    ("scaffold", "package"), ("new-module", "docs"), ("new-version", "specification"),
    ("fuzz", "public_url"), ("check", "public_url"), ("serve", "host"), ("convert", "time_zone"),
    ("new-module", "name"),
    ("replay", "token"), ("price", "timezone"), ("audit", "commit"), ("report baseline", "comment"),
    ("mock", "token"), ("mock", "token_a"), ("mock", "client_token"),
})  # fmt: skip
"""Parameters that take any text, or whose text only counts where something else is right."""


@dataclass(frozen=True)
class Case:
    """One bad input.

    Attributes:
        command: The command that gets it.
        words: Its words, with ``{names}`` of files.
        expected: What the message must name; empty where that is no fixed text.
        fails: Whether it must fail; a missing output is no fault.
    """

    command: str
    words: tuple[str, ...]
    expected: str
    fails: bool = True

    def __str__(self) -> str:
        return " ".join((self.command, *self.words))


@cache
def commands() -> Mapping[str, Any]:
    """Return all commands of `ocpi` by their names."""
    return dict(_walk(typer.main.get_command(cli.build()), ()))


def _walk(command: Any, above: tuple[str, ...]) -> Iterator[tuple[str, Any]]:
    if not hasattr(command, "commands"):
        yield " ".join(above), command
        return
    for name, inner in command.commands.items():
        yield from _walk(inner, (*above, name))


def cases() -> Iterator[Case]:
    """Yield every command with every bad input of every parameter."""
    for name, command in commands().items():
        for parameter in command.params:
            for value, expected, fails in _values(name, parameter):
                yield Case(name, _with(BASES.get(name, ()), parameter, value), expected, fails)
    yield from EXTRA


EXTRA: Final = (
    Case("import", ("locations", "{broken}", *_CONFIG, "--report", "/dev/full"), "No space left"),
    Case("db backup", ("/dev/full", *_CONFIG), ""),
    Case("serve", (*_CONFIG, "--host", "nonsense", "--port", "0"), "nonsense"),
    Case("convert", ("-", "--from", "2.2", "--to", "2.2.1", "--as", "token"), "stdin"),
    Case("nonsense", (), "nonsense"),
    Case("partners nonsense", (), "nonsense"),
)
"""Bad inputs that do not follow from the parameters."""


def _values(command: str, parameter: Any) -> Iterator[tuple[str, str, bool]]:
    """Yield bad values of a parameter, what must be named, and whether they must fail."""
    kind, key = type(parameter.type).__name__, (command, parameter.name)
    if getattr(parameter, "is_flag", False) or key in _FREE:
        return
    if kind in {"TyperPath", "File"}:
        yield from _paths(key)
    elif "Int" in kind or "Float" in kind:
        yield from ((value, value, True) for value in ("x", "", "1e", "0x10"))
        if "Range" in kind:
            yield from ((value, value, True) for value in ("-1", "nan"))
        if key == ("serve", "port"):
            yield "70000", "70000", True
        if "Int" in kind:
            yield "1.5", "1.5", True
    else:
        yield from _texts(key, kind, str(parameter.name))


def _texts(key: tuple[str, str], kind: str, name: str) -> Iterator[tuple[str, str, bool]]:
    """Yield bad values of a parameter that takes text."""
    if name == "header":
        yield "nonsense", "colon is missing", True  # the value may be a secret
    elif kind in {"TyperChoice", "FuncParamType"} or name in _NAMES:
        yield "nonsense", "nonsense", True
    elif key in _JSON_FILES:
        yield from _paths(key)
    elif key in {("check", "url"), ("fuzz", "url"), ("validate", "inputs")}:
        yield from ((f"{{{one}}}", "", True) for one in ("closed", "html", "missing_url"))
        yield from ((f"{{{one}}}", "", True) for one in ("garbage", "wrong_token"))
        yield from ((one, "", True) for one in ("no url", "ftp://x/", "http://", "http://[::1"))
        yield from _paths(key) if key[0] == "validate" else (("{hanging}", "", True),)
    else:
        raise AssertionError(f"{key} is in none of the lists of tests/support/walk_inputs.py")


def _paths(key: tuple[str, str]) -> Iterator[tuple[str, str, bool]]:
    output = key in _OUTPUTS
    for name in bad_files():
        if output and name in {"missing", "folder"}:
            continue  # what is written to may be there or not
        if name == "nothing" and key[1] in {"dialect", "baseline"} and key[0] != "import":
            continue  # an empty file is a dialect without exceptions, or accepts nothing
        overwrites = output and name not in {"below", "proc"}
        yield f"{{{name}}}", "", not overwrites


def _with(base: Sequence[str], parameter: Any, value: str) -> tuple[str, ...]:
    """Put a value into the words of a command, in the place of the one that is there."""
    words = list(base)
    if parameter.param_type_name == "argument":
        at = {"file": int(words[0] == "locations"), "new": 1, "after": 1}.get(parameter.name, 0)
        words[at : at + 1] = [value]
        return tuple(words)
    option = next(one for one in parameter.opts if one.startswith("--"))
    if option in words:
        words[words.index(option) + 1] = value
    else:
        words += [option, value]
    return tuple(words)


def bad_files() -> Mapping[str, bytes | None]:
    """Return what files hold that no command can use; None for what is no file."""
    return {
        "missing": None,
        "folder": None,
        "below": None,
        "proc": None,
        "binary": bytes(range(256)) * 4,
        "nothing": b"",
        "latin": '{"name": "Müller"}'.encode("latin-1"),
        "text": b"this is not JSON: [",
        "packed": gzip.compress(b"[]")[:-4],
    }


def laid_out(folder: Path) -> dict[str, str]:
    """Write the bad files; return the paths by name."""
    paths = {}
    for name, content in bad_files().items():
        path = folder / f"bad-{name}"
        if content is not None:
            path.write_bytes(content)
        paths[name] = str(path)
    Path(paths["folder"]).mkdir()
    paths["below"] = str(Path(paths["text"]) / "deeper")
    paths["proc"] = "/proc/none/deeper"
    return paths
