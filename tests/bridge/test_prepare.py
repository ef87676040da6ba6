"""Preparation: no first conversion compiles anything."""

import subprocess
import sys

import pytest

from ocpi_bridge import VERSIONS, prepare

PROGRAM = """
from ocpi_bridge import ConversionContext, convert, prepare
from ocpi_bridge.versions import class_in
from ocpi_runtime import codec
from ocpi_runtime._codec import plan
from ocpi_runtime.types import PartyId

prepare(["2.1.1", "2.3.0"])
known = plan.plan_for.cache_info().misses
text = (
    b'{"uid":"U1","type":"RFID","auth_id":"A1","visual_number":"V1","issuer":"I","valid":true,'
    b'"whitelist":"ALWAYS","last_updated":"2026-01-02T03:04:05Z"}'
)
token = codec.decode(text, class_in("2.1.1", "Token"))
context = ConversionContext(emsp=PartyId.of("DE", "MSP"))
codec.encode(convert(token, "2.3.0", kind="Token", context=context).value)
print(plan.plan_for.cache_info().misses - known)
"""


def test_a_conversion_compiles_nothing_after_preparation() -> None:
    done = subprocess.run(  # noqa: S603 - a program of ours
        [sys.executable, "-c", PROGRAM], capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "0"


@pytest.mark.parametrize("versions", [(), ("2.2.1",), VERSIONS])
def test_any_versions_can_be_prepared(versions: tuple[str, ...]) -> None:
    prepare(versions)
