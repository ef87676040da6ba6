"""Pulling the lists of partners by a schedule: one process at a time for each of them."""

from ocpi_server.sync.schedule._assembly import assemble_schedule
from ocpi_server.sync.schedule._feeds import WHY_REFUSED
from ocpi_server.sync.schedule._run import Busy, PullRun
from ocpi_server.sync.schedule._schedule import PullSchedule

__all__ = ["WHY_REFUSED", "Busy", "PullRun", "PullSchedule", "assemble_schedule"]
