"""The pages in a real browser, at desktop and at phone width: flows, keyboard, accessibility, nothing from
outside.

Needs Chromium from the system and the packages of the test extra; without them these tests are skipped and
say so.
"""

from __future__ import annotations

import shutil
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
import uvicorn
from fakes_server import GUANGXI, SHANXI, FakeIndex, FakeLibrary, fake_ask, fake_search
from test_server_api import QUESTION

from server.app import create_app
from server.service import Service
from server.settings import Settings

playwright_api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")

expect = playwright_api.expect
CHROMIUM = next(
    (found for name in ("chromium", "chromium-browser", "google-chrome") if (found := shutil.which(name))),
    None,
)
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine (apt-get install chromium)")

SIZES = {"desktop": (1280, 860), "phone": (390, 844)}
PAGES = (
    "/",
    f"/?q={quote(QUESTION)}",
    f"/?q={quote('明天天气怎么样')}",
    f"/?q={quote('山西和广西的医疗服务体系')}",
    "/documents",
    f"/documents/{SHANXI}#1.3-1",
    f"/documents/{GUANGXI}?find={quote('检查')}",
    "/duties",
    f"/duties?department={quote('省卫生计生委')}",
    "/targets",
    f"/compare?topic={quote('医疗服务体系')}&document={SHANXI}&document={GUANGXI}",
    "/quality",
    "/docs",
    "/documents/none",
)


