"""Charts: exchanges of the last hour, push lag in the last day, and sessions per day."""

from ocpi_server.console.charts._bars import Chart, chart
from ocpi_server.console.charts._days import DaysChart, SessionDays
from ocpi_server.console.charts._lags import lag_chart
from ocpi_server.console.charts._traffic import PartnerTraffic, Traffic, traffic

__all__ = [
    "Chart",
    "DaysChart",
    "PartnerTraffic",
    "SessionDays",
    "Traffic",
    "chart",
    "lag_chart",
    "traffic",
]
