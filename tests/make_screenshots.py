"""Take the pictures of docs/ again: `python tests/make_screenshots.py`, with Chromium and Chinese fonts.

The pages are those of the two shipped documents, served from a new library folder.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path
from urllib.parse import quote

from playwright.sync_api import sync_playwright

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

FACT = quote("山西2020年医药主营业务收入要达到多少")
BOTH = quote("山西和广西怎么支持医药企业上市融资")
TALENT = quote("人才队伍建设")
PICTURES = {
    "answer": f"/?q={FACT}",
    "document": "/documents/shanxi-2016?mark=2.5-1:0-8#2.5-1",
    "home": "/",
    "both": f"/?q={BOTH}",
    "compare": f"/compare?topic={TALENT}&document=shanxi-2016&document=guangxi-2016",
}
LOOKS = {
    "": ((1200, 860), "light", tuple(PICTURES)),
    "-dark": ((1200, 800), "dark", ("answer",)),
    "-phone": ((390, 844), "light", ("answer", "document", "home")),
}


def main() -> None:
    """Serve, look, save."""
    from test_server_browser import CHROMIUM, running

    from server.app import create_app
    from server.changes import LibraryChanges
    from server.console import open_both
    from server.settings import Settings
    from server.wiring import service_over

    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        library, _ = open_both(home)
        app = create_app(service_over(home), Settings(home=home), changes=LibraryChanges(home, library))
        with running(app) as address, sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
            for suffix, ((width, height), scheme, names) in LOOKS.items():
                context = browser.new_context(
                    viewport={"width": width, "height": height}, color_scheme=scheme, locale="zh-CN"
                )
                page = context.new_page()
                for name in names:
                    page.goto(address + PICTURES[name], wait_until="networkidle")
                    page.screenshot(path=str(ROOT / "docs" / f"{name}{suffix}.png"))
                context.close()
            browser.close()


if __name__ == "__main__":
    main()
