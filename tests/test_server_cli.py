"""The command line on a real library folder: output, exit status, the first fill, and the examples of the page."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient
from typer.testing import CliRunner, Result

from server.app import create_app
from server.changes import LibraryChanges
from server.cli import app
from server.console import open_both
from server.examples import EXAMPLES
from server.settings import Settings
from server.wiring import service_over

FACT = "山西2020年医药主营业务收入要达到多少"
RULES = "某市公共厕所管理办法\n\n第一条 为了加强公共厕所管理，制定本办法。\n\n第二条 公共厕所应当免费开放。\n"


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A library folder with the two shipped documents, which tests only read."""
    folder = tmp_path_factory.mktemp("library")
    library, _ = open_both(folder)
    library.close()
    return folder


@pytest.fixture
def served(home: Path) -> Iterator[TestClient]:
    """The whole server over the real library."""
    service = service_over(home)
    with TestClient(create_app(service, Settings(home=home)), base_url="http://127.0.0.1") as client:
        yield client


def run(*arguments: object, home: Path | None = None) -> Result:
    """One command, in process."""
    words = [str(argument) for argument in arguments]
    return CliRunner().invoke(app, [*words, *(["--home", str(home)] if home else [])])


def body(*arguments: object, home: Path) -> Any:
    """What a command prints with --json."""
    result = run(*arguments, "--json", home=home)
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)


