"""`ocpi init` writes a settings file that is valid and complete."""

from dataclasses import fields
from pathlib import Path

import pytest

from ocpi_server import OwnParty, Settings, load_settings
from ocpi_server.cli import app
from ocpi_server.settings import LimitRules, UrlRules
from tests.support.commands import run_command


def test_the_file_is_valid_and_complete(tmp_path: Path) -> None:
    code, out, err = run_command(app, ["init", str(tmp_path)])
    path = tmp_path / "ocpi.toml"
    assert (code, out) == (0, "")
    assert str(path) in err
    settings = load_settings(path, {})
    party = OwnParty("NL", "EXA", "CPO", "Example Charging")
    assert settings == Settings(
        base_url="https://ocpi.example.com/ocpi",
        parties=(party,),
        database=f"sqlite:///{tmp_path}/ocpi.sqlite",
    )
    assert path.stat().st_mode & 0o777 == 0o600
    assert [one.name for one in tmp_path.iterdir()] == ["ocpi.toml"]


@pytest.mark.parametrize("kind", [Settings, OwnParty, UrlRules, LimitRules])
def test_every_setting_is_mentioned_with_its_meaning(tmp_path: Path, kind: type) -> None:
    run_command(app, ["init", str(tmp_path)])
    lines = (tmp_path / "ocpi.toml").read_text().splitlines()
    for field in fields(kind):
        heads = (f"{field.name} = ", f"# {field.name} = ", f"[{field.name}]", f"[[{field.name}]]")
        (at,) = (at for at, line in enumerate(lines) if line.startswith(heads))
        assert lines[at - 1].startswith("# ")


def test_options_are_written(tmp_path: Path) -> None:
    words = ["init", str(tmp_path), "--country", "DE", "--party", "FUN", "--role", "EMSP"]
    assert run_command(app, [*words, "--name", 'Fun "&" Drive', "--base-url", "http://x/y"])[0] == 0
    settings = load_settings(tmp_path / "ocpi.toml", {})
    assert settings.parties == (OwnParty("DE", "FUN", "EMSP", 'Fun "&" Drive'),)
    assert settings.base_url == "http://x/y"


def test_a_file_is_overwritten_only_when_that_is_reported(tmp_path: Path) -> None:
    path = tmp_path / "ocpi.toml"
    path.write_text("mine")
    code, _, err = run_command(app, ["init", str(tmp_path)])
    assert (code, path.read_text()) == (1, "mine")
    assert "--force" in err
    assert run_command(app, ["init", str(tmp_path), "--force"])[0] == 0
    assert load_settings(path, {}).currency == "EUR"


@pytest.mark.parametrize(
    ("words", "code", "expected"),
    [
        (["none"], 1, "mkdir -p"),
        ([".", "--country", "NLD"], 2, "NLD"),
        ([".", "--role", "cpo"], 2, "did you mean 'CPO'"),
        ([".", "--party", "EX"], 2, "3 characters"),
        ([".", "--base-url", "here"], 2, "absolute http"),
    ],
)
def test_what_cannot_be_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, words: list[str], code: int, expected: str
) -> None:
    monkeypatch.chdir(tmp_path)
    got, _, err = run_command(app, ["init", *words])
    assert (got, list(tmp_path.iterdir())) == (code, [])
    assert expected in " ".join(err.split())
