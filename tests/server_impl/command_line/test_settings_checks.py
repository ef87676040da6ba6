"""Settings are checked: key, line, allowed values, the nearest name, all faults at once."""

import os
from pathlib import Path

import pytest

from ocpi_server import OwnParty, Settings, SettingsError, UrlRules, load_settings
from ocpi_server.settings._lines import lines_of
from ocpi_server.settings._load import variables
from ocpi_server.settings.entries import entries

HEAD = 'base_url = "https://example.com/ocpi"\n'
PARTY = """
[[parties]]
country_code = "NL"
party_id = "EXA"
role = "CPO"
name = "Example"
"""
OWN = OwnParty("NL", "EXA", "CPO", "Example")


def refused(tmp_path: Path, text: str, **environment: str) -> list[str]:
    """Return the lines of the error about a file, without the folder."""
    path = tmp_path / "ocpi.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(SettingsError) as caught:
        load_settings(path, environment)
    return str(caught.value).replace(f"{tmp_path}{os.sep}", "").splitlines()


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ('curency = "EUR"', "unknown key 'curency'; did you mean 'currency'?"),
        ('currency = "EURO"', "currency: 'EURO' is not a currency code"),
        ('currency = "EURO"', "did you mean 'EUR'?"),
        ('time_zone = "Europe/Amstredam"', "did you mean 'Europe/Amsterdam'?"),
        ('versions = ["2.2.2"]', "'2.2.2' is not one of 2.0, 2.1.1, 2.2, 2.2.1, 2.3.0"),
        ("versions = []", "versions: the list is empty"),
        ('versions = ["2.2", "2.2"]', "versions: '2.2' is repeated"),
        ('versions = "2.2.1"', "versions: '2.2.1' is not a list"),
        ('required_modules = ["location"]', "did you mean 'locations'?"),
        ("command_timeout = true", "command_timeout: true is not a number above 0"),
        ("command_timeout = 0", "command_timeout: 0 is not a number above 0"),
        ("command_timeout = inf", "command_timeout: inf is not a number above 0"),
        ('command_timeout = "30"', "command_timeout: '30' is not a number"),
        ("max_roles = 1.5", "max_roles: 1.5 is not a whole number of at least 1"),
        ("authorize_needs_location = 1", "1 is not true or false"),
        ('database = "ocpi.sqlite"', "'ocpi.sqlite' is not the URL of a database"),
        ('database = "postgres+asyncpg://h/d"', "did you mean 'postgresql'?"),
        ('database = "postgresql://h/d"', "write postgresql+asyncpg://"),
        ('database = "mysql+asyncmy://h/d"', "pip install 'asyncmy'"),
        ('database = "sqlite:///none/x.sqlite"', "none does not exist; create it: mkdir -p "),
        ('key_file = "none/key"', "none does not exist; create it: mkdir -p "),
        ('key_file = "ocpi.toml/key"', "ocpi.toml is a file, not a folder"),
        ('key_file = "."', "is a folder; name a file in it"),
        ("key_file = 3", "key_file: 3 is not the path of a file"),
        ("urls = 3", "urls: 3 is not a table; write [urls]"),
    ],
)
def test_a_key_is_named_with_its_line(tmp_path: Path, line: str, expected: str) -> None:
    (fault,) = refused(tmp_path, HEAD + line + "\n" + PARTY)
    assert fault.startswith("ocpi.toml:2: ")
    assert expected in fault


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ('"NL"', '"NLD"', "6: parties[0].country_code: 'NLD' is not a country code of two letters"),
        ('"NL"', '"NLD"', "did you mean 'NL'?"),
        ('"NL"', '"Germany"', "did you mean 'DE'?"),
        ('"EXA"', '"EXAM"', "7: parties[0].party_id: 'EXAM' is not a party id of 3 characters"),
        ('"EXA"', '"E A"', "7: parties[0].party_id: 'E A' is not a party id: it has a space"),
        ('"EXA"', '"EÄA"', "7: parties[0].party_id: 'EÄA' is not a party id"),
        ('"CPO"', '"cpo"', "8: parties[0].role: 'cpo' is not one of CPO, EMSP, HUB"),
        ('"CPO"', '"cpo"', "did you mean 'CPO'?"),
        ('"Example"', '""', "9: parties[0].name: '' is not a text of 1 to 100 characters"),
        ("party_id", "pary_id", "7: unknown key 'pary_id' in [[parties]]; did you mean 'party_id'"),
        ("party_id", "pary_id", "5: the key 'party_id' in [[parties]] is missing"),
    ],
)
def test_a_key_of_a_table_is_named_with_its_line(
    tmp_path: Path, old: str, new: str, expected: str
) -> None:
    faults = refused(tmp_path, f"{HEAD}# a comment\n\n{PARTY.replace(old, new)}")
    assert any(expected in one for one in faults)
    assert all(one.startswith("ocpi.toml:") for one in faults)


def test_all_faults_of_a_file_are_reported_at_once(tmp_path: Path) -> None:
    text = (
        f'base_url = "x"\ncurrency = "E"\n{PARTY}{PARTY.replace("NL", "NX")}\n[urls]\nallow = 1\n'
    )
    faults = refused(tmp_path, text, OCPI_URLS_ALLOW_HTTP="perhaps", OCPI_DATABSE="sqlite:///x")
    assert [one.split(": ")[0] for one in faults] == [
        "ocpi.toml:1",
        "ocpi.toml:2",
        "ocpi.toml:11",
        "ocpi.toml:17",
        "OCPI_DATABSE",
        "OCPI_URLS_ALLOW_HTTP",
    ]
    assert "did you mean 'OCPI_DATABASE'?" in faults[-2]


