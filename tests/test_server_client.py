"""The typed client against the app in process, and against a server that is not there."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest
from fakes_server import GUANGXI, SHANXI
from test_server_api import QUESTION, make_client

from corpus.errors import TiaowenError
from server.client import ApiError, Client
from server.schemas import CitationClaim


@pytest.fixture
def client(tmp_path: Path) -> Client:
    app = make_client(tmp_path)

    def send(method: str, address: str, headers: Mapping[str, str], body: bytes | None) -> tuple[int, bytes]:
        response = app.request(method, address, headers=dict(headers), content=body)
        return response.status_code, response.content

    return Client("http://127.0.0.1", send=send)


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
