"""The JSON API against the contract, on small fakes."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import pytest
from fakes_server import GUANGXI, SHANXI, FakeIndex, FakeLibrary, fake_ask, fake_search
from starlette.testclient import TestClient

from server.app import create_app
from server.service import Service
from server.settings import Settings

QUESTION = "山西2020年医药主营业务收入要达到多少"


def make_client(tmp_path: Path, library: FakeLibrary | None = None, **settings: Any) -> TestClient:
    """A client of a server over the fakes."""
    service = Service(library or FakeLibrary(), FakeIndex, ask=fake_ask, search=fake_search)
    return TestClient(create_app(service, Settings(home=tmp_path, **settings)), base_url="http://127.0.0.1")


@pytest.fixture
def client(tmp_path: Path) -> TestClient:
    return make_client(tmp_path)


def test_an_answer_is_a_slice_of_its_clause_and_the_clause_of_its_document(client: TestClient) -> None:
    """answer.text, citation.text, source and sha256 prove each other."""
    body = client.post("/api/v1/ask", json={"question": f"  {QUESTION} "}).json()
    assert body["status"] == "answered"
    assert body["question"] == QUESTION
    answer, cited = body["answer"], {c["clause_id"]: c for c in body["citations"]}
    source = cited[answer["clause_id"]]
    assert source["text"][answer["start"] : answer["end"]] == answer["text"] == "实现主营业务收入430亿元"
    for citation in body["citations"]:
        document = FakeLibrary().document(citation["document_id"])
        start, end = citation["source"]["start"], citation["source"]["end"]
        assert document.text[start:end] == citation["text"]
        assert hashlib.sha256(citation["text"].encode()).hexdigest() == citation["sha256"]
        assert citation["url"] == f"/documents/{SHANXI}#1.3-1"


def test_nothing_found_is_an_answer_with_a_reason(client: TestClient) -> None:
    """not_found cites nothing, says why, and marks what came nearest as such."""
    body = client.post("/api/v1/ask", json={"question": "明天天气怎么样"}).json()
    assert (body["status"], body["answer"], body["citations"]) == ("not_found", None, [])
    assert body["reason"]
    assert 1 <= len(body["nearest"]) <= 3


def test_the_same_question_gets_the_same_answer(client: TestClient) -> None:
    """Byte for byte, but for took_ms."""
    first, second = (client.post("/api/v1/ask", json={"question": QUESTION}).json() for _ in range(2))
    first.pop("took_ms"), second.pop("took_ms")
    assert json.dumps(first) == json.dumps(second)


@pytest.mark.parametrize(
    ("body", "fields"),
    [
        ({}, ["question"]),
        ({"question": "   "}, ["question"]),
        ({"question": "长" * 501}, ["question"]),
        ({"question": QUESTION, "k": 0}, ["k"]),
        ({"question": QUESTION, "k": 51}, ["k"]),
        ({"question": ["a"], "k": "x"}, ["k", "question"]),
        ({"question": QUESTION, "region": {"a": 1}}, ["region"]),
        ([], ["body"]),
    ],
)
def test_bad_fields_are_named_all_at_once(client: TestClient, body: Any, fields: list[str]) -> None:
    """422 as problem+json, with one entry for each bad field."""
    response = client.post("/api/v1/ask", json=body)
    assert response.status_code == 422
    assert response.headers["content-type"] == "application/problem+json"
    problem = response.json()
    assert {"type", "title", "status", "detail"} <= problem.keys()
    assert problem["status"] == 422
    assert sorted(error["field"] for error in problem["errors"]) == fields


@pytest.mark.parametrize(
    "question",
    [
        "长" * 500,
        "😀",
        "a\u202e\u0000b",
        "<script>alert(1)</script>",
        "{{ 7*7 }}",
        "'; DROP TABLE--",
        "\t医保\n",
    ],
)
def test_any_text_is_just_a_question(client: TestClient, question: str) -> None:
    """Emoji, control characters, markup and template syntax are answered or refused, never an error."""
    assert client.post("/api/v1/ask", json={"question": question}).status_code == 200
    page = client.get("/", params={"q": question})
    assert page.status_code == 200
    assert "<script>alert" not in page.text
    assert "49" not in page.text.split("<main")[1].split('id="results"')[0]


@pytest.mark.parametrize(
    ("call", "status"),
    [
        (("GET", "/api/v1/nothing", {}), 404),
        (("GET", "/api/v1/documents/hebei-2016", {}), 404),
        (("GET", "/api/v1/clauses/shanxi-2016/9/9", {}), 404),
        (("GET", "/documents/hebei-2016", {}), 404),
        (("PUT", "/api/v1/ask", {"json": {}}), 405),
        (("POST", "/api/v1/search", {"json": {}}), 405),
        (
            (
                "POST",
                "/api/v1/ask",
                {"content": b"x" * 70_000, "headers": {"content-type": "application/json"}},
            ),
            413,
        ),
        (("POST", "/api/v1/ask", {"content": b"q=1", "headers": {"content-type": "text/plain"}}), 415),
        (("POST", "/api/v1/ask", {"content": b"{", "headers": {"content-type": "application/json"}}), 422),
        (
            (
                "POST",
                "/api/v1/ask",
                {"content": b'{"question":"\\ud800"}', "headers": {"content-type": "application/json"}},
            ),
            422,
        ),
        (("GET", "/api/v1/search", {}), 422),
        (("GET", "/api/v1/search?q=a&k=1e9", {}), 422),
        (("GET", "/api/v1/documents?limit=0", {}), 422),
        (("GET", "/healthz", {"headers": {"host": "evil.example"}}), 421),
        (
            ("POST", "/api/v1/ask", {"json": {"question": "a"}, "headers": {"sec-fetch-site": "cross-site"}}),
            403,
        ),
        (
            (
                "POST",
                "/api/v1/ask",
                {"json": {"question": "a"}, "headers": {"origin": "http://evil.example"}},
            ),
            403,
        ),
    ],
)
def test_every_error_is_a_problem(client: TestClient, call: tuple[str, str, Any], status: int) -> None:
    """The same five members for every refusal, and a type that leads to a paragraph of the /docs page."""
    method, path, arguments = call
    response = client.request(method, path, **arguments)
    assert response.status_code == status
    assert response.headers["content-type"] == "application/problem+json"
    problem = response.json()
    assert problem["status"] == status
    assert problem["title"]
    assert problem["detail"]
    page, _, anchor = problem["type"].partition("#")
    assert f'id="{anchor}"' in client.get(page).text


def test_a_body_without_a_length_is_counted_as_it_comes(client: TestClient) -> None:
    """A sender that streams without Content-Length meets the same limit."""
    pieces = (b" " * 10_000 for _ in range(20))
    response = client.post("/api/v1/ask", content=pieces, headers={"content-type": "application/json"})
    assert response.status_code == 413


def test_search_ranks_without_answering(client: TestClient) -> None:
    """Hits are citations in falling order, and the filters are exact."""
    body = client.get("/api/v1/search", params={"q": "医疗机构检查结果互认", "k": 3}).json()
    scores = [hit["score"] for hit in body["hits"]]
    assert scores == sorted(scores, reverse=True)
    assert [hit["rank"] for hit in body["hits"]] == list(range(1, len(scores) + 1))
    only = client.get("/api/v1/search", params={"q": "检查结果", "document": GUANGXI}).json()
    assert {hit["document_id"] for hit in only["hits"]} == {GUANGXI}
    by = client.get("/api/v1/search", params={"q": "检查结果", "department": "省卫生计生委"}).json()
    assert [hit["clause_id"] for hit in by["hits"]] == [f"{SHANXI}/2.5/1"]


def test_a_document_gives_its_clauses_in_order(client: TestClient) -> None:
    """Metadata, with null where unknown, and every clause with its source span."""
    body = client.get(f"/api/v1/documents/{GUANGXI}").json()
    assert [clause["clause_id"] for clause in body["clauses"]] == [f"{GUANGXI}/1/1", f"{GUANGXI}/2/14"]
    assert body["doc_number"] is None
    fields = {"clause_id", "path", "label", "text", "source", "sha256", "duties", "targets", "references"}
    assert all(fields <= clause.keys() for clause in body["clauses"])
    assert client.get("/api/v1/documents").json()["total"] == 2


def test_lists_come_in_pages(client: TestClient) -> None:
    """offset and limit cut the list, total does not change."""
    body = client.get("/api/v1/documents", params={"offset": 1, "limit": 1}).json()
    assert [document["document_id"] for document in body["documents"]] == [GUANGXI]
    assert (body["total"], body["offset"], body["limit"]) == (2, 1, 1)


@pytest.mark.parametrize("name", ["departments", "duties"])
def test_complete_lists_come_in_pages_when_asked(client: TestClient, name: str) -> None:
    """Without a limit all of it; the pages joined are the same list, and total never changes."""
    whole = client.get(f"/api/v1/{name}").json()
    assert (len(whole[name]), whole["total"], whole["limit"]) == (4, 4, None)
    pages = [client.get(f"/api/v1/{name}", params={"offset": start, "limit": 3}).json() for start in (0, 3)]
    assert [row for page in pages for row in page[name]] == whole[name]
    assert {page["total"] for page in pages} == {4}
    assert client.get(f"/api/v1/{name}", params={"limit": 0}).status_code == 422
    assert client.get(f"/api/v1/{name}", params={"offset": 99}).json()[name] == []


def test_a_clause_knows_its_neighbours(client: TestClient) -> None:
    """Previous and next in reading order, null at the ends."""
    first = client.get(f"/api/v1/clauses/{SHANXI}/1.3/1").json()
    assert first["previous"] is None
    assert first["next"]["clause_id"] == f"{SHANXI}/2.5/1"
    assert first["ancestors"] == ["一、总体要求", "（三）主要目标。"]


def test_duties_are_complete_and_named_with_or_without_the_province(client: TestClient) -> None:
    """A department's duties across documents; 发展改革委 finds both provinces'."""
    names = [row["department"] for row in client.get("/api/v1/departments").json()["departments"]]
    assert "省卫生计生委" in names
    both = client.get("/api/v1/duties", params={"department": "发展改革委"}).json()
    assert {row["department"] for row in both["duties"]} == {"省发展改革委", "自治区发展改革委"}
    assert both["total"] == len(both["duties"]) == 2
    for nickname in ("发改委", "省发改委"):
        assert client.get("/api/v1/duties", params={"department": nickname}).json()["duties"] == both["duties"]
    later = client.get("/api/v1/duties", params={"department": "卫健委"}).json()["duties"]
    assert {row["department"] for row in later} == {"省卫生计生委", "自治区卫生计生委"}
    assert client.get("/api/v1/duties").json()["total"] == 4
    assert client.get("/api/v1/duties", params={"department": "没有的部门"}).json()["duties"] == []


def test_citations_are_verified_by_hash_and_quote(client: TestClient) -> None:
    """valid with the right hash and a standing quote, changed with another, unknown without the clause."""
    clause = FakeLibrary().clause(f"{SHANXI}/1.3/1")
    claims = [
        {"clause_id": clause.clause_id, "sha256": clause.sha256},
        {"clause_id": clause.clause_id, "sha256": clause.sha256.upper(), "quote": "430亿元"},
        {"clause_id": clause.clause_id, "sha256": clause.sha256, "quote": "500亿元"},
        {"clause_id": clause.clause_id, "sha256": "0" * 64},
        {"clause_id": "hebei-2016/1", "sha256": "0" * 64},
    ]
    body = client.post("/api/v1/verify", json={"citations": claims}).json()
    assert [each["status"] for each in body["results"]] == ["valid", "valid", "changed", "changed", "unknown"]


def test_feedback_is_kept_in_the_library_folder(client: TestClient, tmp_path: Path) -> None:
    """One line per verdict; a clause that does not exist is refused."""
    good = {"question": QUESTION, "clause_id": f"{SHANXI}/1.3/1", "verdict": "good"}
    assert client.post("/api/v1/feedback", json=good).status_code == 201
    assert client.post("/api/v1/feedback", json={**good, "clause_id": "x/1"}).status_code == 404
    assert client.post("/api/v1/feedback", json={**good, "verdict": "fine"}).status_code == 422
    lines = (tmp_path / "feedback.jsonl").read_text(encoding="utf-8").splitlines()
    assert [json.loads(line)["verdict"] for line in lines] == ["good"]


def test_health_is_503_until_the_index_opens(tmp_path: Path) -> None:
    """Before, every reading call says that the server is not ready; afterwards it answers."""
    state = {"open": False}

    def open_index() -> FakeIndex:
        if not state["open"]:
            raise FileNotFoundError("no generation yet")
        return FakeIndex()

    service = Service(FakeLibrary(), open_index, ask=fake_ask, search=fake_search)
    client = TestClient(create_app(service, Settings(home=tmp_path)), base_url="http://127.0.0.1")
    for path in ("/healthz", "/api/v1/documents"):
        response = client.get(path)
        assert response.status_code == 503
        assert response.headers["content-type"] == "application/problem+json"
    state["open"] = True
    assert client.get("/healthz").json() == {
        "status": "ok",
        "documents": 2,
        "clauses": 4,
        "generation": "g1",
        "encoder": "pairs",
        "backend": "faiss",
    }


def test_an_etag_lives_as_long_as_the_library_does_not_change(tmp_path: Path) -> None:
    """304 for a caller that holds the answer; 200 with another tag once the content has changed."""
    library = FakeLibrary()
    client = make_client(tmp_path, library)
    path = f"/api/v1/documents/{SHANXI}"
    tag = client.get(path).headers["etag"]
    assert client.get(path, headers={"if-none-match": tag}).status_code == 304
    library.version = "d2"
    fresh = client.get(path, headers={"if-none-match": tag})
    assert fresh.status_code == 200
    assert fresh.headers["etag"] != tag


@pytest.mark.parametrize(
    "path",
    [
        "/api/v1/search?q=检查结果",
        "/api/v1/departments",
        "/api/v1/duties?limit=2",
        f"/api/v1/clauses/{SHANXI}/1.3/1",
        f"/api/v1/compare?topic=医疗服务体系&document={SHANXI}&document={GUANGXI}",
        "/documents.json",
        f"/documents/{SHANXI}.json",
        "/duties.json",
        "/targets.json",
    ],
)
def test_what_is_read_can_be_kept(client: TestClient, path: str) -> None:
    """Every reading call has an ETag, its own for each address, and spares who holds it."""
    tag = client.get(path).headers["etag"]
    assert client.get(path, headers={"if-none-match": f'"x", {tag}'}).status_code == 304
    assert client.get("/api/v1/documents").headers["etag"] != tag


def test_the_description_names_every_call_of_the_contract(client: TestClient) -> None:
    """OpenAPI 3.1 with the calls, an example for the bodies, and problems as problem+json."""
    schema = client.get("/openapi.json").json()
    assert schema["openapi"].startswith("3.1")
    calls = {(method, path) for path, operations in schema["paths"].items() for method in operations}
    assert {
        ("post", "/api/v1/ask"),
        ("get", "/api/v1/search"),
        ("get", "/api/v1/documents"),
        ("get", "/api/v1/documents/{document_id}"),
        ("get", "/api/v1/clauses/{clause_id}"),
        ("get", "/api/v1/departments"),
        ("get", "/api/v1/duties"),
        ("post", "/api/v1/verify"),
        ("post", "/api/v1/feedback"),
        ("get", "/healthz"),
    } <= calls
    assert "application/problem+json" in schema["paths"]["/api/v1/ask"]["post"]["responses"]["422"]["content"]
    assert schema["components"]["schemas"]["AskRequest"]["examples"]
