"""The log of a serving process: readable lines, or JSON."""

import logging.config
from typing import Any, Final

import structlog

from ocpi_runtime.server import request_fields
from ocpi_server.observing.work import work_fields
from ocpi_server.settings import LogRules

__all__ = ["configure_logs"]

_TEXT: Final = {
    "format": "%(asctime)s %(levelname)s %(name)s: %(message)s",
    "datefmt": "%Y-%m-%dT%H:%M:%S%z",
}


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
        "formatters": {"lines": _json() if rules.format == "json" else _TEXT},
        "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "lines"}},
        "root": {"handlers": ["stderr"], "level": "WARNING"},
        "loggers": {
            "ocpi_server": {"level": level},
            "ocpi_runtime": {"level": level},
            "ocpi_runtime.server.requests": {"level": requests},
            "ocpi_server.requests": {"level": requests},
            "uvicorn": {"level": "INFO"},
        },
    })  # fmt: skip


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
