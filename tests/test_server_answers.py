"""An answer as a file, and phrased by a model: over HTTP and on the command line."""

from __future__ import annotations

import json
import re
from html import unescape
from pathlib import Path

import pytest
from fakes_server import SHANXI
from starlette.testclient import TestClient
from test_qa_word import words
from test_qa_writers import event, model
from test_server_api import QUESTION, make_client
from test_server_cli import FACT, run

from qa.word import MIME
from server.console import open_both
from server.settings import Settings
from server.writing import AT_ONCE, BUSY, NO_ENDPOINT, NOTHING_TO_WRITE, endpoint_of

NOTHING = "明天下雨吗"


@pytest.fixture
def client(tmp_path: Path) -> TestClient:
    return make_client(tmp_path)


def test_a_word_file(client: TestClient) -> None:
    """A download with the question, the answer and the cited clauses, the same bytes each time."""
    one = client.get("/api/v1/export", params={"q": QUESTION})
    assert one.headers["content-type"] == MIME
    assert one.headers["content-disposition"] == 'attachment; filename="tiaowen.docx"'
    paragraphs, _ = words(one.content)
    assert paragraphs[:2] == [f"问：{QUESTION}", "答：实现主营业务收入430亿元"]
    assert client.get("/api/v1/export", params={"q": QUESTION}).content == one.content


def test_the_other_forms(client: TestClient) -> None:
    """Markdown as text; JSON as asking gives it."""
    markdown = client.get("/api/v1/export", params={"q": QUESTION, "form": "markdown"})
    assert f"**问：** {QUESTION}" in markdown.text
    taken = client.get("/api/v1/export", params={"q": QUESTION, "form": "json"}).json()
    asked = client.post("/api/v1/ask", json={"question": QUESTION}).json()
    assert taken | {"took_ms": 0} == asked | {"took_ms": 0}
    assert client.get("/api/v1/export", params={"q": QUESTION, "form": "pdf"}).status_code == 422
    refused = client.get("/api/v1/export", params={"q": NOTHING, "form": "markdown"})
    assert "没有找到答案" in refused.text


def events_of(text: str) -> list[tuple[str, dict[str, object]]]:
    """The server-sent events of a body, by name."""
    found = []
    for block in text.strip().split("\n\n"):
        name, data = block.split("\n", 1)
        found.append((name.removeprefix("event: "), json.loads(data.removeprefix("data: "))))
    return found


def written(client: TestClient, question: str = QUESTION) -> list[tuple[str, dict[str, object]]]:
    """What the call that lets a model write streams."""
    response = client.post("/api/v1/write", json={"question": question})
    assert response.status_code == 200
    assert response.headers["content-type"].startswith("text/event-stream")
    return events_of(response.text)


def test_without_a_model_the_answer_stands(client: TestClient) -> None:
    """The extracted answer comes first in any case, then why nothing was written."""
    found = written(client)
    assert [name for name, _ in found] == ["answer", "stopped", "end"]
    asked = client.post("/api/v1/ask", json={"question": QUESTION}).json()
    assert found[0][1] | {"took_ms": 0} == asked | {"took_ms": 0}
    assert found[1][1] == {"reason": NO_ENDPOINT}


def test_a_model_writes_and_is_checked(tmp_path: Path) -> None:
    """A sentence that its clause bears out comes through, an invented one is said to be dropped."""
    lines = [event("到2020年实现主营业务收入430亿元[1]。"), event("收入要到999亿元[1]。"), b"data: [DONE]"]
    with model(lines) as endpoint:
        client = make_client(tmp_path, writer_url=endpoint.url)
        found = written(client)
        refused = written(client, NOTHING)
    assert [name for name, _ in found] == ["answer", "sentence", "dropped", "end"]
    assert found[1][1] == {"text": "到2020年实现主营业务收入430亿元[1]。", "ranks": [1]}
    assert "999" in str(found[2][1]["reason"])
    assert refused[1] == ("stopped", {"reason": NOTHING_TO_WRITE})  # a refusal is not written around


def test_a_model_that_fails_leaves_the_answer(tmp_path: Path) -> None:
    """An error status, an endless answer, nobody there: the stream ends in order."""
    with model([b"{}"], status=500) as endpoint:
        failed = written(make_client(tmp_path, writer_url=endpoint.url))
    with model([event("收入430亿元[1]。")], endless=True) as endpoint:
        endless = written(make_client(tmp_path, writer_url=endpoint.url, writer_timeout_s=5))
    nobody = written(make_client(tmp_path, writer_url="http://127.0.0.1:9/v1", writer_timeout_s=1))
    for found in (failed, endless, nobody):
        names = [name for name, _ in found]
        assert (names[0], names[-2], names[-1]) == ("answer", "stopped", "end")


