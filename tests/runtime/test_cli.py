"""The root of the command line."""

import builtins
import sqlite3
import subprocess
import sys
from importlib.metadata import EntryPoint
from types import ModuleType
from typing import Any

import httpx2
import pytest
import typer
from typer.testing import CliRunner

from ocpi_runtime import cli
from ocpi_runtime.errors import InvalidParameters, Violation
from ocpi_runtime.failures import CommandFailed

runner = CliRunner()


@pytest.fixture
def plugins(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """Install three packages: one that works, one that breaks on import, one with other things."""
    module = ModuleType("plugins_of_test")
    good, group = typer.Typer(), typer.Typer()
    good.callback()(lambda: None)

    @good.command()
    def hello(name: str) -> None:
        typer.echo(f"hello {name}")

    @group.command()
    def inner() -> None:
        typer.echo("inner")

    @good.command()
    def fail() -> None:
        raise InvalidParameters("No.", hint="Try yes.", violations=[Violation("/a", "x", "is b")])

    good.add_typer(group, name="group")
    vars(module).update(good=good, other=7)
    entries = [
        EntryPoint("zgood", "plugins_of_test:good", cli.GROUP),
        EntryPoint("broken", "no_such_module_of_test:app", cli.GROUP),
        EntryPoint("other", "plugins_of_test:other", cli.GROUP),
    ]
    monkeypatch.setitem(sys.modules, "plugins_of_test", module)
    monkeypatch.setattr(cli, "entry_points", lambda **_: entries)
    return module


@pytest.mark.usefixtures("plugins")
def test_commands_of_packages_stand_at_the_top(capsys: pytest.CaptureFixture[str]) -> None:
    app = cli.build()
    assert runner.invoke(app, ["hello", "you"]).output == "hello you\n"
    assert runner.invoke(app, ["group", "inner"]).output == "inner\n"
    output = capsys.readouterr()
    assert "'broken' cannot be loaded: ModuleNotFoundError" in output.err
    assert "'other' cannot be used" in output.err
    assert output.out == ""


@pytest.mark.usefixtures("plugins")
def test_wrong_usage_has_the_code_two() -> None:
    app = cli.build()
    assert runner.invoke(app, ["nonsense"]).exit_code == 2
    assert runner.invoke(app, ["hello"]).exit_code == 2


@pytest.mark.usefixtures("plugins")
def test_versions_of_the_packages_are_reported() -> None:
    result = runner.invoke(cli.build(), ["--version"])
    assert result.exit_code == 0
    assert "ocpi-runtime 0." in result.output


@pytest.mark.usefixtures("plugins")
@pytest.mark.parametrize("flag", ["-h", "--help"])
def test_help_lists_the_commands(flag: str) -> None:
    result = runner.invoke(cli.build(), [flag])
    assert result.exit_code == 0
    assert "hello" in result.output


@pytest.mark.usefixtures("plugins")
def test_main_runs_it(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(sys, "argv", ["ocpi", "hello", "you"])
    with pytest.raises(SystemExit) as caught:
        cli.main()
    assert caught.value.code == 0
    assert capsys.readouterr().out == "hello you\n"


@pytest.mark.usefixtures("plugins")
def test_errors_of_ours_are_reported_without_a_trace(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "argv", ["ocpi", "fail"])
    with pytest.raises(SystemExit) as caught:
        cli.main()
    assert caught.value.code == 1
    assert capsys.readouterr().err.endswith("No. Try yes.\n  /a is b\n")


def test_without_the_extra_it_says_what_to_install(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    real = builtins.__import__

    def without(name: str, *rest: Any, **options: Any) -> Any:
        if name == "typer":
            raise ModuleNotFoundError(name)
        return real(name, *rest, **options)

    monkeypatch.setattr(builtins, "__import__", without)
    with pytest.raises(SystemExit) as caught:
        cli.main()
    assert caught.value.code == 1
    assert "ocpi-runtime[cli]" in capsys.readouterr().err


def ended(monkeypatch: pytest.MonkeyPatch, error: BaseException) -> int:
    """Return the exit code of a command that raises an error."""
    app = typer.Typer()

    @app.command()
    def work() -> None:
        raise error

    monkeypatch.setattr(sys, "argv", ["ocpi"])
    monkeypatch.setattr(cli, "build", lambda: app)
    monkeypatch.setattr("os._exit", sys.exit)
    with pytest.raises(SystemExit) as caught:
        cli.main()
    assert isinstance(caught.value.code, int)
    return caught.value.code


class Usage(CommandFailed):
    exit_code = 2


@pytest.mark.parametrize(
    ("error", "code", "expected"),
    [
        (FileNotFoundError(2, "No such file or directory", "a.json"), 1, "a.json: No such file"),
        (ConnectionRefusedError(111, "Connection refused"), 1, "Connection refused."),
        (UnicodeDecodeError("utf-8", b"\xff", 0, 1, "x"), 1, "not UTF-8 text (byte 0)"),
        (CommandFailed("No."), 1, "No."),
        (Usage("Not so."), 2, "Not so."),
        (
            httpx2.ConnectError("refused", request=httpx2.Request("GET", "http://x/")),
            1,
            "http://x/:",
        ),
        (httpx2.InvalidURL("bad"), 1, "bad."),
        (sqlite3.DatabaseError("file is not a database"), 1, "file is not a database"),
        (ModuleNotFoundError("x", name="httpx2.y"), 1, "pip install 'ocpi-runtime[client]'"),
        (ModuleNotFoundError("x", name="yaml"), 1, "-m pip install 'ocpi-"),
        (
            ModuleNotFoundError("x", name="openapi_spec_validator"),
            1,
            "install 'ocpi-gen",
        ),
        (KeyboardInterrupt(), 130, ""),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, BaseException) else "",
)
def test_expected_errors_are_one_line(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    error: BaseException,
    code: int,
    expected: str,
) -> None:
    assert ended(monkeypatch, error) == code
    out, err = capsys.readouterr()
    assert (out, expected in err, "Traceback" in err) == ("", True, False)
    assert len(err.splitlines()) <= 1


def test_a_traceback_is_shown_when_it_is_asked_for(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("OCPI_DEBUG", "1")
    assert ended(monkeypatch, CommandFailed("No.")) == 1
    assert "Traceback" in capsys.readouterr().err


@pytest.mark.parametrize("error", [TypeError("x"), ModuleNotFoundError("x", name="nobodys")])
def test_a_bug_keeps_its_traceback(monkeypatch: pytest.MonkeyPatch, error: Exception) -> None:
    with pytest.raises(type(error)):
        ended(monkeypatch, error)


@pytest.mark.parametrize(
    ("command", "code", "expected"),
    [
        ("ocpi --version >/dev/full", 1, "No space left on device"),
        ("ocpi --version >&-", 0, ""),
        ("ocpi --version >&- 2>&-", 0, ""),
        ("ocpi --version <&-", 0, ""),
        ("set -o pipefail; ocpi bundle | head -c 1 >/dev/null", 1, ""),
    ],
)
def test_streams_that_cannot_be_written(command: str, code: int, expected: str) -> None:
    shell = ["/bin/bash", "-c", command]
    done = subprocess.run(shell, capture_output=True, text=True, check=False)  # noqa: S603 - ours
    assert (done.returncode, "Traceback" in done.stderr) == (code, False)
    assert expected in done.stderr
