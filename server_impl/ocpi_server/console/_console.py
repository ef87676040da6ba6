"""What pages work with: the platform, its keys and sessions, and templates."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from starlette.responses import HTMLResponse, Response

from ocpi_server._background import Background
from ocpi_server._clock import Clock, to_micros
from ocpi_server._operations import Operations
from ocpi_server.console._checks import Checks
from ocpi_server.console._choice import Choice, choose
from ocpi_server.console._rendering import Renderer
from ocpi_server.console._sessions import Sessions, form_token
from ocpi_server.console._visit import Visit
from ocpi_server.console.charts import SessionDays
from ocpi_server.message_log import MessageLog
from ocpi_server.objects.class_names import has_class
from ocpi_server.operator_keys import Keys
from ocpi_server.partners import PartnerRecord
from ocpi_server.store.browsing import ObjectBrowser, ObjectList

if TYPE_CHECKING:
    from ocpi_server.store import Database

__all__ = ["Console", "Tools"]


@dataclass(frozen=True, slots=True)
class Tools:
    """What the console works with beside the operations of the platform.

    Attributes:
        keys: The keys of operators.
        messages: The message log.
        background: Runs what goes on after answers.
    """

    keys: Keys
    messages: MessageLog
    background: Background


class Console:
    """What pages work with.

    Args:
        platform: What is shown, and what actions are done with.
        tools: What is needed beside that.
        clock: Returns the current time.

    Attributes:
        platform: The platform.
        keys: The keys of operators.
        messages: The message log.
        background: Runs what goes on after answers.
        lifetime: How long a session lasts.
        sessions: The sessions.
        database: Where everything is kept.
        browser: Finds objects for people.
        checks: Checks partners, and keeps the reports.
        days: Counts sessions per day.
        navigation: The pages that every page refers to, with their names.
        renderer: Makes pages.
    """

    navigation: Sequence[tuple[str, str]] = ()

    def __init__(self, platform: Operations, tools: Tools, clock: Clock) -> None:
        self.platform, self.keys = platform, tools.keys
        self.messages, self.background = tools.messages, tools.background
        self.lifetime = timedelta(hours=platform.settings.console.session_hours)
        self.database: Database = platform.parts.store.database
        self.sessions = Sessions(self.database, self.keys, clock, self.lifetime)
        self.browser = ObjectBrowser(self.database)
        self.checks = Checks(platform, self.database, clock)
        self.days = SessionDays(self.database, self.background)
        self._clock = clock
        parties = platform.settings.parties
        site = {"name": parties[0].name, "parties": [f"{each.id}" for each in parties]}
        self.renderer = Renderer(clock, site)

    @property
    def now(self) -> int:
        """The current time, in microseconds."""
        return to_micros(self._clock())

    async def partner_names(self) -> dict[str, str]:
        """Return what partners are called, by id."""
        return {each.id: each.label for each in await self.platform.partners.every()}

    async def choice(self, asked: str, others: Mapping[str, str] | None = None) -> Choice:
        """Return the partner that is asked for by its id or a part of its name."""
        return choose(asked, await self.partner_names(), others)

    async def chosen(self, asked: str) -> PartnerRecord:
        """Return the partner that is asked for by its id or a part of its name.

        Raises:
            ValueError: There is none, or there are several.
        """
        choice = await self.choice(asked)
        if choice.problem:
            names = ", ".join(name for _, name in choice.matches)
            raise ValueError(f"{choice.problem} {names}".strip())
        return await self.platform.partner(choice.id)

    async def lists(self, module: str | None = None, source: str | None = None) -> list[ObjectList]:
        """Return lists of objects of OCPI: all, or those of a module or a source."""
        found = await self.browser.lists(module, source)
        return [each for each in found if has_class(each.module)]

    async def sizes(self) -> list[tuple[str, int, int]]:
        """Return how many objects of each module of OCPI are own ones, and were received."""
        return [each for each in await self.browser.sizes() if has_class(each[0])]

    def live_page(self, visit: Visit, template: str, **values: Any) -> Response:
        """Return a page that comes again by itself if the operator wants that."""
        response = self.page(visit, template, **values)
        if visit.refresh is not None:
            response.headers["refresh"] = str(visit.refresh)
        return response

    def page(self, visit: Visit, template: str, *, status: int = 200, **values: Any) -> Response:
        """Return a page of somebody who is logged in."""
        known = {
            "visit": visit,
            "form": form_token(visit.session.token),
            "here": visit.request.url.path,
            "now": self.now,
            "status": status,
            "navigation": self.navigation,
        }
        return HTMLResponse(self.renderer.render(template, known | values), status)
