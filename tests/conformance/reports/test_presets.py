"""Presets: options of a partner in a file."""

from pathlib import Path
from typing import Annotated

import pytest
import typer

from ocpi_conformance.commands.options import Preset
from ocpi_runtime.options import Headers
from tests.support.commands import run_command

APP = typer.Typer()


@APP.command("check")
def check(  # noqa: PLR0913 - options, not parameters
    *,
    preset: Preset = None,
    version: str | None = None,
    modules: Annotated[list[str] | None, typer.Option("--module")] = None,
    timeout: float = 10,
    rate: Annotated[float, typer.Option("--rate", "-r")] = 0,
    write: Annotated[bool, typer.Option("--write")] = False,
    dialect: Path | None = None,
    token: str = "none",
    header: Headers = None,
) -> None:
    """Print the options."""
    typer.echo(
        f"{version} {modules} {timeout:g} {rate:g} {write} {dialect} {token} {header} {preset}"
    )


@APP.command("fuzz")
def fuzz(*, preset: Preset = None, cases: int = 5, version: str | None = None) -> None:
    """Print the options."""
    typer.echo(f"{cases} {version} {preset}")


def _run(tmp_path: Path, text: str, *words: str) -> tuple[int, str, str]:
    file = tmp_path / "partner.toml"
    file.write_text(text)
    command, *more = words or ("check",)
    return run_command(APP, [command, "--preset", str(file), *more])


def test_a_preset_sets_options_and_the_command_line_counts_more(tmp_path: Path) -> None:
    text = """
        version = "2.2.1"
        module = ["locations", "tariffs"]
        timeout = 2.5
        dialect = "dialects/x.toml"
        header = ["X-Tenant: 1", "@headers.txt"]
        cases = 7
        [check]
        write = true
        rate = 3
    """
    code, out, _ = _run(tmp_path, text, "check", "--timeout", "4")
    assert code == 0
    words = f"2.2.1 ['locations', 'tariffs'] 4 3 True {tmp_path / 'dialects/x.toml'} none "
    assert out.startswith(words + f"['X-Tenant: 1', '@{tmp_path / 'headers.txt'}'] ")
    code, out, _ = _run(tmp_path, text, "fuzz", "--cases", "9")
    assert out.startswith("9 2.2.1 ")
    assert _run(tmp_path, text, "fuzz")[1].startswith("7 2.2.1 ")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("versions = '2.2.1'", "versions is not an option; did you mean 'version'?"),
        ("token = 'x'", "token is a secret"),
        ("[check]\ncases = 3", "cases is not an option"),
        ("[checks]\nrate = 3", "[checks] is not a command with presets. Use one of check, fuzz."),
        ("write = 'yes'", "write is 'yes', not true or false."),
        ("timeout = true", "timeout is True, not a text or number."),
        ("module = [1, {}]", "not a list of texts"),
        ("timeout = 'soon'", "'soon' is not a valid float"),
        ("version = ", "is not a preset"),
        ("preset = 'x'", "preset is not an option"),
    ],
)
def test_what_a_preset_may_not_have_is_refused(tmp_path: Path, text: str, message: str) -> None:
    code, _, err = _run(tmp_path, text)
    assert code == 2
    assert "".join(message.split()) in "".join(err.replace("│", "").split())


def test_a_preset_that_is_not_there_is_refused(tmp_path: Path) -> None:
    for name, message in (("gentel", "did you mean 'gentle'?"), (str(tmp_path), "directory")):
        code, _, err = run_command(APP, ["check", "--preset", name])
        assert code == 2
        assert message in " ".join(err.replace("│", "").split())


def test_a_shipped_preset_is_used_by_its_name() -> None:
    assert run_command(APP, ["check", "--preset", "gentle"])[1].startswith("None None 30 2 False")