@contextmanager
def running(app: Any) -> Iterator[str]:
    """The address of an app served on a free port of this machine."""
    server = uvicorn.Server(uvicorn.Config(app, port=0, log_level="error", lifespan="off"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    deadline = time.monotonic() + 20
    while not server.started and time.monotonic() < deadline:
        time.sleep(0.02)
    port = server.servers[0].sockets[0].getsockname()[1]
    yield f"http://127.0.0.1:{port}"
    server.should_exit = True
    thread.join(10)


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A server over the fakes."""
    service = Service(FakeLibrary(), FakeIndex, ask=fake_ask, search=fake_search)
    with running(create_app(service, Settings(home=tmp_path_factory.mktemp("home"), requests_per_minute=0))) as found:
        yield found


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with playwright_api.sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield chromium
        chromium.close()


@pytest.fixture(params=list(SIZES))
def size(request: pytest.FixtureRequest) -> dict[str, int]:
    width, height = SIZES[request.param]
    return {"width": width, "height": height}


def open_page(browser: Any, size: dict[str, int], **options: Any) -> Any:
    """A page in a fresh context of Chinese readers, which collects errors and addresses asked for."""
    context = browser.new_context(viewport=size, locale="zh-CN", **options)
    context.set_default_timeout(10_000)
    page = context.new_page()
    page.problems = []
    page.asked = []
    page.on("console", lambda message: page.problems.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: page.problems.append(str(error)))
    page.on("dialog", lambda dialog: (page.problems.append("dialog"), dialog.dismiss()))
    page.on("request", lambda request: page.asked.append(request.url))
    return page


def complaints(page: Any, name: str) -> list[str]:
    """What axe finds on a page as it stands, and whether it is wider than the screen."""
    axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="axe is not installed").Axe()
    tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
    page.evaluate("scrollTo(0, 0)")  # nothing may lie under the bar
    found = axe.run(page, options={"runOnly": {"type": "tag", "values": tags}})
    told = [
        f"{name}: {v['id']} {[node['html'][:120] for node in v['nodes'][:3]]}" for v in found.response["violations"]
    ]
    wide = page.evaluate("document.documentElement.scrollWidth") > page.viewport_size["width"]
    return [*told, *([f"{name}: wider than the screen"] if wide else [])]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_page_is_accessible_and_fits(browser: Any, address: str, size: dict[str, int], scheme: str) -> None:
    """axe finds nothing, nothing is wider than the screen, no error is logged, no other host is asked."""
    page = open_page(browser, size, color_scheme=scheme)
    told: list[str] = []
    for path in PAGES:
        page.goto(address + path)
        page.evaluate("document.querySelectorAll('details').forEach((each) => { each.open = true; })")
        told += complaints(page, path)
    assert told == []
    assert [text for text in page.problems if "404" not in text] == []
    assert {asked.split("/")[2] for asked in page.asked} == {address.split("/")[2]}
    page.context.close()


def test_asking_works_with_script(browser: Any, address: str, size: dict[str, int]) -> None:
    """Enter answers in place, tells screen readers, sets the address, remembers; Back returns."""
    page = open_page(browser, size)
    page.goto(address + "/")
    page.fill("#q", QUESTION)
    page.press("#q", "Enter")
    page.wait_for_selector(".answer mark")
    assert page.inner_text(".answer mark") == "实现主营业务收入430亿元"
    assert "找到答案" in (page.text_content("#status") or "")
    assert quote(QUESTION) in page.url
    page.go_back()
    page.wait_for_selector("#recent:not([hidden]) a")
    assert page.inner_text("#recent a") == QUESTION
    page.click("[data-clear]")
    assert page.evaluate("localStorage.length") == 0
    assert page.problems == []
    page.context.close()


def test_asking_works_without_script(browser: Any, address: str, size: dict[str, int]) -> None:
    """A plain form: the same answer, the document, and back; buttons that need script are not shown."""
    page = open_page(browser, size, java_script_enabled=False)
    page.goto(address + "/")
    page.fill("#q", QUESTION)
    page.click(".ask button[type=submit]")
    assert page.inner_text(".answer mark") == "实现主营业务收入430亿元"
    assert page.locator("button[data-copy]:visible").count() == 0
    page.click(".card h3 a")
    assert page.locator(".clause:target").count() == 1
    page.context.close()


def test_an_example_leads_to_an_answer(browser: Any, address: str, size: dict[str, int]) -> None:
    """The first example is a link that answers."""
    page = open_page(browser, size)
    page.goto(address + "/")
    page.click(".examples a >> nth=0")
    page.wait_for_selector(".answer mark")
    page.context.close()


def test_the_keyboard_is_enough(browser: Any, address: str) -> None:
    """/ goes to the box, the arrows through the cards, Enter opens one."""
    page = open_page(browser, {"width": 1280, "height": 860})
    page.goto(f"{address}/?q={quote(QUESTION)}")
    page.keyboard.press("/")
    assert page.evaluate("document.activeElement.id") == "q"
    page.keyboard.press("ArrowDown")
    assert page.evaluate("document.activeElement.id") == "source-1"
    page.keyboard.press("ArrowUp")
    assert page.evaluate("document.activeElement.id") == "q"
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/documents/{SHANXI}*")
    page.context.close()


def test_a_citation_is_copied(browser: Any, address: str, size: dict[str, int]) -> None:
    """The words with their place, and the button says that it was done."""
    page = open_page(browser, size, permissions=["clipboard-read", "clipboard-write"])
    page.goto(f"{address}/?q={quote(QUESTION)}")
    page.click(".card .actions button[data-copy]")
    expect(page.locator(".card .actions button[data-copy]")).to_have_text("已复制")
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied.startswith("《山西省")
    assert copied.endswith("：“实现主营业务收入430亿元”")
    page.click(".answer button[data-copy-link]")
    page.wait_for_function("document.querySelector('.answer button[data-copy-link]').textContent === '已复制'")
    assert page.evaluate("navigator.clipboard.readText()") == page.url
    page.context.close()


def test_a_cited_clause_is_marked_on_arrival(browser: Any, address: str, size: dict[str, int]) -> None:
    """The link of the answer brings the clause into view, below the bar, set off from the others."""
    page = open_page(browser, size)
    page.goto(f"{address}/?q={quote(QUESTION)}")
    page.click(".answer .from a")
    page.wait_for_selector(".clause:target")
    box = page.locator(".clause:target").bounding_box()
    assert box is not None
    assert 50 <= box["y"] < size["height"]
    assert page.inner_text(".clause:target mark") == "实现主营业务收入430亿元"
    colours = "[...document.querySelectorAll('.clause')].map(c => getComputedStyle(c).borderLeftColor)"
    assert len(set(page.evaluate(colours))) == 2
    page.context.close()


@pytest.mark.parametrize("place", ["1.3-1", ""], ids=["clause and words", "words alone"])
def test_a_text_fragment_marks_the_clause_too(browser: Any, address: str, size: dict[str, int], place: str) -> None:
    """A link made by a browser's own "copy link to highlight" brings its clause into view and sets it off."""
    page = open_page(browser, size)
    page.goto(f"{address}/documents/{SHANXI}#{place}:~:text={quote('实现主营业务收入430亿元')}")
    marked = page.locator(".clause:target, .clause:has(:target)")
    expect(marked).to_have_count(1)
    assert marked.get_attribute("id") == "1.3-1"
    expect(marked).to_be_in_viewport()
    colours = "[...document.querySelectorAll('.clause')].map(c => getComputedStyle(c).borderLeftColor)"
    assert len(set(page.evaluate(colours))) == 2
    page.context.close()


def test_a_citation_comes_in_three_forms(browser: Any, address: str, size: dict[str, int]) -> None:
    """Each with its own button; without script they can be read and selected."""
    plain = open_page(browser, size, java_script_enabled=False)
    plain.goto(f"{address}/?q={quote(QUESTION)}")
    plain.click(".cites summary >> nth=0")
    assert plain.locator(".cites dd:visible").count() == 3
    assert plain.locator(".cites button:visible").count() == 0
    plain.context.close()
    page = open_page(browser, size, permissions=["clipboard-read", "clipboard-write"])
    page.goto(f"{address}/?q={quote(QUESTION)}")
    page.click(".cites summary >> nth=0")
    for row, begins in enumerate(
        ("《山西省", "山西省促进医药产业健康发展实施方案[Z/OL]. ", "> 实现主营业务收入430亿元\n>\n> ——[")
    ):
        button = page.locator(".cites").first.locator("button").nth(row)
        button.click()
        expect(button).to_have_text("已复制")
        assert page.evaluate("navigator.clipboard.readText()").startswith(begins)
    assert page.problems == []
    page.context.close()


def test_a_follow_up_question_keeps_the_first(browser: Any, address: str, size: dict[str, int]) -> None:
    """The second box sends what was asked before along."""
    page = open_page(browser, size)
    page.goto(f"{address}/?q={quote(QUESTION)}")
    page.fill("#follow", "那广西呢")
    page.press("#follow", "Enter")
    expect(page.locator("#q")).to_have_value("那广西呢")
    assert f"previous={quote(QUESTION)}" in page.url
    page.context.close()


def test_filters_narrow_the_answer(browser: Any, address: str, size: dict[str, int]) -> None:
    """A chosen region stays chosen in the next page and is in its address."""
    page = open_page(browser, size)
    page.goto(f"{address}/?q={quote('医疗机构检查结果互认')}")
    page.click(".filters summary")
    page.select_option("select[name=region]", "广西")
    page.click(".ask button[type=submit]")
    page.wait_for_url("**region=**")
    expect(page.locator("select[name=region]")).to_have_value("广西")
    assert {"广西"} == {text.split(" ")[0] for text in page.locator(".crumbs a").all_inner_texts()}
    page.context.close()


def test_print_shows_the_text_alone(browser: Any, address: str) -> None:
    """Bar, outline, forms and buttons are not printed; the clauses are."""
    page = open_page(browser, {"width": 1280, "height": 860})
    page.goto(f"{address}/documents/{SHANXI}")
    page.emulate_media(media="print")
    for selector in (".bar", ".side", ".find", ".clause-tools", ".foot"):
        assert not page.locator(selector).first.is_visible()
    assert page.locator(".clause").first.is_visible()
    page.context.close()


def test_the_outline_goes_where_it_says(browser: Any, address: str, size: dict[str, int], tmp_path: Path) -> None:
    """Beside the text on a wide screen, folded above it on a narrow one."""
    page = open_page(browser, size)
    page.goto(f"{address}/documents/{SHANXI}")
    if size["width"] < 960:
        page.click(".narrow-only summary")
    page.locator(".outline-list a:visible", has_text="紧密衔接医改").first.click()
    page.wait_for_selector("[id='2.5']:target")
    page.context.close()


RULES = "某市公共厕所管理办法\n\n第一条 为了加强公共厕所管理，制定本办法。\n\n第二条 公共厕所应当免费开放。\n"


@contextmanager
def real_server(home: Path) -> Iterator[str]:
    """A server over a new library of the shipped documents, which can be changed."""
    from server.changes import LibraryChanges
    from server.console import open_both
    from server.wiring import service_over

    library, _ = open_both(home)
    app = create_app(service_over(home), Settings(home=home), changes=LibraryChanges(home, library))
    with running(app) as found:
        yield found


@pytest.mark.parametrize("script", [True, False], ids=["script", "plain"])
def test_a_document_is_added_and_removed(browser: Any, size: dict[str, int], script: bool, tmp_path: Path) -> None:
    """With script it is looked at and its title corrected first; without it the form adds it; both can undo."""
    rules = tmp_path / "办法.txt"
    rules.write_text(RULES, encoding="utf-8")
    with real_server(tmp_path / "home") as at:
        page = open_page(browser, size, java_script_enabled=script)
        page.goto(f"{at}/documents")
        page.set_input_files("input[type=file]", str(rules))
        if script:
            title = page.locator(".review input").first
            expect(title).to_have_value("某市公共厕所管理办法")
            assert complaints(page, "review") == []
            title.fill("某市公厕管理办法")
            page.click(".review button.primary")
            page.click(".review .reason a")
        else:
            page.click(".upload button[type=submit]")
            page.wait_for_selector("text=已完成")
            page.click(".rows a")
        expect(page.locator("h1")).to_have_text("某市公厕管理办法" if script else "某市公共厕所管理办法")
        page.click("a[href$='/remove']")
        told = complaints(page, "remove") if script else []
        page.click("button.primary")
        page.wait_for_selector("text=已完成")
        told += complaints(page, "job") if script else []
        assert told == []
        page.goto(f"{at}/documents")
        expect(page.locator(".rows")).to_contain_text("某市公厕管理办法" if script else "某市公共厕所管理办法")
        page.click("button:has-text('恢复')")
        page.wait_for_selector("text=已完成")
        page.goto(f"{at}/documents")
        assert page.locator(".library > .card").count() == 3
        page.context.close()


def test_several_files_are_dropped_at_once(browser: Any, size: dict[str, int], tmp_path: Path) -> None:
    """Each is looked at by itself: one is added, one left out, and one that cannot be read says why."""
    drop = """(files) => {
        const carried = new DataTransfer();
        for (const [name, text] of files) carried.items.add(new File([text], name));
        document.querySelector('.drop').dispatchEvent(new DragEvent('drop', { dataTransfer: carried, bubbles: true }));
    }"""
    with real_server(tmp_path / "home") as at:
        page = open_page(browser, size)
        page.goto(f"{at}/documents")
        page.evaluate(drop, [["办法.txt", RULES], ["其他.md", RULES.replace("厕所", "浴室")], ["空.txt", ""]])
        cards = page.locator(".review > li")
        expect(cards).to_have_count(3)
        expect(page.locator(".review button.primary")).to_have_count(2)
        expect(cards.filter(has_text="空.txt").locator(".reason")).not_to_be_empty()
        cards.filter(has_text="其他.md").get_by_role("button", name="不加入").click()
        expect(cards).to_have_count(2)
        cards.filter(has_text="办法.txt").get_by_role("button", name="确认加入").click()
        expect(cards.filter(has_text="办法.txt").locator(".reason a")).to_be_visible()
        page.reload()
        expect(page.locator(".library > .card h2")).to_have_count(3)
        assert [text for text in page.problems if "422" not in text] == []
        page.context.close()


def test_a_key_opens_the_changes(browser: Any, address: str, size: dict[str, int], tmp_path: Path) -> None:
    """Without it the page only says where to show it; the browser then sends it with forms and scripts alike."""
    from server.keys import KeyRing

    home = tmp_path / "home"
    _, secret = KeyRing(home).create("编辑", "write")
    rules = tmp_path / "办法.txt"
    rules.write_text(RULES, encoding="utf-8")
    with real_server(home) as at:
        page = open_page(browser, size)
        page.goto(f"{at}/documents")
        assert page.locator(".upload").count() == 0
        assert page.get_by_role("link", name="我有密钥").is_visible()
        assert complaints(page, "no key") == []
        page.context.close()
        page = open_page(browser, size, http_credentials={"username": "x", "password": secret})
        page.goto(f"{at}/documents")
        page.get_by_role("link", name="我有密钥").click()
        page.set_input_files("input[type=file]", str(rules))
        page.click(".review button.primary")
        page.click(".review .reason a")
        expect(page.locator("h1")).to_have_text("某市公共厕所管理办法")
        page.context.close()
