"""The commands of this package."""

import typer

from ocpi_conformance import (
    _coverage_command,
    _fuzz_command,
    _mock_command,
    _validate_command,
    _vectors_command,
)
from ocpi_conformance.commands import check, mcp, replay, report, rules

__all__ = ["app"]

app = typer.Typer(no_args_is_help=True, pretty_exceptions_enable=False)
_coverage_command.register(app)
_fuzz_command.register(app)
_validate_command.register(app)
_vectors_command.register(app)
_mock_command.register(app)
check.register(app)
rules.register(app)
report.register(app)
mcp.register(app)
replay.register(app)


@app.callback()
def _root() -> None:
    """Check running OCPI parties, clients and objects in files, and write test vectors."""
