"""The console in a browser: on a phone, by keyboard, light and dark, and without scripts."""

import os
import re
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from itertools import combinations
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page, Request, async_playwright

from ocpi_server.console.pages import NAVIGATION
from tests.server_impl.console.furnished import Furnished
from tests.server_impl.console.operators import ENABLED
from tests.server_impl.pair import CPO, Served, served

CHROMIUM = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
PHONE, DESKTOP = {"width": 390, "height": 844}, {"width": 1280, "height": 900}

_BOXES = "all => all.map(each => each.getBoundingClientRect().toJSON())"
"""Where elements are, in a browser."""

pytestmark = pytest.mark.skipif(
    CHROMIUM is None, reason="No chromium found; install the package chromium, or set CHROMIUM."
)


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def browser() -> AsyncIterator[Browser]:
    async with async_playwright() as playwright:
        made = await playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield made
        await made.close()


@asynccontextmanager
async def opened(browser: Browser, host: Served, size: Any, **more: Any) -> AsyncIterator[Page]:
    """Open the login; whatever the browser reports or refuses on the pages is a failure."""
    faults: list[str] = []
    context = await browser.new_context(viewport=size, **more)
    page = await context.new_page()
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.on("console", lambda message: faults.append(message.text))
    page.on("requestfailed", lambda request: _note_failed(request, faults))
    await page.goto(host.base_url.removesuffix("/ocpi") + "/console")
    yield page
    await context.close()
    assert faults == []


def _note_failed(request: Request, faults: list[str]) -> None:
    """Note a request that failed, unless the next page was opened before its answer came."""
    if request.failure != "net::ERR_ABORTED":
        faults.append(request.url)


async def log_in(page: Page, host: Served, name: str) -> None:
    """Log in with the keyboard alone: the field for the key has the focus."""
    _, secret = await host.platform.keys.create(name, {"*"})
    await page.locator("#key:focus").wait_for()
    await page.keyboard.type(secret)
    await page.keyboard.press("Enter")
    await page.wait_for_url("**/console/")


async def test_every_page_fits_a_phone_and_runs_nothing(browser: Browser, world: Furnished) -> None:
    async with opened(browser, world.cpo, PHONE, color_scheme="dark") as page:
        await log_in(page, world.cpo, "phone")
        assert await page.evaluate("getComputedStyle(document.body).backgroundColor") == (
            "rgb(14, 17, 22)"
        )
        hrefs = [href for href, _ in NAVIGATION]
        hrefs += [f"/console/partners/{world.pair.at_cpo.id}", "/console/objects?module=cdrs"]
        hrefs += [f"{hrefs[-2]}/end", f"{hrefs[-2]}/dialect", "/console/?refresh=60"]
        for href in [*hrefs, "/console/invite"]:
            await page.goto(page.url.partition("/console")[0] + href)
            assert await page.locator("h1").count() == 1, href
            for width in (1030, 900, 320, PHONE["width"]):
                await page.set_viewport_size({"width": width, "height": PHONE["height"]})
                wider = await page.evaluate("document.documentElement.scrollWidth - innerWidth")
                assert wider <= 0, (href, width)
            assert "run" not in (await page.title()).split(), href
            unnamed = page.locator("main :is(input:not([type=hidden]), select, textarea):not([id])")
            assert await unnamed.count() == 0, href
        for href in hrefs[:2]:
            await page.goto(page.url.partition("/console")[0] + href)
            await page.locator("main table.cards a").first.click()
            assert await page.locator("h1").count() == 1


async def test_the_keyboard_is_enough(browser: Browser, world: Furnished) -> None:
    async with opened(browser, world.cpo, DESKTOP) as page:
        await log_in(page, world.cpo, "keyboard")
        await page.keyboard.press("Tab")
        assert await page.locator(":focus").inner_text() == "Skip to content"
        await page.keyboard.press("Enter")
        await page.keyboard.press("Tab")
        assert await page.locator("main :focus").inner_text() == "Invite a partner"
        style = "getComputedStyle(document.activeElement).outlineStyle"
        assert await page.evaluate(style) == "solid"
        await page.keyboard.press("Enter")
        await page.locator("#name").focus()
        await page.keyboard.type("By keyboard")
        await page.keyboard.press("Enter")
        token = await page.locator(".secret").nth(1).inner_text()
        assert re.fullmatch(r"\S{20,}", token)
        await page.get_by_role("button", name="Log out").focus()
        await page.keyboard.press("Enter")
        await page.wait_for_url("**/console/login")


async def test_a_point_of_the_map_leads_to_its_location(browser: Browser, world: Furnished) -> None:
    async with opened(browser, world.cpo, DESKTOP) as page:
        await log_in(page, world.cpo, "map")
        await page.get_by_role("link", name="Map").click()
        await page.locator(".map").get_by_role("link", name="Atocha, Madrid").click()
        assert await page.locator("h1").inner_text() == "MAD-03"


