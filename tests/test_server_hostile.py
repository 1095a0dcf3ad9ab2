"""Hostile documents in a real browser: everything they hold is text, nothing runs and nothing is fetched."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

import pytest
from test_server_browser import CHROMIUM, browser, open_page, running

from corpus.library import Library
from server.app import create_app
from server.indexing import refresh_index
from server.settings import Settings
from server.wiring import service_over

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine (apt-get install chromium)")
__all__ = ["browser"]  # the fixture

EVIL = (
    "<script>document.title='owned'</script><img src=//evil.example/x onerror=\"document.title='owned'\">"
    "<svg onload=document.title='owned'>'\"&javascript:document.title='owned'{{7*7}}\u202e倒写\u202c"
)
DOCUMENT = (
    f"某市{EVIL}管理办法\n某发〔2020〕1号{EVIL}\n第一条　为了管理{EVIL}，制定本办法。\n"
    f"第二条　公共厕所{EVIL}应当免费开放，达到100座{EVIL}。（责任单位：市{EVIL}局）\n第三条　按《{EVIL}》第一条执行。"
)


def test_nothing_in_a_document_runs(tmp_path: Path, browser: Any) -> None:
    """On every page that shows it, asked for by name or found by a question that is hostile itself."""
    library = Library.open(tmp_path)
    added = library.add_bytes(f"{EVIL}.txt".replace("/", ""), DOCUMENT.encode())
    other = library.add_bytes("b.txt", DOCUMENT.replace("某市", "某县").encode())
    refresh_index(tmp_path, library)
    library.close()
    names = [quote(document.document_id, safe="") for document in (added, other)]
    asked = [quote(text) for text in ("公共厕所免费开放吗", EVIL[:400], "公共厕所有多少座")]
    app = create_app(service_over(tmp_path), Settings(home=tmp_path, requests_per_minute=0))
    pages = [f"/?q={each}" for each in asked]
    pages += [
        "/",
        "/documents",
        *(f"/documents/{name}" for name in names),
        "/duties",
        "/targets",
        "/nothing" + quote(EVIL),
    ]
    pages += [f"/compare?topic={asked[1]}&document={names[0]}&document={names[1]}"]
    with running(app) as address:
        page = open_page(browser, {"width": 1280, "height": 860})
        for path in pages:
            page.goto(address + path)
            assert "owned" not in page.title().replace(EVIL, "").replace("document.title='owned'", ""), path
            assert (
                page.evaluate("document.querySelectorAll('svg[onload], img[onerror], script:not([src])').length") == 0
            )
        assert {urlsplit(each).netloc for each in page.asked} == {urlsplit(address).netloc}
        assert not [each for each in page.problems if "404" not in each]
        page.context.close()
