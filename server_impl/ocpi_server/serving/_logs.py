"""The log of a serving process: readable lines, or JSON."""

import logging.config
import time
from collections.abc import Callable
from typing import Any, Final

import structlog

from ocpi_runtime.failures import printable
from ocpi_runtime.server import request_fields
from ocpi_server.observing.work import work_fields
from ocpi_server.settings import LogRules

__all__ = ["ShortRepetitions", "configure_logs"]

_TEXT: Final = "%(asctime)s %(levelname)s %(name)s: %(message)s"
_INSTANT: Final = "%Y-%m-%dT%H:%M:%S%z"
_QUIET_SECONDS: Final = 60.0
"""How long the traceback of a failure is not repeated."""
_MOST_FAILURES: Final = 1000
_LONGEST_REASON: Final = 200


def configure_logs(rules: LogRules) -> None:
    """Write the log of this process to standard error.

    Args:
        rules: What is logged, and in which form.
    """
    level = rules.level.upper()
    requests = "DEBUG" if rules.requests else "NOTSET"
    logging.config.dictConfig({
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"lines": _json() if rules.format == "json" else {"()": _Lines}},
        "filters": {"repetitions": {"()": ShortRepetitions}},
        "handlers": {
            "stderr": {
                "class": "logging.StreamHandler", "formatter": "lines", "filters": ["repetitions"]
            }
        },
        "root": {"handlers": ["stderr"], "level": "WARNING"},
        "loggers": {
            "ocpi_server": {"level": level},
            "ocpi_runtime": {"level": level},
            "ocpi_runtime.server.requests": {"level": requests},
            "ocpi_server.requests": {"level": requests},
            "uvicorn": {"level": "INFO"},
        },
    })  # fmt: skip


class ShortRepetitions(logging.Filter):
    """Writes a failure that was logged with its traceback a moment ago as one line.

    While a database is down every request and every task fails with it; tracebacks of all of them
    would fill the disk.

    Args:
        clock: Returns seconds that never go back.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        super().__init__()
        self._clock = clock
        self._logged: dict[tuple[str, str, str], float] = {}

    def filter(self, record: logging.LogRecord) -> bool:
        """Replace the traceback of a repeated failure by its reason; every record is logged."""
        error = record.exc_info[1] if record.exc_info else None
        if error is None:
            return True
        key, now = (record.name, str(record.msg), _reason(error)), self._clock()
        if now - self._logged.get(key, float("-inf")) >= _QUIET_SECONDS:
            if len(self._logged) >= _MOST_FAILURES:
                self._logged.clear()
            self._logged[key] = now
            return True
        record.msg, record.args = "%s: %s", (record.getMessage(), key[2])
        record.exc_info = record.exc_text = None
        return True


class _Lines(logging.Formatter):
    """Writes each record as one line, and a traceback below it.

    What partners sent neither begins a line of its own nor changes anything in a terminal.
    """

    def __init__(self) -> None:
        super().__init__(_TEXT, _INSTANT)

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802 - of the base
        return printable(super().formatMessage(record))

    def formatException(self, ei: Any) -> str:  # noqa: N802 - of the base
        return printable(super().formatException(ei), keep="\n")


def _reason(error: BaseException) -> str:
    """Return the first line of what is behind an error."""
    while (behind := error.__cause__ or error.__context__) is not None:
        error = behind
    lines = str(error).splitlines() or [""]
    return f"{type(error).__name__}: {lines[0][:_LONGEST_REASON]}"


def _json() -> dict[str, Any]:
    """Return a formatter of one JSON object a line; what a record has besides becomes fields."""
    before = [
        structlog.stdlib.add_logger_name,
        structlog.stdlib.add_log_level,
        structlog.stdlib.ExtraAdder(),
        _with_context,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    after = [
        _without_colors,
        structlog.stdlib.ProcessorFormatter.remove_processors_meta,
        structlog.processors.format_exc_info,
        structlog.processors.EventRenamer("message"),
        structlog.processors.JSONRenderer(ensure_ascii=False),
    ]
    return {
        "()": structlog.stdlib.ProcessorFormatter,
        "foreign_pre_chain": before,
        "processors": after,
    }


def _with_context(_logger: object, _name: str, fields: structlog.typing.EventDict) -> Any:
    """Add which request or work it is about, unless the record has it.

    Records have an attribute ``module`` of their own, so they carry that of OCPI as
    ``ocpi_module``.
    """
    if "ocpi_module" in fields:
        fields["module"] = fields.pop("ocpi_module")
    for name, value in {**request_fields(), **work_fields()}.items():
        fields.setdefault(name, value)
    return fields


def _without_colors(_logger: object, _name: str, fields: structlog.typing.EventDict) -> Any:
    """Leave out the message that uvicorn adds for terminals."""
    fields.pop("color_message", None)
    return fields