def test_variables_of_others_are_let_be(tmp_path: Path) -> None:
    path = tmp_path / "ocpi.toml"
    path.write_text(HEAD + PARTY)
    others = {"OCPI_PORT": "tcp://10.0.0.1", "OCPI_SERVICE_HOST": "10.0.0.1", "OCPI_DEBUG": "1"}
    assert load_settings(path, others).currency == "EUR"


def test_every_setting_has_a_variable_of_its_own(tmp_path: Path) -> None:
    path = tmp_path / "ocpi.toml"
    path.write_text(HEAD + PARTY)
    for name, (where, _) in variables().items():
        with pytest.raises(SettingsError) as caught:
            load_settings(path, {name: "\x00"})
        assert str(caught.value).startswith(f"{name}: {'.'.join(map(str, where))}: ")
    over = {
        "OCPI_VERSIONS": "2.2.1, 2.3.0",
        "OCPI_COMMAND_TIMEOUT": "5",
        "OCPI_LIMITS_CONNECTIONS": "7",
    }
    settings = load_settings(path, over)
    assert (settings.versions, settings.command_timeout) == (("2.2.1", "2.3.0"), 5.0)
    assert settings.limits.connections == 7


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a = \nb = 1", "ocpi.toml:1: not TOML: "),
        ("a = 1\na = 2", "ocpi.toml:2: not TOML: "),
        ('a = 1\n\nb = """', "ocpi.toml:3: not TOML: "),
        ("[x\n", "ocpi.toml:1: not TOML: "),
        ("a = " + "9" * 5000, "ocpi.toml: a number has too many digits"),
    ],
)
def test_what_is_no_toml_is_named_with_its_line(tmp_path: Path, text: str, expected: str) -> None:
    (fault,) = refused(tmp_path, text)
    assert fault.startswith(expected)


def test_files_that_cannot_be_read_are_named(tmp_path: Path) -> None:
    (tmp_path / "binary").write_bytes(b"\xff\xfe\x00")
    for name, expected in (("none", "ocpi init"), ("", "directory"), ("binary", "UTF-8")):
        with pytest.raises(SettingsError, match=expected):
            load_settings(tmp_path / name, {})


def test_paths_are_relative_to_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir("/")
    path = tmp_path / "ocpi.toml"
    path.write_text(HEAD + PARTY)
    settings = load_settings(path, {})
    assert settings.database == f"sqlite:///{tmp_path}/ocpi.sqlite"
    assert settings.key_path == tmp_path / "ocpi.key"
    over = {"OCPI_DATABASE": "sqlite:///y.sqlite?timeout=3", "OCPI_KEY_FILE": "z.key"}
    settings = load_settings(path, over)
    assert settings.database == f"sqlite:///{tmp_path}/y.sqlite?timeout=3"
    assert settings.key_path == tmp_path / "z.key"
    elsewhere = load_settings(path, {"OCPI_DATABASE": "sqlite:////tmp/x.sqlite"})
    assert elsewhere.database == "sqlite:////tmp/x.sqlite"


def test_settings_made_in_python_are_refused_in_the_same_words() -> None:
    with pytest.raises(SettingsError) as caught:
        Settings(base_url="x", parties=(OWN,), currency="EURO", time_zone="UTD")
    assert [str(one).split(": ")[0] for one in caught.value.faults] == [
        "base_url",
        "currency",
        "time_zone",
    ]
    with pytest.raises(SettingsError, match="role: 'cpo' is not one of"):
        OwnParty("NL", "EXA", "cpo", "Example")
    with pytest.raises(SettingsError, match="allow_http: 'yes' is not true or false"):
        UrlRules(allow_http="yes")  # type: ignore[arg-type]
    with pytest.raises(SettingsError, match="parties: at least one is needed"):
        Settings(base_url="https://example.com", parties=())


def test_lines_of_keys_in_every_form() -> None:
    text = (
        '# first\na = 1\nb.c = """\n[no]\n"""\n\n[t]\n"quoted key" = [\n  1, # [x]\n]\n'
        "[[list]]\nx = {y = 1}\n[[list]]\nx = 2\n[list.inner]\nz = 3\n[[list.deep]]\nz = 4\n"
    )
    assert lines_of(text) == {
        ("a",): 2,
        ("b",): 3,
        ("b", "c"): 3,
        ("t",): 7,
        ("t", "quoted key"): 8,
        ("list", 0): 11,
        ("list", 0, "x"): 12,
        ("list", 0, "x", "y"): 12,
        ("list", 1): 13,
        ("list", 1, "x"): 14,
        ("list", 1, "inner"): 15,
        ("list", 1, "inner", "z"): 16,
        ("list", 1, "deep", 0): 17,
        ("list", 1, "deep", 0, "z"): 18,
    }


def test_every_setting_says_what_it_means() -> None:
    for kind in (Settings, OwnParty, UrlRules):
        assert all(one.setting.meaning.endswith(".") for one in entries(kind).values())
