"""Help of all commands: complete, within the width of the terminal, without heavy libraries."""

import inspect
import subprocess
import sys
from typing import Any

import pytest

from ocpi_runtime import cli
from tests.support.commands import run_command
from tests.support.walk_inputs import commands

APP = cli.build()
WIDTH = 60
HEAVY = (
    "asyncio", "connexion", "httpx2", "hypothesis", "jinja2", "jsonschema_rs", "markdown_it",
    "ocpi_bindings.v2_2_1", "rich.progress", "rich.table", "schemathesis", "sqlalchemy",
    "starlette", "yaml",
)  # fmt: skip
LOADED = f"""
import sys
from ocpi_runtime.cli import main
sys.argv = ["ocpi", *sys.argv[1:]]
try:
    main()
finally:
    print(*(each for each in {HEAVY} if each in sys.modules), file=sys.stderr)
"""


@pytest.mark.parametrize("words", [(), ("fuzz",), ("serve",), ("generate",), ("convert",)])
def test_help_loads_nothing_heavy(words: tuple[str, ...]) -> None:
    done = subprocess.run(  # noqa: S603
        [sys.executable, "-c", LOADED, *words, "--help"], capture_output=True, text=True, check=True
    )
    assert done.stderr.split() == []
    assert "Usage: ocpi" in done.stdout


@pytest.mark.parametrize("name", commands())
def test_help_is_complete_and_fits(
    name: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("COLUMNS", str(WIDTH))
    monkeypatch.setattr(sys, "argv", ["ocpi", *name.split(), "--help"])
    with pytest.raises(SystemExit) as end:
        cli.main()
    assert end.value.code == 0
    out, command = capsys.readouterr().out, commands()[name]
    assert max(map(len, out.splitlines())) <= WIDTH
    text = joined(out)
    assert joined(inspect.cleandoc(command.help)) in text
    for parameter in command.params:
        assert parameter.opts[0] in out or parameter.param_type_name == "argument"
        assert joined(getattr(parameter, "help", None) or "") in text


def test_summaries_are_not_cut() -> None:
    shown = {above: joined(run_command(APP, [*above, "--help"])[1]) for above in groups()}
    for name, command in commands().items():
        *above, _ = name.split()
        summary = inspect.cleandoc(command.help).partition("\n\n")[0]
        assert joined(summary) in shown[tuple(above)]


def groups() -> set[tuple[str, ...]]:
    return {tuple(name.split()[:-1]) for name in commands()}


def joined(text: Any) -> str:
    """Remove what wrapping changes: words are broken at hyphens too."""
    return "".join(str(text).split())
