"""The pages as HTML: what they say without script, in both languages, and that hostile text stays text."""

from __future__ import annotations

import dataclasses
import re
from html import unescape
from pathlib import Path
from urllib.parse import quote

import pytest
from fakes_server import GUANGXI, SHANXI, FakeIndex, FakeLibrary, fake_ask, fake_search
from starlette.testclient import TestClient
from test_server_api import QUESTION, make_client
from test_server_changes import InMemoryChanges

from server import pages_browse
from server.app import create_app
from server.keys import KeyRing
from server.service import Service
from server.settings import Settings

PAGES = (
    "/",
    f"/?q={QUESTION}",
    "/?q=明天天气怎么样",
    "/documents",
    f"/documents/{SHANXI}",
    f"/documents/{GUANGXI}?find=检查",
    "/duties",
    "/duties?department=省卫生计生委",
    "/targets",
    "/compare",
    f"/compare?topic=医疗服务体系&document={SHANXI}&document={GUANGXI}",
    "/docs",
)


@pytest.mark.parametrize("path", PAGES)
@pytest.mark.parametrize("lang", ["zh", "en"])
def test_every_page_stands_alone(tmp_path: Path, path: str, lang: str) -> None:
    """No inline script or style, no outside address, one h1, a language, a title, no duplicate id."""
    joined = f"{path}{'&' if '?' in path else '?'}lang={lang}"
    response = make_client(tmp_path).get(joined)
    assert response.status_code == 200
    html = response.text
    assert f'<html lang="{"zh-CN" if lang == "zh" else "en"}">' in html
    assert len(re.findall("<h1", html)) == 1
    assert not re.search(r"<script(?![^>]*\bsrc=)", html)
    assert not re.search(r"<style|\sstyle=|\son[a-z]+=|javascript:", html)
    shown = re.sub(r"<pre.*?</pre>", "", html, flags=re.DOTALL)  # the example calls name this server
    assert not re.search(r"(?:src|href|action)=\"(?:https?:)?//", shown)
    ids = re.findall(r'\sid="([^"]+)"', html)
    assert len(ids) == len(set(ids))
    for label in re.findall(r'<label[^>]*for="([^"]+)"', html):
        assert label in ids
    for anchor in re.findall(r'href="#([^":]+)"', html):
        assert anchor in ids


def test_the_answer_comes_first_with_its_words_marked(tmp_path: Path) -> None:
    """The quoted words stand in a mark, in the answer and in the card, and the link leads to the clause."""
    html = make_client(tmp_path).get("/", params={"q": QUESTION}).text
    assert html.count("<mark>实现主营业务收入430亿元</mark>") == 2
    assert html.index('class="answer"') < html.index('class="sources"')
    assert f'href="/documents/{SHANXI}?mark=1.3-1%3A25-38#1.3-1"' in html
    assert f'value="{QUESTION}"' in html


def test_a_refusal_helps(tmp_path: Path) -> None:
    """It says so, gives the reason, and marks the nearest clauses as no answer."""
    html = make_client(tmp_path).get("/", params={"q": "明天天气怎么样"}).text
    assert "没有条款回答这个问题" in html
    assert "库里的文件没有谈到这件事" in html
    assert "相近，不回答此问" in html
    assert "<mark>" not in html


def test_every_clause_has_its_anchor(tmp_path: Path) -> None:
    """The address of each clause, with hyphens, is an id on the page; no character of the text is lost."""
    library = FakeLibrary()
    client = make_client(tmp_path, library)
    for name, document in library.held.items():
        html = client.get(f"/documents/{name}").text
        body = html.split('class="text"')[1].split('<p class="actions end">')[0]
        for clause in document.clauses:
            assert f'id="{clause.anchor}"' in html
        plain = re.sub(r'<p class="clause-tools">.*?</p>', "", body, flags=re.DOTALL)
        words = re.sub(r"\s", "", re.sub(r"<[^>]+>", "", plain.partition(">")[2]))
        assert words.replace("&amp;", "&") == re.sub(r"\s", "", document.text)


