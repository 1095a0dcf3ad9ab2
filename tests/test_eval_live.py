"""A live server is measured over its public contract alone; here a small real one on a free port."""

import hashlib
import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

import pytest

from corpus.errors import TiaowenError
from eval.evaluate import evaluate, summarize
from eval.live import LiveServer
from eval.questions import BadSet, load_questions

TEXTS = ["到2020年收入430亿元。", "省科技厅负责检查。"]


def served_clause(row: int) -> dict[str, Any]:
    start = 6 + 20 * row
    return {
        "clause_id": f"山西/{row}",
        "label": f"《方案》{row}",
        "text": TEXTS[row],
        "source": {"start": start, "end": start + len(TEXTS[row])},
        "sha256": hashlib.sha256(TEXTS[row].encode()).hexdigest(),
    }


def citation(row: int, score: float) -> dict[str, Any]:
    return served_clause(row) | {"document_id": "山西", "score": score}


class Handler(BaseHTTPRequestHandler):
    """Knows one document; puts the clause first that shares most characters; limits every third request
    once.
    """

    protocol_version = "HTTP/1.1"
    requests: list[str]

    def do_GET(self) -> None:
        url = urlsplit(self.path)
        self.requests.append(self.path)
        if len(self.requests) % 3 == 0:
            self.reply(429, {"title": "slow down"}, {"Retry-After": "0"})
        elif url.path == "/healthz":
            self.reply(200, {"generation": "g1"})
        elif url.path == "/api/v1/search":
            query = parse_qs(url.query)
            assert int(query["k"][0]) <= 50
            self.reply(200, {"hits": self.rank(query["q"][0])})
        elif unquote(url.path) == "/api/v1/documents/山西":
            self.reply(200, {"region": "山西", "clauses": [served_clause(0), served_clause(1)]})
        elif url.path == "/api/v1/documents/broken":
            self.reply(500, {"title": "broken"})
        elif url.path == "/api/v1/documents/page":
            self.reply(200, "<html>")
        else:
            self.reply(404, {"title": "none"})

    def do_POST(self) -> None:
        question = json.loads(self.rfile.read(int(self.headers["Content-Length"])))["question"]
        hits = self.rank(question)
        answer = {
            "text": TEXTS[0][-6:-1],
            "clause_id": "山西/0",
            "start": len(TEXTS[0]) - 6,
            "end": len(TEXTS[0]) - 1,
        }
        self.reply(200, {"status": "answered", "answer": answer, "citations": hits, "nearest": []})

    def rank(self, text: str) -> list[dict[str, Any]]:
        shared = [len(set(text) & set(each)) / 20 for each in TEXTS]
        return [citation(row, shared[row]) for row in sorted((0, 1), key=lambda row: -shared[row])]

    def reply(self, status: int, body: object, headers: dict[str, str] | None = None) -> None:
        data = body.encode() if isinstance(body, str) else json.dumps(body).encode()
        self.send_response(status)
        for name, value in {"Content-Length": str(len(data)), **(headers or {})}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *_: object) -> None:
        """Quiet."""


@pytest.fixture
def url() -> Iterator[str]:
    """The address of a running server with one document."""
    handler = type("Fresh", (Handler,), {"requests": []})
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()
        thread.join()


def test_a_set_is_measured_over_http(url: str, tmp_path: Path) -> None:
    """Anchors are found in the served clauses, citations are checked in them, and rate limits are waited
    out.
    """
    rows = [
        {"id": "a", "kind": "fact", "question": "2020年收入", "answer": "430亿元"},
        {"id": "b", "kind": "region", "question": "省科技厅检查"},
    ]
    rows[0]["gold"] = [{"document": "山西", "anchor": "收入430"}]
    rows[1]["gold"] = [{"document": "山西", "anchor": "省科技厅"}]
    (tmp_path / "set.jsonl").write_text("\n".join(json.dumps(row) for row in rows))
    server = LiveServer(url)
    questions = load_questions(tmp_path / "set.jsonl", server.document)
    assert [each.gold_clauses for each in questions] == [("山西/0",), ("山西/1",)]
    outcomes = evaluate(
        questions,
        server.search,
        ask=server.ask,
        text_of=server.text_of,
        region_of=server.region_of,
        clock=server.clock,
    )
    summary = summarize(outcomes)
    assert summary["hit@1"] == 1
    assert summary["answer"]["exact"] == 1
    assert outcomes[0].asked is not None
    assert outcomes[0].asked.faults == ()
    assert outcomes[1].asked is not None
    assert outcomes[1].asked.faults == ()
    assert summary["region"] == {"n": 1, "confusion": 0}
    assert all(outcome.took_ms > 0 for outcome in outcomes)


def test_what_a_server_holds(url: str) -> None:
    """A clause comes with label and text, an unknown document is None, and health names the generation."""
    server = LiveServer(url)
    assert server.clause_of("山西/1") == ("《方案》1", TEXTS[1])
    assert server.clause_of("山西/9") is None
    assert server.clause_of("else/1") is None
    assert (server.text_of("else"), server.region_of("else")) == (None, None)
    assert server.health() == {"generation": "g1"}


def test_an_unknown_document_in_a_set_is_a_problem_of_the_set(url: str, tmp_path: Path) -> None:
    """What the server does not hold is reported by line, as with a library."""
    gold = [{"document": "else", "anchor": "x"}]
    (tmp_path / "set.jsonl").write_text(json.dumps({"id": "a", "kind": "fact", "question": "q", "gold": gold}))
    with pytest.raises(BadSet, match="the document 'else' is not in the library"):
        load_questions(tmp_path / "set.jsonl", LiveServer(url).document)


def test_a_server_that_fails_is_one_sentence(url: str) -> None:
    """An error status, a page instead of JSON, nobody there, and no address at all."""
    server = LiveServer(url)
    with pytest.raises(TiaowenError, match="answered 500"):
        server.document("broken")
    with pytest.raises(TiaowenError, match="did not answer in JSON"):
        server.document("page")
    with pytest.raises(TiaowenError, match="start one with `tiaowen serve`"):
        LiveServer("http://127.0.0.1:1").health()
    with pytest.raises(TiaowenError, match="is no address of a server"):
        LiveServer("localhost:8000")
