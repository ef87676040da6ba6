"""A plugin of pytest: one test for each rule, against a running party.

It does nothing unless ``--ocpi-url`` is given. ``--ocpi-options`` takes the options of
``ocpi check``, such as ``--ocpi-options "--version 2.2.1 --as cpo"``.
"""

import os
import shlex
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import redirect_stderr, redirect_stdout
from io import StringIO
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from ocpi_conformance.reports import Finding, Report

__all__ = [
    "pytest_addoption",
    "pytest_collection_modifyitems",
    "pytest_configure",
    "pytest_terminal_summary",
]

_MARK = "ocpi"
_CLIENTS = "client"  # ocpi mock judges clients


class OcpiWarning(pytest.PytestWarning):
    """A party breaks a rule by a warning or an advice."""


class RuleBroken(Exception):
    """A party breaks a rule; the message has all that is needed to see it again."""


class PartyNotChecked(Exception):
    """The party could not be checked."""


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the options."""
    group = parser.getgroup("ocpi", "checks of OCPI parties")
    group.addoption("--ocpi-url", metavar="URL", help="Versions URL of the party to check.")
    group.addoption(
        "--ocpi-token", metavar="TOKEN", help="Its credentials token; by default OCPI_TOKEN."
    )
    group.addoption(
        "--ocpi-options",
        metavar="OPTIONS",
        default="",
        help="Options of ocpi check, such as '--version 2.2.1 --as cpo'.",
    )


def pytest_configure(config: pytest.Config) -> None:
    """Describe the marker of the tests."""
    config.addinivalue_line("markers", f"{_MARK}: a rule by which an OCPI party is checked")


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(
    session: pytest.Session, config: pytest.Config, items: list[pytest.Item]
) -> None:
    """Add a test for each rule, if a party is to be checked."""
    if not config.getoption("--ocpi-url"):
        return
    from ocpi_conformance.rules.catalogue import RULES  # noqa: PLC0415 - slow to import

    checked = CheckedParty.from_parent(session, name="ocpi", nodeid="ocpi")
    config.stash[_CHECKED] = checked
    items += [
        RuleTest.from_parent(checked, name=one.id, title=one.title)
        for one in RULES.values()
        if one.group != _CLIENTS
    ]


def pytest_terminal_summary(
    terminalreporter: pytest.TerminalReporter, config: pytest.Config
) -> None:
    """Print what the baseline accepts in vain, and what could not be done."""
    checked = config.stash.get(_CHECKED, None)
    report = checked.report if checked is not None else None
    if report is None:
        return
    lines = [*report.problems]
    lines += [
        f"{one} is accepted by the baseline, but no longer found; remove it from the baseline."
        for one in sorted(report.gone)
    ]
    if lines:
        terminalreporter.section("OCPI")
        for line in lines:
            terminalreporter.line(line)


class CheckedParty(pytest.Collector):
    """The party that is checked, once for all rules.

    Attributes:
        report: What was found; None until the first test runs.
        failure: Why it could not be checked.
    """

    report: "Report | None" = None
    failure = ""

    def collect(self) -> Sequence[pytest.Item]:
        """Return nothing: the tests are added to those that were collected."""
        return []

    def checked(self) -> "Report":
        """Check the party, unless that was done.

        Raises:
            PartyNotChecked: It cannot be checked; the tests that follow are skipped.
        """
        if self.failure:
            pytest.skip("The party could not be checked.")
        if self.report is None:
            try:
                self.report = _check(self.config)
            except PartyNotChecked as error:
                self.failure = str(error)
                raise
        return self.report


class RuleTest(pytest.Item):
    """One rule.

    Args:
        title: What holds where it is kept.
        more: What pytest passes on.
    """

    def __init__(self, *, title: str, **more: Any) -> None:
        super().__init__(**more)
        self._title = title
        self.add_marker(_MARK)

    def runtest(self) -> None:
        """Look up what became of the rule.

        Raises:
            RuleBroken: There is an error that no baseline accepts.
        """
        assert isinstance(self.parent, CheckedParty)  # noqa: S101 - made so
        report = self.parent.checked()
        found = [one for one in report.findings if self.name in one.rules]
        new = [one for one in found if one.fingerprint not in report.accepted]
        errors = [one for one in new if one.severity.value == "error"]
        if errors:
            raise RuleBroken(_text(errors))
        if new:
            self.warn(OcpiWarning(_text(new)))
        elif found:
            pytest.xfail("Accepted by the baseline.")
        else:
            _skip_unless_asked(report, self.name)

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> Any:
        """Return the message of a failure instead of a traceback."""
        if isinstance(excinfo.value, RuleBroken | PartyNotChecked):
            return f"{self._title}\n{excinfo.value}"
        return super().repr_failure(excinfo, style)

    def reportinfo(self) -> tuple[Path, None, str]:
        """Return how the test is called in reports."""
        return Path("ocpi"), None, self.name


_CHECKED = pytest.StashKey[CheckedParty]()


def _skip_unless_asked(report: "Report", rule: str) -> None:
    from ocpi_conformance.reports import Verdict  # noqa: PLC0415 - slow to import

    results = [one for one in report.rules if one.rule == rule]
    if any(one.verdict is Verdict.PASSED for one in results):
        return
    reasons = {f"{one.verdict.value}: {one.reason}" for one in results}
    pytest.skip("; ".join(sorted(reasons)) or "not applicable")


def _text(findings: Sequence["Finding"]) -> str:
    from ocpi_conformance.reports.plain import finding_text  # noqa: PLC0415 - slow to import

    return "\n\n".join(finding_text(one) for one in findings)


def _check(config: pytest.Config) -> "Report":
    """Run ``ocpi check`` in this process, and read its report.

    Raises:
        PartyNotChecked: It could not be run, or its options are wrong.
    """
    from typer.main import get_command  # noqa: PLC0415 - slow to import

    from ocpi_conformance.cli import app  # noqa: PLC0415 - likewise
    from ocpi_conformance.reports import read_report  # noqa: PLC0415 - likewise

    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "report.json")
        words = ["check", *_words(config), "--report", f"json={file}"]
        messages = StringIO()
        try:
            with redirect_stdout(StringIO()), redirect_stderr(messages):
                get_command(app).main(words, "ocpi", standalone_mode=False)
        except Exception as error:
            message = getattr(error, "message", "") or str(error) or type(error).__name__
            raise PartyNotChecked(message) from error
        if not file.exists():
            raise PartyNotChecked(messages.getvalue().strip())
        return read_report(file.read_bytes())


def _words(config: pytest.Config) -> Iterator[str]:
    token = config.getoption("--ocpi-token") or os.environ.get("OCPI_TOKEN")
    if not token:
        raise PartyNotChecked("--ocpi-url needs --ocpi-token, or OCPI_TOKEN in the environment.")
    yield from (config.getoption("--ocpi-url"), "--token", token)
    yield from shlex.split(config.getoption("--ocpi-options"))
