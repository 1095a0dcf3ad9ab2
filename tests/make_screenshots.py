"""Take the pictures of docs/ again: `python tests/make_screenshots.py`, with Chromium and Chinese fonts.

The pages are those of the two shipped documents, served from a new library folder. The page on quality shows the
report that `tiaowen eval` left in TIAOWEN_HOME, and is left out where there is none.
"""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
from pathlib import Path
from typing import Any
from urllib.parse import quote

from playwright.sync_api import sync_playwright

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

FACT = quote("山西2020年医药主营业务收入要达到多少")
BOTH = quote("山西和广西怎么支持医药企业上市融资")
REFUSED = quote("明天天气怎么样")
TALENT = quote("人才队伍建设")
PICTURES = {
    "answer": f"/?q={FACT}",
    "document": "/documents/shanxi-2016?mark=2.5-1:0-8#2.5-1",
    "home": "/",
    "both": f"/?q={BOTH}",
    "refused": f"/?q={REFUSED}",
    "compare": f"/compare?topic={TALENT}&document=shanxi-2016&document=guangxi-2016",
    "duties": f"/duties?department={quote('省科技厅')}",
    "targets": "/targets",
    "library": "/documents",
    "quality": "/quality",
}
LOOKS = {
    "": ((1200, 860), "light", tuple(PICTURES)),
    "-dark": ((1200, 860), "dark", ("answer",)),
    "-phone": ((390, 844), "light", tuple(PICTURES)),
}


def prepare(page: Any, name: str, folder: Path) -> None:
    """Bring a page into the state that its picture shows: a document looked at before it is added."""
    if name == "library":
        from test_server_browser import RULES

        file = folder / "公共厕所管理办法.txt"
        file.write_text(RULES, encoding="utf-8")
        page.set_input_files("input[type=file]", str(file))
        page.locator(".review .primary").scroll_into_view_if_needed()


def main() -> None:
    """Serve, look, save."""
    from test_server_browser import CHROMIUM, real_server

    from server.quality import FILE_NAME

    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder) / "home"
        home.mkdir()
        report = Path(os.environ.get("TIAOWEN_HOME", "")) / FILE_NAME
        if report.is_file():
            shutil.copy(report, home)
        with real_server(home) as address, sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
            for suffix, ((width, height), scheme, names) in LOOKS.items():
                context = browser.new_context(
                    viewport={"width": width, "height": height}, color_scheme=scheme, locale="zh-CN"
                )
                page = context.new_page()
                for name in names:
                    if name == "quality" and not report.is_file():
                        continue
                    page.goto(address + PICTURES[name], wait_until="networkidle")
                    prepare(page, name, Path(folder))
                    page.screenshot(path=str(ROOT / "docs" / f"{name}{suffix}.png"))
                context.close()
            browser.close()


if __name__ == "__main__":
    main()
