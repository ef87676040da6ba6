"""What mypy says about handlers and clients that use generated code."""

import subprocess
import sys
from pathlib import Path

import pytest

from ocpi_generator.generate import GenerationRequest, scaffold

REPOSITORY = Path(__file__).parents[3]

HANDLER = """
from typing import final

from ocpi_bindings.v2_2_1.models import Credentials
from ocpi_bindings.v2_2_1.stubs import CredentialsStub
from ocpi_runtime.server import Context, Received
from ocpi_runtime.types import Raw


@final
class Handler(CredentialsStub):
    async def get_credentials(self, context: Context) -> Credentials:
        raise NotImplementedError

    async def post_credentials(self, context: Context, body: Received[Credentials]) -> Raw:
        return body.raw

    async def put_credentials(self, context: Context, body: Received[Credentials]) -> Credentials:
        return body.value

    async def delete_credentials(self, context: Context) -> None:
        return None
"""
SCAFFOLD = scaffold(
    GenerationRequest(REPOSITORY / "openapi", Path("ocpi_bindings"), ("2.2.1",), ("locations",))
)
CLIENT = """
from ocpi_bindings.v2_2_1 import binding
from ocpi_bindings.v2_2_1.clients import Clients


async def names(peer: Clients) -> list[str]:
    assert binding.version == peer.version
    return [location.id async for location in peer.locations.get_locations(limit=3)]
"""
MISSING = HANDLER.replace("delete_credentials", "remove_credentials")
WRONG = HANDLER.replace("-> Raw:\n        return body.raw", "-> int:\n        return 1")
WRONG_CLIENT = CLIENT.replace("limit=3", 'limit="3"')


@pytest.mark.parametrize(
    ("source", "complaint"),
    [
        (HANDLER, ""),
        (SCAFFOLD, ""),
        (SCAFFOLD.replace("def patch_evse", "def mend_evse"), 'abstract attributes "patch_evse"'),
        (CLIENT, ""),
        (MISSING, 'Final class source.Handler has abstract attributes "delete_credentials"'),
        (WRONG, 'Return type "Coroutine[Any, Any, int]" of "post_credentials" incompatible'),
        (WRONG_CLIENT, 'incompatible type "str"; expected "int | None"'),
    ],
)
def test_mypy_holds_users_to_the_interface(source: str, complaint: str, tmp_path: Path) -> None:
    path = tmp_path / "source.py"
    path.write_text(source, encoding="utf-8")
    settings = ("--config-file", "pyproject.toml")
    run = subprocess.run(  # noqa: S603
        [sys.executable, "-m", "mypy", *settings, str(path)],
        cwd=REPOSITORY,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (run.returncode == 0) == (not complaint), run.stdout + run.stderr
    assert complaint in run.stdout
