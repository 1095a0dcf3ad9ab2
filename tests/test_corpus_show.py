"""`tiaowen show` on the command line: a clause's page, an article's parts, a document's doubts; `add` corrects."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from corpus_files import RENDERINGS, TEXTS
from typer.testing import CliRunner, Result

from corpus.library import Library
from server.cli import app

LAW = (
    "某某条例\n第一条　为了规范管理，制定本条例。\n第二条　下列事项除外：\n（一）登记；\n（二）检查。\n"
    "第四条　依照第二条第一款第（二）项办理。"
)


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A library with a law that skips an article, and a PDF of ten pages."""
    folder = tmp_path_factory.mktemp("library")
    library = Library.open(folder)
    library.add_bytes("条例.txt", LAW.encode())
    library.add_bytes("方案.pdf", RENDERINGS["a.pdf"](TEXTS["guangxi-2016"]), title="方案")
    library.close()
    return folder


def show(home: Path, *arguments: str) -> Result:
    """One `tiaowen show`."""
    return CliRunner().invoke(app, ["show", *arguments, "--home", str(home)])


def test_doubts(home: Path) -> None:
    """Each doubt with its place and line; a document without any says so; a clause has none of its own."""
    shown = show(home, "某某条例", "--doubts").stdout
    assert "1 处存疑" in shown
    assert "“第四条”之前缺号" in shown
    assert "第四条 依照第二条第一款第（二）项办理。" in shown
    found = json.loads(show(home, "某某条例", "--doubts", "--json").stdout)
    assert [doubt["kind"] for doubt in found["doubts"]] == ["gap"]
    assert "没有存疑" in show(home, "方案", "--doubts").stdout
    assert show(home, "某某条例/1", "--doubts").exit_code == 2
    assert show(home, "别的条例", "--doubts").exit_code == 1


def test_parts_and_pages(home: Path) -> None:
    """A 项 by its address; the page a clause stands on; a part that is not there in one line."""
    assert show(home, "某某条例/2/1.2").stdout == "《某某条例》第二条第一款第（二）项\n（二）检查。\n"
    part = json.loads(show(home, "某某条例/2/1.2", "--json").stdout)
    assert (part["clause_id"], part["part"], part["text"]) == ("某某条例/2", "1.2", "（二）检查。")
    assert "引用：第二条第一款第（二）项 → 某某条例/2" in show(home, "某某条例/4").stdout
    missing = show(home, "某某条例/2/3.1")
    assert (missing.exit_code, missing.stderr.count("\n")) == (1, 1)
    assert "第三款第（一）项" in missing.stderr
    assert "原件第1页" in show(home, "方案/1/1").stdout or "原件第2页" in show(home, "方案/1/1").stdout
