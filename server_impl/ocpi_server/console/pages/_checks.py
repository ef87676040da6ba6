"""Checks of partners: those that were started here, and their reports."""

from collections import Counter
from typing import Any, Final

import msgspec
from starlette.responses import RedirectResponse, Response

from ocpi_runtime.errors import NotFound
from ocpi_server.console._checks import RATES, Check, Pace
from ocpi_server.console._choice import choose
from ocpi_server.console._console import Console
from ocpi_server.console._visit import Visit
from ocpi_server.monitoring import State

__all__ = ["check", "checks", "report", "start"]

_MOST: Final = 50
_REFRESH: Final = "5"
"""After how many seconds the page of a run that goes on comes again."""
_STATES: Final = {
    "running": State("running", "info"),
    "passed": State("passed", "good"),
    "failed": State("findings", "warning"),
    "broken": State("did not run", "bad"),
}
_ORDER: Final = {"error": 0, "warning": 1, "advice": 2}


async def checks(console: Console, visit: Visit) -> Response:
    """Show the latest runs, and the form that starts one."""
    partners = await console.platform.partners.registered()
    return console.page(
        visit,
        "checks.html",
        runs=[(each, _STATES[each.state]) for each in await console.checks.latest(_MOST)],
        names=await console.partner_names(),
        choice=choose(visit.query("partner"), {each.id: each.label for each in partners}),
        modules=sorted({point.module for each in partners for point in each.endpoints}),
        rates=RATES,
        installed=console.checks.is_installed(),
    )


async def start(console: Console, visit: Visit) -> Response:
    """Start a run."""
    visit.require("partners:write")
    if not console.checks.is_installed():
        raise ValueError("Install ocpi-conformance to check partners.")
    partner = await console.chosen(visit.field("partner"))
    rate = next((each for each in RATES if str(each) == visit.field("rate")), RATES[0])
    module = visit.field("module")
    if module and module not in {each.module for each in partner.endpoints}:
        raise ValueError(f"{partner.label} has no module {module!r}.")
    uid = await console.checks.open(partner)
    work = console.checks.run(uid, partner, Pace(rate, module))
    console.background.start(work, f"check of {partner.label}", partner.id)
    return RedirectResponse(f"/console/checks/{uid}", 303)


async def check(console: Console, visit: Visit) -> Response:
    """Show a run with its findings."""
    known, text, page = await _found(console, visit)
    data = msgspec.json.decode(text) if text else {}
    findings: list[dict[str, Any]] = sorted(
        data.get("findings", ()), key=lambda each: _ORDER.get(str(each["severity"]), len(_ORDER))
    )
    answer = console.page(
        visit,
        "check.html",
        run=known,
        state=_STATES[known.state],
        name=(await console.partner_names()).get(known.partner, known.partner),
        findings=findings,
        verdicts=Counter(str(each["verdict"]) for each in data.get("rules", ())),
        has_page=page is not None,
    )
    if known.state == "running":
        answer.headers["refresh"] = _REFRESH
    return answer


async def report(console: Console, visit: Visit) -> Response:
    """Send the report as a page of its own, to be stored: it has scripts, and runs none here."""
    known, _, page = await _found(console, visit)
    if page is None:
        raise NotFound("This run has no report.")
    headers = {"content-disposition": f'attachment; filename="check-{known.id}.html"'}
    return Response(bytes(page), media_type="text/html", headers=headers)


async def _found(console: Console, visit: Visit) -> tuple[Check, bytes | None, bytes | None]:
    found = await console.checks.find(visit.path("check"))
    if found is None:
        raise NotFound("This check is not kept any more.")
    return found
