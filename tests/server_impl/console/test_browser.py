"""The console in a browser: on a phone, by keyboard, light and dark, and without scripts."""

import os
import re
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page, async_playwright

from ocpi_server.console.pages import NAVIGATION
from tests.server_impl.console.furnished import Furnished
from tests.server_impl.pair import Served

CHROMIUM = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
PHONE, DESKTOP = {"width": 390, "height": 844}, {"width": 1280, "height": 900}

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
    page.on("requestfailed", lambda request: faults.append(request.url))
    await page.goto(host.base_url.removesuffix("/ocpi") + "/console")
    yield page
    await context.close()
    assert faults == []


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
            wider = await page.evaluate("document.documentElement.scrollWidth - innerWidth")
            assert wider <= 0, href
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
        await page.get_by_role("link", name="Atocha, Madrid").click()
        assert await page.locator("h1").inner_text() == "MAD-03"