def test_a_busy_model_is_not_waited_for(tmp_path: Path) -> None:
    """Readers who let a model write never take all the threads that answer; a place taken is given back."""
    with model([event("主营业务收入430亿元[1]。"), b"data: [DONE]"]) as endpoint:
        client = make_client(tmp_path, writer_url=endpoint.url)
        taken = 0
        while AT_ONCE.acquire(blocking=False):
            taken += 1
        try:
            busy = written(client)
        finally:
            for _ in range(taken):
                AT_ONCE.release()
        assert busy[1] == ("stopped", {"reason": BUSY})
        assert all(written(client)[1][0] == "sentence" for _ in range(taken + 1))


def test_the_page_links_to_the_files(client: TestClient) -> None:
    """Each form, for the very question, filters included; no offer to write where no model is set."""
    page = client.get("/", params={"q": QUESTION, "document": SHANXI}).text
    for form in ("docx", "markdown", "json"):
        href = re.search(rf'href="(/api/v1/export\?[^"]*form={form})"', page)
        assert href is not None
        taken = client.get(unescape(href[1]))
        assert taken.status_code == 200
        assert QUESTION in (words(taken.content)[0][0] if form == "docx" else taken.text)
    assert "write=1" not in page


def test_the_page_shows_what_a_model_writes(tmp_path: Path) -> None:
    """On request only, below the quoted answer, with what was dropped; nothing of the model is markup."""
    lines = [event("主营业务收入430亿元[1]。"), event("<b>收入999亿元</b>[1]。"), b"data: [DONE]"]
    with model(lines) as endpoint:
        client = make_client(tmp_path, writer_url=endpoint.url)
        asked, offered = (client.get("/", params={"q": QUESTION, **more}).text for more in ({"write": "1"}, {}))
    assert "write=1" in offered
    assert "主营业务收入430亿元[1]。" not in offered
    assert "主营业务收入430亿元[1]。" in asked
    assert "删去一句" in asked
    assert "<b>收入999亿元</b>" not in asked


def test_the_key_is_read_from_its_file(tmp_path: Path) -> None:
    """Never from a flag, which others could see; a file that is not there is said, and nothing is sent without it."""
    file = tmp_path / "key"
    file.write_text("secret\n", encoding="utf-8")
    named = Settings(home=tmp_path, writer_url="http://127.0.0.1:9/v1", writer_key_file=str(file))
    endpoint = endpoint_of(named)
    assert endpoint is not None
    assert endpoint.key == "secret"
    assert endpoint_of(Settings(home=tmp_path)) is None
    found = written(make_client(tmp_path, writer_url="http://127.0.0.1:9/v1", writer_key_file=str(tmp_path / "no")))
    assert found[1][0] == "stopped"
    assert "密钥文件" in str(found[1][1]["reason"])


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A library folder with the two shipped documents, which tests only read."""
    folder = tmp_path_factory.mktemp("library")
    library, _ = open_both(folder)
    library.close()
    return folder


def test_ask_saves_the_answer(home: Path, tmp_path: Path) -> None:
    """By the ending of the file; an unknown one is a wrong argument."""
    result = run("ask", FACT, "--save", tmp_path / "a.docx", home=home)
    assert result.exit_code == 0, result.output
    assert words((tmp_path / "a.docx").read_bytes())[0][0] == f"问：{FACT}"
    assert run("ask", FACT, "--save", tmp_path / "a.md", home=home).exit_code == 0
    assert "430亿元" in (tmp_path / "a.md").read_text(encoding="utf-8")
    assert run("ask", FACT, "--save", tmp_path / "a.pdf", home=home).exit_code == 2


def test_ask_lets_a_model_write(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Below the extracted answer; without a model it says so."""
    assert NO_ENDPOINT in run("ask", FACT, "--write", home=home).stdout
    with model([event("主营业务收入要达到430亿元[1]。"), event("收入999亿元[1]。"), b"data: [DONE]"]) as endpoint:
        monkeypatch.setenv("TIAOWEN_WRITER_URL", endpoint.url)
        result = run("ask", FACT, "--write", home=home)
    assert result.exit_code == 0
    assert "主营业务收入要达到430亿元[1]。" in result.stdout
    assert "删去一句" in result.stdout
    assert SHANXI in result.stdout
