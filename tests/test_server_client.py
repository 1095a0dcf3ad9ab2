"""The typed client against the app in process, and against a server that is not there."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest
from fakes_server import GUANGXI, SHANXI, FakeIndex, FakeLibrary, build_document, fake_ask, fake_search
from starlette.testclient import TestClient
from test_server_api import QUESTION, make_client
from test_server_changes import InMemoryChanges

from corpus.errors import TiaowenError
from server.app import create_app
from server.client import ApiError, Client, Send
from server.schemas import CitationClaim
from server.service import Service
from server.settings import Settings


@pytest.fixture
def client(tmp_path: Path) -> Client:
    return Client("http://127.0.0.1", send=in_process(make_client(tmp_path)))


def in_process(app: TestClient) -> Send:
    """Calls that reach an app without a network."""

    def send(method: str, address: str, headers: Mapping[str, str], body: bytes | None) -> tuple[int, bytes]:
        response = app.request(method, address, headers=dict(headers), content=body)
        return response.status_code, response.content

    return send


def test_every_call_gives_its_body(client: Client) -> None:
    """Answers arrive as the bodies of the contract, and a citation proves itself."""
    assert client.health().clauses == 4
    answer = client.ask(QUESTION)
    assert answer.answer is not None
    assert answer.answer.text == "实现主营业务收入430亿元"
    assert [each.status for each in client.verify(answer.citations)] == ["valid"] * len(answer.citations)
    claim = CitationClaim(clause_id=f"{SHANXI}/1.3/1", sha256=answer.citations[0].sha256, quote="不在其中")
    assert [each.status for each in client.verify([claim])] == ["changed"]
    assert client.ask("明天天气怎么样").status == "not_found"
    assert client.search("检查结果互认", k=1, region="广西").hits[0].document_id == GUANGXI
    assert client.documents(limit=1).total == 2
    assert client.document(SHANXI).clause_count == 2
    assert client.clause(f"{SHANXI}/2.5/1").previous is not None
    assert client.departments().total == 4
    assert client.duties("省卫生计生委").total == 1
    assert client.compare("医疗服务体系", SHANXI, GUANGXI).left == SHANXI
    client.feedback(QUESTION, good=True)


def test_documents_are_added_removed_and_brought_back(tmp_path: Path) -> None:
    """Each as a job that is waited for; names and what is known arrive as they were given."""
    service = Service(FakeLibrary(), FakeIndex, ask=fake_ask, search=fake_search)
    changes = InMemoryChanges()
    app = TestClient(create_app(service, Settings(home=tmp_path), changes=changes), base_url="http://127.0.0.1")
    client = Client("http://127.0.0.1", send=in_process(app))
    assert client.preview('a"b.txt', "第一条".encode(), title="某法").title == build_document(SHANXI).title
    done = client.finished(client.add({"办法.txt": b"x", "bad.txt": b"y"}))
    assert (done.state, done.documents, [each.name for each in done.failed]) == ("done", ["办法.txt"], ["bad.txt"])
    assert client.job(done.job_id) == done
    changes.held.append(SHANXI)
    assert client.finished(client.remove(SHANXI)).documents == [SHANXI]
    assert client.finished(client.restore(SHANXI)).state == "done"
    with pytest.raises(ApiError, match="422"):
        client.add({"a.txt": b"x", "b.txt": b"y"}, title="一个标题")
    changes.gate.clear()
    with pytest.raises(TimeoutError, match=r"indexing|reading|waiting"):
        client.finished(client.add({"c.txt": b"x"}), within_s=0.01)
    changes.gate.set()


def test_a_refusal_is_an_error_that_says_why(client: Client) -> None:
    """The problem's members are at hand, bad fields named."""
    with pytest.raises(ApiError) as caught:
        client.ask("")
    assert caught.value.problem.status == 422
    assert caught.value.problem.errors is not None
    assert caught.value.problem.errors[0].field == "question"
    with pytest.raises(ApiError, match="404"):
        client.document("hebei-2016")


def test_a_server_that_is_not_there_is_one_sentence() -> None:
    """With what to do about it, and no traceback of another library."""
    with pytest.raises(TiaowenError, match="tiaowen serve"):
        Client("http://127.0.0.1:9", timeout_s=2).health()
