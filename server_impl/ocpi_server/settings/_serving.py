"""The tables of a settings file about a process that serves: logs, console, open data."""

from dataclasses import dataclass
from typing import Annotated

from ocpi_server.settings._checks import Flag, Number, Text
from ocpi_server.settings._known import LOG_FORMAT, LOG_LEVEL
from ocpi_server.settings.entries import Setting, checked

__all__ = [
    "ConsoleRules",
    "LogRules",
    "MessageRules",
    "MetricsRules",
    "OpenDataRules",
    "OperatorRules",
    "TracingRules",
]


@dataclass(frozen=True, slots=True)
class OpenDataRules:
    """What everybody may read without registration.

    Raises:
        SettingsError: A value is not allowed; all such values are named.
    """

    enabled: Annotated[
        bool,
        Setting(
            "Whether everybody may read our locations and tariffs below <base_url>/open.", Flag()
        ),
    ] = False
    requests_per_second: Annotated[
        float,
        Setting(
            "Maximum number of requests of one address.",
            Number(above=True, unit="requests a second"),
        ),
    ] = 5.0
    refresh_seconds: Annotated[
        float,
        Setting(
            "Time after which a list is updated while objects change.",
            Number(least=0, most=86400, unit="seconds"),
        ),
    ] = 60.0

    def __post_init__(self) -> None:
        """Check every value."""
        checked(self)


@dataclass(frozen=True, slots=True)
class ConsoleRules:
    """The web console of the operator.

    Raises:
        SettingsError: A value is not allowed; all such values are named.
    """

    enabled: Annotated[
        bool,
        Setting("Whether operators may log in at /console of the host, with an API key.", Flag()),
    ] = False
    session_hours: Annotated[
        float,
        Setting("How long a login lasts.", Number(above=True, most=720, unit="hours")),
    ] = 12.0

    def __post_init__(self) -> None:
        """Check every value."""
        checked(self)


@dataclass(frozen=True, slots=True)
class MessageRules:
    """Which HTTP exchanges with partners are kept in the message log, and for how long.

    Raises:
        SettingsError: A value is not allowed; all such values are named.
    """

    enabled: Annotated[
        bool,
        Setting(
            "Whether HTTP exchanges with partners are kept in the database, tokens masked.", Flag()
        ),
    ] = False
    sample: Annotated[
        float,
        Setting(
            "The share of successful exchanges that is kept; failures all are.", Number(most=1)
        ),
    ] = 1.0
    body_bytes: Annotated[
        int,
        Setting(
            "How much of a request body and of a response body is kept.",
            Number(most=1024 * 1024, whole=True, unit="bytes"),
        ),
    ] = 4096
    days: Annotated[
        float,
        Setting("How long an exchange is kept.", Number(above=True, most=3650, unit="days")),
    ] = 7.0
    rows: Annotated[
        int, Setting("Maximum number of exchanges that are kept.", Number(least=1, whole=True))
    ] = 100_000

    def __post_init__(self) -> None:
        """Check every value."""
        checked(self)


@dataclass(frozen=True, slots=True)
class MetricsRules:
    """Where metrics are served, in the text format of Prometheus.

    Raises:
        SettingsError: A value is not allowed; all such values are named.
    """

    port: Annotated[
        int,
        Setting(
            "The port of metrics, or the next one that is free; 0: there are none.",
            Number(most=65535, whole=True),
        ),
    ] = 0
    host: Annotated[
        str,
        Setting(
            "The address that metrics are served at.", Text(ascii_only=True, what="an address")
        ),
    ] = "127.0.0.1"

    def __post_init__(self) -> None:
        """Check every value."""
        checked(self)


@dataclass(frozen=True, slots=True)
class TracingRules:
    """Whether spans of OpenTelemetry are made.

    Raises:
        SettingsError: A value is not allowed; all such values are named.
    """

    enabled: Annotated[
        bool,
        Setting(
            "Whether spans are made and exported as the variables OTEL_... of the environment "
            "state; needs the extra tracing.",
            Flag(),
        ),
    ] = False

    def __post_init__(self) -> None:
        """Check every value."""
        checked(self)


@dataclass(frozen=True, slots=True)
class LogRules:
    """What ``ocpi serve`` logs, to standard error.

    Raises:
        SettingsError: A value is not allowed; all such values are named.
    """

    level: Annotated[
        str, Setting("Lowest level that is logged: debug, info, warning or error.", LOG_LEVEL)
    ] = "info"
    format: Annotated[
        str, Setting("text, or json: one object a line, with fields.", LOG_FORMAT)
    ] = "text"
    requests: Annotated[
        bool, Setting("Whether each request of partners, and each to them, is logged.", Flag())
    ] = False

    def __post_init__(self) -> None:
        """Check every value."""
        checked(self)


@dataclass(frozen=True, slots=True)
class HealthRules:
    """When exchanges with a partner are shown as a problem, by ``ocpi status`` and the console.

    Raises:
        SettingsError: A value is not allowed; all such values are named.
    """

    push_seconds: Annotated[
        float,
        Setting("How late pushes may be.", Number(unit="seconds")),
    ] = 300.0
    missed_pulls: Annotated[
        float,
        Setting("After how many intervals without a pull a list is late.", Number(least=1)),
    ] = 3.0
    failures: Annotated[
        float,
        Setting("Which share of the exchanges within an hour may fail.", Number(most=1)),
    ] = 0.5
    exchanges: Annotated[
        int,
        Setting("How many exchanges are needed to judge that share.", Number(least=1, whole=True)),
    ] = 10

    def __post_init__(self) -> None:
        """Check every value."""
        checked(self)


@dataclass(frozen=True, slots=True)
class OperatorRules:
    """The operator API.

    Raises:
        SettingsError: A value is not allowed; all such values are named.
    """

    enabled: Annotated[
        bool, Setting("Whether back ends are served below /operator/v1, by keys.", Flag())
    ] = False
    requests_per_key: Annotated[
        int,
        Setting(
            "How many requests of one key may be open at the same time.",
            Number(least=1, whole=True),
        ),
    ] = 50
    rate_per_key: Annotated[
        float,
        Setting("How many requests per second one key may send; 0 for any number.", Number()),
    ] = 0.0
    event_days: Annotated[
        float,
        Setting(
            "How long an event of what has changed is kept.",
            Number(above=True, most=3650, unit="days"),
        ),
    ] = 7.0
    charge_points: Annotated[
        bool,
        Setting(
            "Whether back ends get the orders to charge points, instead of simulated ones.", Flag()
        ),
    ] = False
    authorize: Annotated[
        bool,
        Setting(
            "Whether back ends decide about tokens in real time, instead of all that are valid "
            "being allowed.",
            Flag(),
        ),
    ] = False

    @property
    def decides(self) -> bool:
        """Whether back ends decide about tokens."""
        return self.enabled and self.authorize

    @property
    def has_charge_points(self) -> bool:
        """Whether back ends have the charge points."""
        return self.enabled and self.charge_points

    def __post_init__(self) -> None:
        """Check every value."""
        checked(self)
