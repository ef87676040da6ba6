"""The pages of the console: which function answers which path."""

from typing import Final

from ocpi_server.console._visit import Page
from ocpi_server.console.pages._checks import check, checks, report, start
from ocpi_server.console.pages._commands import commands
from ocpi_server.console.pages._dialects import change, edit
from ocpi_server.console.pages._endings import end, ending, withdraw, withdrawal
from ocpi_server.console.pages._invitations import invitation, invite
from ocpi_server.console.pages._losses import losses
from ocpi_server.console.pages._messages import message, messages
from ocpi_server.console.pages._objects import download, object_page, objects
from ocpi_server.console.pages._overview import overview
from ocpi_server.console.pages._partners import act, partner
from ocpi_server.console.pages._pushes import pushes
from ocpi_server.console.pages._sending import command_form, send_command
from ocpi_server.console.pages._world import world

__all__ = ["NAVIGATION", "PAGES"]

PAGES: Final[tuple[tuple[str, str, Page], ...]] = (
    ("GET", "/", overview),
    ("GET", "/partners/{partner}", partner),
    ("GET", "/partners/{partner}/dialect", edit),
    ("POST", "/partners/{partner}/dialect", change),
    ("GET", "/partners/{partner}/end", ending),
    ("POST", "/partners/{partner}/end", end),
    ("GET", "/partners/{partner}/withdraw", withdrawal),
    ("POST", "/partners/{partner}/withdraw", withdraw),
    ("POST", "/partners/{partner}/{action}", act),
    ("GET", "/invite", invitation),
    ("POST", "/invite", invite),
    ("GET", "/objects", objects),
    ("GET", "/objects/{place}", object_page),
    ("GET", "/objects/{place}/download", download),
    ("GET", "/map", world),
    ("GET", "/commands", commands),
    ("GET", "/commands/new", command_form),
    ("POST", "/commands", send_command),
    ("GET", "/pushes", pushes),
    ("GET", "/messages", messages),
    ("GET", "/messages/{number}", message),
    ("GET", "/losses", losses),
    ("GET", "/checks", checks),
    ("POST", "/checks", start),
    ("GET", "/checks/{check}", check),
    ("GET", "/checks/{check}/report", report),
)
"""Method, path below ``/console`` and page."""

NAVIGATION: Final = (
    ("/console/", "Overview"),
    ("/console/objects", "Objects"),
    ("/console/map", "Map"),
    ("/console/commands", "Commands"),
    ("/console/pushes", "Push queue"),
    ("/console/messages", "Messages"),
    ("/console/losses", "Losses"),
    ("/console/checks", "Checks"),
)
"""The pages that every page refers to, with their names."""
