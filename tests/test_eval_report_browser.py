"""The report in a real browser: its filters narrow the errors, nothing overflows a phone, no script fails.

Needs Chromium from the system and the packages of the test extra; without them these tests are skipped and
say so.
"""

import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from test_eval_report import clause_of, report

from eval.report import write_html

playwright_api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")

expect = playwright_api.expect
CHROMIUM = next(
    (found for name in ("chromium", "chromium-browser", "google-chrome") if (found := shutil.which(name))),
    None,
)
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine (apt-get install chromium)")


@pytest.fixture
def page(tmp_path: Path) -> Iterator[Any]:
    """A report of eight questions, six of them wrong, with an ability that is not all right; open at phone width."""
    whole = report()
    ability = {"n": 2, "right": 1, "precision": None, "recall": None, "wrong": ["甲: missing 乙"]}
    whole = replace(whole, summary={**whole.summary, "abilities": {"duties": ability}})
    path = tmp_path / "report.html"
    write_html(path, [report("lexical", asking=False), whole], clause_of)
    with playwright_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"])
        opened = browser.new_page(viewport={"width": 390, "height": 844})
        failed: list[str] = []
        opened.on("pageerror", lambda error: failed.append(str(error)))
        opened.goto(path.as_uri())
        yield opened
        browser.close()
    assert failed == []


def test_the_filters_narrow_the_errors(page: Any) -> None:
    """By what went wrong, by kind and by words, alone and together; the abilities' faults are no part of it."""
    errors = page.locator("details[data-category]:visible")
    expect(page.locator("#shown")).to_have_text("6 shown")
    page.select_option("#kind", "everyday")
    expect(page.locator("#shown")).to_have_text("3 shown")
    page.fill("#words", "抓药")
    expect(errors).to_have_count(1)
    page.select_option("#category", "right clause not found")
    expect(page.locator("#shown")).to_have_text("0 shown")
    expect(page.get_by_text("duties: not right")).to_be_visible()


def test_an_error_shows_what_was_expected_among_what_came(page: Any) -> None:
    """Opened, a question names the clause that was wanted and marks it where it came too low."""
    near = page.locator("details", has=page.get_by_text("near", exact=True))
    near.locator("summary").click()
    expect(near.get_by_text("search has the right clause at rank 3")).to_be_visible()
    expect(near.locator(".clause.wanted")).to_have_count(1)


def test_the_page_fits_a_phone(page: Any) -> None:
    """Wide tables scroll within themselves, the page never sideways."""
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