def test_help_is_quick_because_nothing_heavy_is_loaded() -> None:
    """The commands are listed without loading the index, the web framework or numpy."""
    code = (
        "import sys\nsys.argv = ['tiaowen', '--help']\nfrom server.cli import main\n"
        "try:\n    main()\nexcept SystemExit:\n    pass\n"
        "heavy = [n for n in ('numpy', 'faiss', 'torch', 'fastapi', 'pydantic', 'jinja2') if n in sys.modules]\n"
        "print('loaded:', heavy)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60)
    assert "loaded: []" in done.stdout
    for command in ("ask", "search", "list", "show", "serve", "add", "remove", "index", "eval", "duties", "verify"):
        assert command in done.stdout


def test_the_first_command_fills_an_empty_folder(tmp_path: Path) -> None:
    """The two shipped documents are there, and the remark about it is on stderr, not in the JSON."""
    result = run("list", "--json", home=tmp_path / "new")
    assert [each["document_id"] for each in json.loads(result.stdout)["documents"]] == ["shanxi-2016", "guangxi-2016"]
    assert "随附的两份文件" in result.stderr


def test_an_answer_is_the_body_of_the_contract(home: Path, served: TestClient) -> None:
    """`ask --json` and POST /api/v1/ask say the same but for the time."""
    printed = body("ask", FACT, home=home)
    answered = served.post("/api/v1/ask", json={"question": FACT}).json()
    printed.pop("took_ms"), answered.pop("took_ms")
    assert printed == answered
    assert "430亿元" in printed["answer"]["text"]
    assert printed["citations"][0]["document_id"] == "shanxi-2016"


def test_an_answer_is_readable(home: Path) -> None:
    """Without --json: the words, where they stand, and no cut line in a pipe."""
    result = run("ask", FACT, home=home)
    assert result.exit_code == 0
    assert "实现主营业务收入430亿元" in result.stdout
    assert "《山西省促进医药产业健康发展实施方案》一、（三）主要目标" in result.stdout


@pytest.mark.parametrize(("question", "documents"), EXAMPLES)
def test_the_examples_of_the_page_are_answered(served: TestClient, question: str, documents: tuple[str, ...]) -> None:
    """Each is answered, and from the documents that it is about."""
    answer = served.post("/api/v1/ask", json={"question": question}).json()
    assert answer["status"] == "answered"
    assert answer["citations"][0]["document_id"] in documents
    assert set(documents) <= {each["document_id"] for each in answer["citations"]}


def test_a_document_page_holds_every_clause(served: TestClient) -> None:
    """The real documents too: each clause has its anchor on the page, and the page of the library lists both."""
    for name in ("shanxi-2016", "guangxi-2016"):
        html = served.get(f"/documents/{name}").text
        for clause in served.get(f"/api/v1/documents/{name}").json()["clauses"]:
            anchor = clause["clause_id"].partition("/")[2].replace("/", "-")
            assert f'id="{anchor}"' in html
            assert served.get(f"/api/v1/clauses/{clause['clause_id']}").json()["text"] == clause["text"]


def test_nothing_found_is_status_3(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With the body on stdout all the same."""
    from server.service import Service

    real = Service.ask
    nothing = {"status": "not_found", "answer": None, "citations": (), "reason": "没有谈到"}

    def refuse(self: Service, *arguments: Any, **options: Any) -> object:
        import dataclasses

        return dataclasses.replace(real(self, *arguments, **options), **nothing)  # type: ignore[type-var]

    monkeypatch.setattr(Service, "ask", refuse)
    result = run("ask", "明天天气怎么样", "--json", home=home)
    assert result.exit_code == 3
    assert json.loads(result.stdout)["status"] == "not_found"
    assert run("ask", "明天天气怎么样", home=home).exit_code == 3


@pytest.mark.parametrize(
    ("arguments", "status"),
    [
        (("show", "hebei-2016"), 1),
        (("show", "shanxi-2016/99"), 1),
        (("duties", "没有的部门"), 1),
        (("compare", "医药物流", "shanxi-2016", "hebei-2016"), 1),
        (("compare", " ", "shanxi-2016", "guangxi-2016"), 2),
        (("verify", "/no/such/file.json"), 1),
        (("add", "/no/such/file.txt"), 1),
        (("remove", "hebei-2016"), 1),
        (("key", "revoke", "00000000"), 1),
        (("ask", "   "), 2),
        (("ask", "长" * 501), 2),
        (("ask", FACT, "-k", "0"), 2),
        (("nothing",), 2),
        (("ask",), 2),
    ],
)
def test_a_failure_is_one_line_and_its_status(home: Path, arguments: tuple[str, ...], status: int) -> None:
    """1 with one line for what a person can act on, 2 for wrong arguments; never a traceback."""
    result = run(*arguments, home=home if arguments[0] != "nothing" else None)
    assert result.exit_code == status
    assert "Traceback" not in result.output
    if status == 1:
        last = result.stderr.strip().splitlines()[-1]
        assert last.startswith("tiaowen: ")


def test_reading_commands_print_the_bodies(home: Path) -> None:
    """show, search, list, duties: the same bodies as the API's."""
    assert body("show", "shanxi-2016", home=home)["clauses"][0]["clause_id"].startswith("shanxi-2016/")
    clause = body("show", "shanxi-2016/1.3/1", home=home)
    assert clause["next"]["clause_id"].startswith("shanxi-2016/")
    hits = body("search", "医保支付", "-k", 3, "--region", "广西", home=home)["hits"]
    assert {hit["region"] for hit in hits} == {"广西"}
    assert body("duties", "科技厅", home=home)["total"] > 0
    assert body("doctor", home=home)
    for command in (["list"], ["show", "guangxi-2016"], ["show", "guangxi-2016/1/1"], ["search", "医保"], ["duties"]):
        result = run(*command, home=home)
        assert result.exit_code == 0
        assert result.stdout.strip()


def test_two_documents_side_by_side(home: Path, served: TestClient) -> None:
    """compare: the body of the API, and in words which clauses stand together and what only one side has."""
    sides = ("shanxi-2016", "guangxi-2016")
    printed = body("compare", "医药物流", *sides, home=home)
    assert printed == served.get("/api/v1/compare", params={"topic": "医药物流", "document": sides}).json()
    shown = run("compare", "医药物流", *sides, home=home).stdout
    assert shown.index("shanxi-2016/2.4/1") < shown.index("guangxi-2016/2.4.12")
    assert "只有这里有" in shown


def test_complete_lists_are_printed_whole(home: Path) -> None:
    """A follow-up about duties, and a question about targets: every row, whatever -k."""
    duties = run("ask", "那广西呢", "--previous", "山西商务厅负责哪些任务", "-k", 1, home=home).stdout
    assert all(f"guangxi-2016/{address}" in duties for address in ("2.4.12", "2.6.18", "3.13", "2.3.9", "3.8"))
    targets = run("ask", "到2020年有哪些量化目标", "-k", 1, home=home).stdout
    assert all(value in targets for value in ("430亿元", "20%", "12%", "15家"))


def test_a_saved_answer_is_proved_and_a_forged_one_is_not(home: Path, tmp_path: Path) -> None:
    """Status 0 for what `ask --json` printed, 1 once a hash is another."""
    saved = tmp_path / "answer.json"
    answer = body("ask", FACT, home=home)
    saved.write_text(json.dumps(answer), encoding="utf-8")
    assert {each["status"] for each in body("verify", saved, home=home)["results"]} == {"valid"}
    answer["citations"][0]["sha256"] = "0" * 64
    saved.write_text(json.dumps(answer), encoding="utf-8")
    assert run("verify", saved, home=home).exit_code == 1


def test_documents_come_and_go(tmp_path: Path) -> None:
    """add indexes at once, a bad file is told and the rest goes on, remove takes out, export and import move."""
    first, second = tmp_path / "first", tmp_path / "second"
    rules, empty = tmp_path / "办法.txt", tmp_path / "空.txt"
    rules.write_text(RULES, encoding="utf-8")
    empty.write_text("", encoding="utf-8")
    mixed = run("add", rules, empty, home=first)
    assert mixed.exit_code == 1
    assert "空.txt" in mixed.stderr
    found = body("ask", "公共厕所要收费吗", home=first)
    assert found["answer"]["text"] == "公共厕所应当免费开放"
    document_id = found["citations"][0]["document_id"]
    assert run("export", tmp_path / "all.sqlite", home=first).exit_code == 0
    assert run("remove", document_id, home=first).exit_code == 0
    assert run("show", document_id, home=first).exit_code == 1
    assert body("import", tmp_path / "all.sqlite", home=second)["added"] == [document_id]
    again = body("index", home=second)
    assert again["built"] is False
    assert body("index", "--force", home=second)["generation"] == again["generation"]


def test_a_document_is_added_and_brought_back_over_http(tmp_path: Path) -> None:
    """Preview, add as a job, ask, remove, restore: each seen by the next request."""
    library, _ = open_both(tmp_path)
    application = create_app(service_over(tmp_path), Settings(home=tmp_path), changes=LibraryChanges(tmp_path, library))
    client = TestClient(application, base_url="http://127.0.0.1")
    files = {"file": ("../../办法.txt", RULES.encode(), "text/plain")}
    seen = client.post("/api/v1/documents/preview", files=files).json()
    assert (seen["title"], seen["clause_count"]) == ("某市公共厕所管理办法", 2)
    assert client.get("/api/v1/documents").json()["total"] == 2

    def finished(response: Any) -> Any:
        assert response.status_code == 202
        lines = client.get(f"{response.json()['url']}/events").text.strip().split("\n\n")
        return json.loads(lines[-1].removeprefix("data: "))

    upload = {"files": ("办法.txt", RULES.encode(), "text/plain")}
    job = finished(client.post("/api/v1/documents", files=upload, data={"region": "山西"}))
    assert (job["state"], job["progress"]) == ("done", 1.0)
    (name,) = job["documents"]
    assert client.get(f"/api/v1/documents/{name}").json()["region"] == "山西"
    question = {"question": "公共厕所要收费吗"}
    assert client.post("/api/v1/ask", json=question).json()["citations"][0]["document_id"] == name
    assert finished(client.delete(f"/api/v1/documents/{name}"))["state"] == "done"
    assert client.get(f"/api/v1/documents/{name}").status_code == 404
    left = client.post("/api/v1/ask", json=question).json()
    assert name not in {each["document_id"] for each in left["citations"]}
    assert finished(client.post(f"/api/v1/documents/{name}/restore"))["state"] == "done"
    assert client.get(f"/api/v1/documents/{name}").json()["region"] == "山西"
    bad = finished(client.post("/api/v1/documents", files={"files": ("x.exe", b"MZ\0", "text/plain")}))
    assert (bad["state"], len(bad["failed"])) == ("failed", 1)


def test_changing_needs_a_key_once_there_is_one(tmp_path: Path) -> None:
    """No key: this machine may. A key: only its holder may, and only with the scope for it."""
    from server.keys import KeyRing

    library, _ = open_both(tmp_path)
    application = create_app(service_over(tmp_path), Settings(home=tmp_path), changes=LibraryChanges(tmp_path, library))
    client = TestClient(application, base_url="http://127.0.0.1")
    files = {"file": ("办法.txt", RULES.encode(), "text/plain")}
    assert client.post("/api/v1/documents/preview", files=files).status_code == 200
    _, reader = KeyRing(tmp_path).create("读者", "read")
    _, writer = KeyRing(tmp_path).create("编者", "write")
    statuses = [
        client.post(
            "/api/v1/documents/preview", files=files, headers={"authorization": f"Bearer {key}"} if key else {}
        ).status_code
        for key in ("", "wrong", reader, writer)
    ]
    assert statuses == [401, 401, 403, 200]
    assert client.get("/").status_code == 200
    form = {"content-type": "application/x-www-form-urlencoded", "authorization": f"Bearer {writer}"}
    assert client.post("/api/v1/documents", content=b"a=b", headers=form).status_code == 415


def test_another_address_is_refused_without_a_key(tmp_path: Path) -> None:
    """One line that says why and what to do."""
    result = run("serve", "--host", "0.0.0.0", home=tmp_path)
    assert result.exit_code == 1
    assert "tiaowen key create" in result.stderr


def test_bad_settings_are_one_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The variable is named."""
    monkeypatch.setenv("TIAOWEN_REQUESTS_PER_MINUTE", "many")
    result = run("serve", home=tmp_path)
    assert result.exit_code == 1
    assert "TIAOWEN_REQUESTS_PER_MINUTE" in result.stderr
