"""How the lists of partners are pulled: what is due, who pulls, and how far that has come."""

from ocpi_server.store.pulls._agenda import Position, PullAgenda, PullState

__all__ = ["Position", "PullAgenda", "PullState"]
