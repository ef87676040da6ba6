"""The page of a report in a browser: expand, search, filter, and nothing that a peer sent runs."""

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from ocpi_conformance.reports import render
from tests.conformance.reports.sample_reports import HOSTILE, report_of

CHROMIUM = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
SIZES = {"phone": {"width": 390, "height": 800}, "desktop": {"width": 1280, "height": 900}}

pytestmark = pytest.mark.skipif(
    CHROMIUM is None, reason="No chromium found; install the package chromium, or set CHROMIUM."
)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture
def opened(browser: Browser, tmp_path: Path) -> Iterator[Callable[..., Page]]:
    faults: list[str] = []
    pages: list[Page] = []

    def open_page(count: int, *, text: str = "", size: str = "desktop", dark: bool = False) -> Page:
        file = tmp_path / "report.html"
        file.write_bytes(render(report_of(count, text=text), "html"))
        scheme = "dark" if dark else "light"
        page = browser.new_page(viewport=SIZES[size], color_scheme=scheme)  # type: ignore[arg-type]
        pages.append(page)
        page.on("pageerror", lambda error: faults.append(str(error)))
        page.on("console", lambda message: faults.append(message.text))
        page.goto(file.as_uri())
        page.on("request", lambda asked: faults.append(asked.url))
        return page

    yield open_page
    for page in pages:
        page.close()
    assert faults == []


def _shown(page: Page) -> int:
    return page.locator(".finding:visible").count()


def test_a_finding_expands_by_click_and_by_key(opened: Callable[..., Page]) -> None:
    page = opened(6)
    first, second = page.locator(".finding").nth(0), page.locator(".finding").nth(1)
    assert not first.locator(".about").is_visible()
    first.locator("summary").first.click()
    assert first.locator(".about").is_visible()
    assert "curl -i -X GET" in first.locator(".curl:visible").inner_text()
    first.locator("pre.body:visible .key").first.wait_for()
    assert first.locator("pre.body:visible .number").first.inner_text() == "1000"
    second.locator("summary").first.focus()
    page.keyboard.press("Enter")
    assert second.locator(".about").is_visible()
    page.click("#close")
    assert page.locator(".finding[open]").count() == 0
    page.click("#open")
    assert page.locator(".finding[open]").count() == 6


def test_search_finds_what_every_word_is_in(opened: Callable[..., Page]) -> None:
    page = opened(6)
    page.keyboard.press("/")
    page.keyboard.type("loc-4  PAGE")
    expect(page.locator("#count")).to_have_text("2 of 6")
    assert _shown(page) == 2
    page.fill("#search", "nowhere")
    page.locator("#nothing").wait_for()
    assert _shown(page) == 0
    page.keyboard.press("Escape")
    assert _shown(page) == 6


def test_filters_for_severity_module_and_rule_add_up(opened: Callable[..., Page]) -> None:
    page = opened(40)
    page.select_option("#severity", "error")
    errors = _shown(page)
    assert 0 < errors < 40
    assert page.locator(".finding:visible .badge").all_inner_texts() == ["error"] * errors
    page.select_option("#module", "tariffs")
    both = page.locator(".finding:visible")
    assert 0 < both.count() < errors
    rule = both.first.get_attribute("data-rules") or ""
    page.select_option("#rule", rule)
    assert {one.get_attribute("data-rules") for one in both.all()} == {rule}
    page.click("#reset")
    expect(page.locator("#count")).to_have_text("40")
    page.select_option("#severity", "accepted")
    assert _shown(page) == 1


@pytest.mark.parametrize(("count", "size"), [(0, "phone"), (6, "desktop"), (500, "phone")])
def test_nothing_is_wider_than_the_window(
    count: int, size: str, opened: Callable[..., Page]
) -> None:
    page = opened(count, size=size, dark=True)
    if count:
        page.locator(".finding > summary").first.click()
    wider = page.evaluate("document.documentElement.scrollWidth - innerWidth")
    assert wider <= 0
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(17, 21, 27)"


def test_what_a_peer_sent_does_not_run(opened: Callable[..., Page]) -> None:
    page = opened(3, text=HOSTILE, size="phone")
    page.click("#open")
    assert page.evaluate("window.hit") is None
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
    assert page.locator("script").count() == 1
    assert page.locator("img").count() == 0


def test_print_shows_findings_that_are_closed(opened: Callable[..., Page]) -> None:
    page = opened(6)
    page.emulate_media(media="print")
    assert not page.locator("#filter").is_visible()
    assert page.locator(".finding .about").nth(5).evaluate("one => one.checkVisibility()")
