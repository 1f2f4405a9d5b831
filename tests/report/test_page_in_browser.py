"""The page as a reader has it: in a real Chromium, wide and narrow, light and dark."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import ROOT
from tests.report.claims_tables import build
from tests.report.page_parts import SVG, write
from ticketscope.claims import judge
from ticketscope.report.page import FIGURES

PUBLISHED = sorted(ROOT.glob("docs/results/study/*/index.html"))
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="no Chromium (Debian's package chromium)")


@pytest.fixture(scope="module")
def path(tmp_path_factory) -> Path:
    return write(tmp_path_factory.mktemp("page"))


@pytest.fixture(scope="module")
def browser() -> Iterator:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        # Root, as in containers, has no sandbox.
        found = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield found
        found.close()


@pytest.fixture(params=[1280, 390])
def page(request, browser, path) -> Iterator:
    """The page, opened; whatever it complains of or asks for is in `page.heard`."""
    context = browser.new_context(viewport={"width": request.param, "height": 900})
    opened = context.new_page()
    opened.heard = []
    opened.on("console", lambda message: opened.heard.append(message.text))
    opened.on("pageerror", lambda error: opened.heard.append(str(error)))
    opened.on("request", lambda asked: opened.heard.append(asked.url))
    opened.goto(path.as_uri())
    yield opened
    context.close()


def test_nothing_leaves_the_page_and_nothing_goes_wrong(page, path):
    page.wait_for_timeout(100)
    leaving = [said for said in page.heard if not said.startswith("data:")]
    assert leaving == [path.as_uri()]


def test_every_link_leads_somewhere(page, path):
    links = page.eval_on_selector_all("a[href]", "all => all.map(a => a.getAttribute('href'))")
    assert len(links) > 30
    for link in links:
        if link.startswith("#"):
            assert page.locator(f'[id="{link[1:]}"]').count() == 1, link
        else:
            assert (path.parent / link).is_file(), link


def test_nothing_is_wider_than_the_window_and_pictures_are_drawn(page):
    width = page.viewport_size["width"]
    assert page.evaluate("document.documentElement.scrollWidth") == width
    drawn = page.evaluate(
        """() => Promise.all([...document.images].map(async (image) => {
            image.loading = "eager";
            await image.decode();
            return image.naturalWidth;
        }))"""
    )
    assert drawn == [900] * 6


def test_a_whole_page_has_at_most_fifteen_screens_before_anything_is_unfolded(browser, tmp_path):
    """All figures, as high as most of the real ones, and all claims."""
    every = [name for shown, _ in FIGURES.values() for name in shown]
    tables = build(1, seeds=(1, 2, 3), ks=range(1, 4), layers=2)
    svg = SVG.replace("225", "525")
    path = write(tmp_path, figures=every, svg=svg, claims=judge(tables)[0])
    context = browser.new_context(viewport={"width": 1280, "height": 800})
    page = context.new_page()
    page.goto(path.as_uri())
    assert page.evaluate("document.documentElement.scrollHeight") <= 15 * 800
    page.evaluate("for (const fold of document.querySelectorAll('details')) fold.open = true")
    assert page.evaluate("document.documentElement.scrollHeight") > 30 * 800
    context.close()


@pytest.mark.parametrize("published", PUBLISHED, ids=lambda path: path.parent.name)
def test_a_published_page_has_at_most_fifteen_screens_too(browser, published):
    """A real experiment's: its figures as high, its seeds and parts as many as they are."""
    context = browser.new_context(viewport={"width": 1280, "height": 800})
    page = context.new_page()
    page.goto(published.as_uri())
    assert page.evaluate("document.documentElement.scrollHeight") <= 15 * 800
    context.close()