def test_duties_and_references_of_a_clause_are_links(tmp_path: Path) -> None:
    """A department in the bracket at the end leads to all its duties, in the language of the page."""
    page = make_client(tmp_path).get(f"/documents/{SHANXI}?lang=en").text
    assert f'href="/duties?department={quote("省卫生计生委")}&amp;lang=en">省卫生计生委</a>' in page
    assert '<span class="target">430亿元</span>' in page


def test_words_are_found_in_a_document(tmp_path: Path) -> None:
    """Each occurrence is marked, counted and linked; without one the page says so."""
    client = make_client(tmp_path)
    html = client.get(f"/documents/{GUANGXI}", params={"find": "检查"}).text
    assert html.count('<mark class="found">检查</mark>') == 2
    assert "出现 2 处" in html
    assert "文中没有“天气”" in client.get(f"/documents/{GUANGXI}", params={"find": "天气"}).text


@pytest.mark.parametrize(
    ("headers", "query", "lang"),
    [
        ({}, "", "zh-CN"),
        ({"accept-language": "en-US,en;q=0.9"}, "", "en"),
        ({"accept-language": "en"}, "?lang=zh", "zh-CN"),
        ({}, "?lang=en", "en"),
        ({}, "?lang=xx", "zh-CN"),
    ],
)
def test_the_address_wins_over_the_header(tmp_path: Path, headers: dict[str, str], query: str, lang: str) -> None:
    """?lang= first, then Accept-Language, then Chinese; and caches are told."""
    response = make_client(tmp_path).get(f"/{query}", headers=headers)
    assert f'<html lang="{lang}">' in response.text
    assert "Accept-Language" in response.headers["vary"]


def test_an_error_is_a_page_for_a_browser(tmp_path: Path) -> None:
    """With the status, what was not found, and the way back; JSON for everyone else."""
    client = make_client(tmp_path)
    page = client.get("/documents/hebei-2016", headers={"accept": "text/html"})
    assert page.status_code == 404
    assert page.headers["content-type"].startswith("text/html")
    assert "hebei-2016" in page.text
    assert client.get("/documents/hebei-2016").headers["content-type"] == "application/problem+json"


def test_hostile_documents_stay_text(tmp_path: Path) -> None:
    """Markup in titles, clauses and departments is shown, not obeyed."""
    library = FakeLibrary()
    evil = "<img src=x onerror=alert(1)>\"'&"
    document = library.held[SHANXI]
    text = document.text.replace("健全医疗服务体系", evil)
    clause = document.clauses[1]
    moved = len(evil) - len("健全医疗服务体系")
    hostile = dataclasses.replace(
        clause, text=clause.text.replace("健全医疗服务体系", evil), label=evil, path=(evil,), duties=()
    )
    node = document.nodes[-1]
    library.held[SHANXI] = dataclasses.replace(
        document,
        title=evil,
        text=text,
        clauses=(document.clauses[0], hostile),
        nodes=(*document.nodes[:-1], dataclasses.replace(node, end=node.end + moved)),
    )
    client = make_client(tmp_path, library)
    for path in (
        "/",
        "/documents",
        f"/documents/{SHANXI}",
        "/?q=医疗机构检查结果互认",
        f"/?q={evil}",
        "/duties",
    ):
        html = client.get(path).text
        assert "<img" not in html
        assert "onerror=alert(1)&gt;" in html or path == "/duties"


def test_an_original_is_only_ever_downloaded(tmp_path: Path) -> None:
    """The added bytes, as an attachment of no active type."""
    response = make_client(tmp_path).get(f"/documents/{SHANXI}/original")
    assert response.content == FakeLibrary().held[SHANXI].text.encode()
    assert response.headers["content-disposition"].startswith("attachment;")
    assert response.headers["content-type"] == "application/octet-stream"