async def test_the_focus_on_the_map_is_seen_on_a_phone(browser: Browser, world: Furnished) -> None:
    stroke = "getComputedStyle(document.querySelector('.map a:focus-visible .point')).stroke"
    other = "getComputedStyle(document.querySelector('.map a:not(:focus-visible) .point')).stroke"
    async with opened(browser, world.cpo, PHONE) as page:
        await log_in(page, world.cpo, "focus")
        await page.get_by_role("link", name="Map").click()
        await page.get_by_role("button", name="Show").focus()
        await page.keyboard.press("Tab")
        assert await page.evaluate(stroke) != await page.evaluate(other)


async def test_a_long_name_does_not_widen_pages(browser: Browser, world: Furnished) -> None:
    made = await world.cpo.platform.issue_token_a("W" * 255)
    async with opened(browser, world.cpo, PHONE) as page:
        await log_in(page, world.cpo, "long")
        for path in ("", "/withdraw", "/dialect"):
            root = page.url.partition("/console")[0]
            await page.goto(f"{root}/console/partners/{made.partner_id}{path}")
            assert await page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
    await world.cpo.platform.administration.withdraw(made.partner_id)


async def test_points_of_the_map_can_be_tapped_on_a_phone(
    browser: Browser, world: Furnished
) -> None:
    async with opened(browser, world.cpo, PHONE) as page:
        await log_in(page, world.cpo, "tap")
        await page.get_by_role("link", name="Map").click()
        await page.get_by_role("link", name=re.compile(r"^\d+ locations near")).first.click()
        boxes = await page.locator(".map a:visible").evaluate_all(_BOXES)
        assert len(boxes) >= 2
        for one, other in combinations(boxes, 2):
            apart = one["x"] + one["width"] / 2 - other["x"] - other["width"] / 2
            below = one["y"] + one["height"] / 2 - other["y"] - other["height"] / 2
            assert apart**2 + below**2 >= 23**2


async def test_fields_of_filters_do_not_overlap(browser: Browser, world: Furnished) -> None:
    async with opened(browser, world.cpo, {"width": 1366, "height": 900}) as page:
        await log_in(page, world.cpo, "filter")
        for width in (1366, 1000, 700, 390):
            await page.set_viewport_size({"width": width, "height": 900})
            await page.goto(page.url.partition("/console")[0] + "/console/messages")
            boxes = await page.locator(".filter :is(input, select, button)").evaluate_all(_BOXES)
            assert len(boxes) == 6
            for one, other in combinations(boxes, 2):
                apart = any(
                    first[end] <= second[start]
                    for start, end in (("left", "right"), ("top", "bottom"))
                    for first, second in ((one, other), (other, one))
                )
                assert apart, (width, one, other)


async def test_all_modules_are_seen_on_a_phone(browser: Browser, world: Furnished) -> None:
    async with opened(browser, world.cpo, PHONE) as page:
        await log_in(page, world.cpo, "modules")
        await page.get_by_role("link", name="Objects").click()
        boxes = await page.locator(".tabs a").evaluate_all(_BOXES)
        assert len(boxes) >= 5
        assert max(each["right"] for each in boxes) <= PHONE["width"]


async def test_one_of_many_partners_is_found_by_keyboard(browser: Browser, tmp_path: Path) -> None:
    async with served(tmp_path, CPO, console=ENABLED) as host:
        for number in range(120):
            await host.platform.partners.add_source(f"Feed {number:03}", f"feed-{number:03}")
        async with opened(browser, host, PHONE) as page:
            await log_in(page, host, "many")
            root = page.url.partition("/console")[0]
            for path, field in (("messages", "partner"), ("objects", "whose")):
                await page.goto(f"{root}/console/{path}")
                await page.locator(f"#{field}").focus()
                await page.keyboard.type("feed 11")
                await page.keyboard.press("Enter")
                await page.get_by_role("link", name="Feed 117").focus()
                await page.keyboard.press("Enter")
                await page.wait_for_url(f"**{field}=feed-117**")
                assert await page.locator(f"#{field}").input_value() == "Feed 117"
                assert await page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0


async def test_bullets_are_beside_the_first_line_of_links(
    browser: Browser, world: Furnished
) -> None:
    async with opened(browser, world.cpo, PHONE) as page:
        await log_in(page, world.cpo, "bullets")
        await page.get_by_role("link", name="Map").click()
        # A link that is a box has one, and its bullet is beside the last of its lines.
        lines = "all => all.map(each => each.getClientRects().length)"
        assert max(await page.locator(".list a").evaluate_all(lines)) > 1
