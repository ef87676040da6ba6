"""Commands of an operator start without what they do not use."""

import subprocess
import sys
from pathlib import Path
from typing import Final

import pytest
from iso4217 import Currency

from ocpi_bindings import v2_0, v2_1_1, v2_2, v2_2_1, v2_3_0
from ocpi_server import OwnParty, Settings
from ocpi_server.settings import SettingsError
from ocpi_server.settings._known import CURRENCY

SETTINGS: Final = """
base_url = "https://example.com/ocpi"
[[parties]]
country_code = "NL"
party_id = "EXA"
role = "CPO"
name = "Example"
"""
UNUSED: Final = (
    "alembic", "connexion", "iso4217", "ocpi_bindings.v2_2_1._binding",
    "ocpi_bindings.v2_3_0.models", "ocpi_bindings.v2_3_0._binding", "sqlalchemy.orm",
)  # fmt: skip
LOADED: Final = f"""
import sys
from ocpi_runtime.cli import main
sys.argv = ["ocpi", "partners", "list", "--json"]
try:
    main()
finally:
    print(*(each for each in {UNUSED} if each in sys.modules), file=sys.stderr)
"""
VERSIONS: Final = (v2_0, v2_1_1, v2_2, v2_2_1, v2_3_0)
MODULES: Final = sorted({name for one in VERSIONS for name, _ in one.binding.interfaces})
OWN: Final = OwnParty("NL", "EXA", "CPO", "Example")


def test_a_list_of_partners_loads_no_version_and_no_server(tmp_path: Path) -> None:
    (tmp_path / "ocpi.toml").write_text(SETTINGS, encoding="utf-8")
    done = subprocess.run(  # noqa: S603
        [sys.executable, "-c", LOADED], cwd=tmp_path, capture_output=True, text=True, check=True
    )
    assert (done.stderr.split(), done.stdout.split()) == ([], ["[]"])


@pytest.mark.parametrize("module", [each for each in MODULES if each != "versions"])
def test_every_module_of_a_version_can_be_required(module: str) -> None:
    made = Settings(base_url="https://x", parties=(OWN,), required_modules=frozenset({module}))
    assert made.required_modules == {module}


@pytest.mark.parametrize("module", ["versions", "schemas", "vectors", "editions"])
def test_what_is_no_module_of_a_partner_cannot_be_required(module: str) -> None:
    with pytest.raises(SettingsError, match=f"'{module}' is not one of bookings, cdrs"):
        Settings(base_url="https://x", parties=(OWN,), required_modules=frozenset({module}))


def test_every_currency_can_be_set_and_the_frequent_ones_are_currencies() -> None:
    known = {each.value for each in Currency}
    for code in known | CURRENCY.frequent:
        assert Settings(base_url="https://x", parties=(OWN,), currency=code).currency == code
    assert CURRENCY.frequent <= known