def test_a_wide_table_scrolls_inside_its_own_box(page):
    page.evaluate("for (const fold of document.querySelectorAll('details')) fold.open = true")
    width = page.viewport_size["width"]
    assert page.evaluate("document.documentElement.scrollWidth") == width
    # Tables alone may be wider than the window, and then their box scrolls.
    cut = page.evaluate(
        """() => [...document.querySelectorAll("table")].filter(
            (table) => table.scrollWidth > table.closest(".scroll").clientWidth
                && getComputedStyle(table.closest(".scroll")).overflowX !== "auto").length"""
    )
    assert cut == 0
    if width == 390:
        wide = "t => t.scrollWidth > t.closest('.scroll').clientWidth"
        assert page.locator("#tickets table.sortable").evaluate(wide)


def test_every_table_sorts_by_every_column_both_ways(page):
    page.evaluate("for (const fold of document.querySelectorAll('details')) fold.open = true")
    for number in range(page.locator("table.sortable").count()):
        table = page.locator("table.sortable").nth(number)
        for column in range(table.locator("th").count()):
            button = table.locator("th button").nth(column)
            for direction in ("ascending", "descending"):
                button.click()
                assert table.locator("th[aria-sort]").count() == 1
                assert table.locator("th").nth(column).get_attribute("aria-sort") == direction
                cells = [row[column] for row in rows(table)]
                filled = [cell for cell in cells if cell]
                assert cells[: len(filled)] == filled  # gaps come last
                keys = [key(cell, filled) for cell in filled]
                assert keys == sorted(keys, reverse=direction == "descending")


def rows(table) -> list[list[str]]:
    return table.evaluate(
        "t => [...t.tBodies[0].rows].map(r => [...r.cells].map(c => c.innerText.trim()))"
    )


def key(cell: str, column: list[str]):
    """Numbers by value, tickets by number, text by letters."""
    if all(begins(other) is not None for other in column):
        return begins(cell)
    if all(other.startswith("LTH") for other in column):
        return int(cell[3:])
    return cell.casefold()


def begins(cell: str) -> float | None:
    """The number that a cell begins with."""
    first = cell.split(" ")[0].split(",")[0].rstrip("*")
    try:
        return float(first)
    except ValueError:
        return None


def test_claims_are_filtered_by_verdict_and_a_link_brings_a_hidden_one_back(page):
    page.get_by_label("✗ contradicted").check()
    visible = page.locator("tr[data-verdict]:visible")
    assert visible.count() == 1 and visible.get_attribute("id") == "claim-fc"
    page.evaluate("location.hash = 'claim-bleu'")
    page.locator("#claim-bleu").wait_for(state="visible")
    assert visible.count() == 1  # the other folds are closed
    assert visible.get_attribute("id") == "claim-bleu"


def test_a_link_to_a_rule_opens_it(page):
    page.locator("a[href='#rule-plot_bleu']").first.click()
    page.locator("#rule-plot_bleu pre").wait_for(state="visible")


def test_it_can_be_used_by_keyboard(page):
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.locator("table.sortable th button").first.focus()
    page.keyboard.press("Enter")
    assert page.locator("table.sortable th").first.get_attribute("aria-sort") == "ascending"
    # What scrolls sideways can be reached, so that arrow keys scroll it.
    assert page.locator(".scroll:not([tabindex='0'])").count() == 0


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_text_stands_out_from_its_background(browser, path, scheme):
    context = browser.new_context(color_scheme=scheme)
    page = context.new_page()
    page.goto(path.as_uri())
    colours = page.evaluate(
        """() => ['p', '.note', 'a', '.verdict[data-verdict=supported]',
                  '.verdict[data-verdict=contradicted]'].map(
            (what) => getComputedStyle(document.querySelector(`main ${what}`)).color)"""
    )
    background = page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert (luminance(background) > 0.5) == (scheme == "light")
    for colour in colours:
        bright, dark = sorted([luminance(colour), luminance(background)], reverse=True)
        assert (bright + 0.05) / (dark + 0.05) >= 4.5, colour  # WCAG 2.1, AA
    context.close()


def luminance(colour: str) -> float:
    """Relative luminance of an rgb(...) colour (WCAG 2.1)."""
    parts = [int(part) / 255 for part in colour.removeprefix("rgb(").removesuffix(")").split(",")]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
