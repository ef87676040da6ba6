"""The log of a process that serves."""

import json
import logging
import subprocess
import sys

import pytest

from ocpi_server.serving._logs import ShortRepetitions

_SCRIPT = """
import logging
from ocpi_server import LogRules
from ocpi_server.serving._logs import configure_logs

configure_logs(LogRules({arguments}))
logging.getLogger("ocpi_server.partners").info("Fun Drive%s registered", "\\n\\x1b[31m")
logging.getLogger("ocpi_server.sync").debug("a page came")
logging.getLogger("somebody.else").info("of no interest")
logging.getLogger("uvicorn.error").info("%s runs", "it", extra={{"color_message": "no"}})
fields = {{"status": 200, "partner": "P1"}}
logging.getLogger("ocpi_runtime.server.requests").debug("GET /x", extra=fields)
try:
    raise ValueError("broken\\x1b[31m")
except ValueError:
    logging.getLogger("ocpi_server.platform").exception("it failed")
"""


def logged(arguments: str) -> list[str]:
    """Return the lines that a process writes."""
    command = [sys.executable, "-c", _SCRIPT.format(arguments=arguments)]
    done = subprocess.run(command, check=True, capture_output=True, text=True)  # noqa: S603 - our own
    assert done.stdout == ""
    return done.stderr.splitlines()


def test_text_has_an_instant_a_level_and_a_name() -> None:
    first, second, third, *traceback = logged("")
    assert first.endswith(" INFO ocpi_server.partners: Fun Drive\\n\\x1b[31m registered")
    assert second.endswith(" INFO uvicorn.error: it runs")
    assert third.endswith(" ERROR ocpi_server.platform: it failed")
    assert traceback[-1] == "ValueError: broken\\x1b[31m"


def test_json_has_an_object_a_line() -> None:
    records = [json.loads(line) for line in logged('format="json", requests=True')]
    assert [each["message"] for each in records] == [
        "Fun Drive\n\x1b[31m registered", "it runs", "GET /x", "it failed"
    ]  # fmt: skip
    assert (records[2]["status"], records[2]["partner"]) == (200, "P1")
    assert records[0].keys() == {"timestamp", "level", "logger", "message"}
    assert records[1].keys() == records[0].keys()
    assert "ValueError: broken" in records[3]["exception"]


@pytest.mark.parametrize(("level", "count"), [("debug", 5), ("warning", 2), ("error", 2)])
def test_the_level_decides(level: str, count: int) -> None:
    assert len(logged(f'level="{level}", format="json"')) == count


def test_a_failure_that_goes_on_has_a_traceback_a_minute() -> None:
    now = 0.0
    repetitions = ShortRepetitions(lambda: now)

    def logged_again(name: str, reason: str) -> tuple[bool, str]:
        error = RuntimeError("a statement failed")
        error.__cause__ = OSError(f"{reason}\nmore of it")
        info = (RuntimeError, error, None)
        record = logging.LogRecord(name, logging.ERROR, "", 1, "work %d failed", (7,), info)
        assert repetitions.filter(record)
        return record.exc_info is not None, record.getMessage()

    assert logged_again("push", "refused") == (True, "work 7 failed")
    now = 59.0
    assert logged_again("push", "refused") == (False, "work 7 failed: OSError: refused")
    assert logged_again("pull", "refused") == (True, "work 7 failed")
    assert logged_again("push", "another") == (True, "work 7 failed")
    now = 60.0
    assert logged_again("push", "refused") == (True, "work 7 failed")