@pytest.mark.parametrize("path", [path for path in (*PAGES, "/quality") if path not in ("/", "/compare")])
def test_a_page_has_a_json_twin(tmp_path: Path, path: str) -> None:
    """The page names it in its head, and it answers."""
    client = make_client(tmp_path)
    found = re.search(r'<link rel="alternate" type="application/json" href="([^"]+)">', client.get(path).text)
    assert found is not None
    response = client.get(unescape(found[1]))
    assert response.status_code == 200
    assert response.headers["content-type"] == "application/json"


def test_the_twin_of_an_answer_is_the_body_of_the_call(tmp_path: Path) -> None:
    """Question and filters alike."""
    client = make_client(tmp_path)
    twin = client.get("/ask.json", params={"q": QUESTION, "region": "山西"}).json()
    body = client.post("/api/v1/ask", json={"question": QUESTION, "region": "山西"}).json()
    assert {**twin, "took_ms": 0} == {**body, "took_ms": 0}
    assert client.get("/ask.json").status_code == 422


def test_long_lists_come_in_pages(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Targets and duties, with links to the pages around that keep what was chosen."""
    monkeypatch.setattr(pages_browse, "ROWS_AT_ONCE", 1)
    client = make_client(tmp_path)
    first = client.get("/duties", params={"department": "发展改革委"}).text
    assert 'rel="next"' in first
    assert 'rel="prev"' not in first
    onward = re.search(r'href="([^"]+)" rel="next"', first)
    assert onward is not None
    second = client.get(unescape(onward[1])).text
    assert 'rel="prev"' in second
    assert 'rel="next"' not in second
    assert "自治区发展改革委</h1>" not in second
    assert GUANGXI in second


def test_only_holders_of_a_key_are_shown_how_to_change(tmp_path: Path) -> None:
    """Others see where to show theirs; then the browser has it and is sent back."""
    service = Service(FakeLibrary(), FakeIndex, ask=fake_ask, search=fake_search)
    app = create_app(service, Settings(home=tmp_path), changes=InMemoryChanges())
    client = TestClient(app, base_url="http://127.0.0.1", follow_redirects=False)
    assert 'class="upload"' in client.get("/documents").text
    _, reader = KeyRing(tmp_path).create("读者", "read")
    _, writer = KeyRing(tmp_path).create("编辑", "write")
    for auth in (None, ("x", reader)):
        page = client.get("/documents", auth=auth).text
        assert 'class="upload"' not in page
        assert 'href="/key"' in page
        assert "/remove" not in client.get(f"/documents/{SHANXI}", auth=auth).text
    assert client.get("/key").status_code == 401
    assert client.get("/key", auth=("x", reader)).status_code == 403
    shown = client.get("/key", auth=("x", writer))
    assert (shown.status_code, shown.headers["location"]) == (303, "/documents")
    assert 'class="upload"' in client.get("/documents", auth=("x", writer)).text
    assert f"/documents/{SHANXI}/remove" in client.get(f"/documents/{SHANXI}", auth=("x", writer)).text


def test_files_are_kept_by_content(tmp_path: Path) -> None:
    """The address in the page carries the hash, and such an address may be kept for ever."""
    client = make_client(tmp_path)
    address = re.search(r'href="(/static/style\.css\?v=[0-9a-f]+)"', client.get("/").text)
    assert address is not None
    assert "immutable" in client.get(address[1]).headers["cache-control"]


def test_the_script_is_a_few_kilobytes(tmp_path: Path) -> None:
    """Comfort must stay small."""
    assert len(make_client(tmp_path).get("/static/page.js").content) < 12_000


def test_settings_come_from_the_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """TIAOWEN_* with lists split at commas; what code passes wins."""
    monkeypatch.setenv("TIAOWEN_PORT", "9001")
    monkeypatch.setenv("TIAOWEN_ALLOWED_HOSTS", "a.example, b.example")
    settings = Settings()
    assert (settings.port, settings.allowed_hosts) == (9001, ("a.example", "b.example"))
    assert settings.home == tmp_path / "home"
    assert Settings(port=1).port == 1
