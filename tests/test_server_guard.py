"""What surrounds every request: headers, limits, keys, log lines, metrics."""

from __future__ import annotations

import json
import logging
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.testclient import TestClient
from test_server_api import QUESTION, make_client

from corpus.errors import TiaowenError
from server.keys import KeyRing, presented_key
from server.middleware import RateLimiter, client_of, host_is_known
from server.settings import Settings


@pytest.mark.parametrize("path", ["/", "/docs", "/api/v1/documents", "/nothing", "/static/style.css", "/healthz"])
def test_every_answer_is_signed_and_safe(tmp_path: Path, path: str) -> None:
    """Security headers and a request id are on pages, JSON, files and errors alike."""
    response = make_client(tmp_path).get(path)
    policy = response.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert "frame-ancestors 'none'" in policy
    assert response.headers["x-content-type-options"] == "nosniff"
    assert response.headers["x-frame-options"] == "DENY"
    assert response.headers["referrer-policy"] == "same-origin"
    assert re.fullmatch(r"[0-9a-f]{16}", response.headers["x-request-id"])


def test_a_sound_request_id_is_kept_and_another_replaced(tmp_path: Path) -> None:
    """A caller may trace its request; what could forge a log line is not taken over."""
    client = make_client(tmp_path)
    assert client.get("/healthz", headers={"x-request-id": "trace-0001"}).headers["x-request-id"] == "trace-0001"
    assert client.get("/healthz", headers={"x-request-id": "a b{}"}).headers["x-request-id"] != "a b{}"


def test_too_many_requests_are_told_when_to_come_back(tmp_path: Path) -> None:
    """429 with Retry-After; the style sheet and the health check are not counted."""
    client = make_client(tmp_path, requests_per_minute=3)
    statuses = [client.get("/api/v1/documents").status_code for _ in range(4)]
    assert statuses == [200, 200, 200, 429]
    refused = client.get("/api/v1/documents")
    assert 1 <= int(refused.headers["retry-after"]) <= 60
    assert refused.headers["content-type"] == "application/problem+json"
    assert client.get("/static/style.css").status_code == 200
    assert client.get("/healthz").status_code == 200


def test_the_bucket_refills_evenly() -> None:
    """60 a minute is one a second, and never more than 60 at once."""
    now = [0.0]
    limiter = RateLimiter(60, clock=lambda: now[0])
    assert [limiter.seconds_to_wait("a") for _ in range(60)] == [0.0] * 60
    assert limiter.seconds_to_wait("a") == pytest.approx(1.0)
    assert limiter.seconds_to_wait("b") == 0.0
    now[0] = 1.0
    assert limiter.seconds_to_wait("a") == 0.0
    now[0] = 1000.0
    assert sum(limiter.seconds_to_wait("a") == 0.0 for _ in range(100)) == 60


@pytest.mark.parametrize(
    ("peer", "forwarded", "expected"),
    [
        ("10.0.0.9", "1.2.3.4", "10.0.0.9"),  # not a proxy of ours: its word counts for nothing
        ("10.0.0.1", "1.2.3.4", "1.2.3.4"),
        ("10.0.0.1", "6.6.6.6, 1.2.3.4", "1.2.3.4"),  # the first one may be made up, the last our proxy saw
        ("10.0.0.1", "1.2.3.4, 10.0.0.1", "1.2.3.4"),
        ("10.0.0.1", "", "10.0.0.1"),
    ],
)
def test_only_a_trusted_proxy_says_who_asks(peer: str, forwarded: str, expected: str) -> None:
    """X-Forwarded-For is read from the right, past the proxies that the settings name."""
    scope = {"client": (peer, 1), "headers": [(b"x-forwarded-for", forwarded.encode())]}
    assert client_of(scope, ("10.0.0.1",)) == expected


@pytest.mark.parametrize(
    ("host", "known"),
    [
        ("127.0.0.1:8000", True),
        ("localhost", True),
        ("[::1]:8000", True),
        ("wiki.example", True),
        ("evil.example", False),
        ("127.0.0.1.evil.example", False),
        ("", False),
    ],
)
def test_a_foreign_host_name_is_refused_on_loopback(host: str, known: bool) -> None:
    """DNS rebinding brings another site's name; only ours and those allowed are served."""
    assert host_is_known(host, Settings(allowed_hosts="wiki.example")) is known


def test_the_log_has_one_line_a_request_without_the_question(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """JSON with method, path, status and time; the question only where the settings ask for it."""
    logging.getLogger("tiaowen").propagate = True
    with caplog.at_level(logging.INFO, "tiaowen.access"):
        make_client(tmp_path).post("/api/v1/ask", json={"question": QUESTION})
        make_client(tmp_path).get("/", params={"q": QUESTION}, headers={"authorization": "Bearer secret"})
        make_client(tmp_path, log_questions=True).get("/", params={"q": QUESTION})
    lines = [json.loads(record.message) for record in caplog.records if record.name == "tiaowen.access"]
    assert [(line["method"], line["path"], line["status"]) for line in lines] == [
        ("POST", "/api/v1/ask", 200),
        ("GET", "/", 200),
        ("GET", "/", 200),
    ]
    assert [line.get("question") for line in lines] == [None, None, QUESTION]
    assert "secret" not in caplog.text


def test_a_bug_is_logged_and_not_shown(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """A 500 names the id under which the traceback stands in the log, and nothing of the traceback."""
    client = make_client(tmp_path)
    client.app.state.service._ask = lambda *_, **__: 1 / 0  # type: ignore[attr-defined]
    logging.getLogger("tiaowen").propagate = True
    response = client.post("/api/v1/ask", json={"question": QUESTION})
    assert response.status_code == 500
    assert response.headers["x-request-id"] in response.json()["detail"]
    assert "division" not in response.text
    assert "ZeroDivisionError" in caplog.text


def test_head_is_get_without_its_body(tmp_path: Path) -> None:
    """For every address that has a GET."""
    client = make_client(tmp_path)
    for path in ("/", "/healthz", "/api/v1/documents"):
        response = client.head(path)
        assert response.status_code == 200
        assert response.content == b""


def test_long_answers_are_compressed(tmp_path: Path) -> None:
    """gzip for a client that takes it."""
    response = make_client(tmp_path).get("/docs", headers={"accept-encoding": "gzip"})
    assert response.headers["content-encoding"] == "gzip"


def test_metrics_count_routes_and_not_addresses(tmp_path: Path) -> None:
    """Addresses share the label of their route, unknown ones a common label."""
    client = make_client(tmp_path)
    client.post("/api/v1/ask", json={"question": QUESTION})
    client.get("/api/v1/documents/shanxi-2016")
    client.get("/no/such/page")
    text = client.get("/metrics").text
    assert 'tiaowen_answers_total{status="answered"} 1.0' in text
    assert 'route="/api/v1/documents/{document_id}"' in text
    assert "/no/such/page" not in text
    assert "tiaowen_clauses 4.0" in text


def test_a_private_server_is_read_with_a_key(tmp_path: Path) -> None:
    """Bearer for programs, Basic for browsers; a revoked key is out at once; health stays open."""
    ring = KeyRing(tmp_path)
    key, secret = ring.create("读者", "read")
    client = make_client(tmp_path, private=True)
    assert client.get("/healthz").status_code == 200
    refused = client.get("/")
    assert refused.status_code == 401
    assert refused.headers["www-authenticate"].startswith("Basic ")
    assert client.get("/", headers={"authorization": f"Bearer {secret}"}).status_code == 200
    assert client.get("/", auth=("anyone", secret)).status_code == 200
    assert client.get("/", auth=("anyone", "wrong")).status_code == 401
    ring.revoke(key.key_id)
    assert client.get("/", auth=("anyone", secret)).status_code in (200, 401)
    ring.create("别人", "read")
    assert client.get("/", auth=("anyone", secret)).status_code == 401


def test_a_key_is_kept_only_as_a_hash(tmp_path: Path) -> None:
    """The secret stands nowhere on disk, the file is for its owner only, and scopes include lower ones."""
    key, secret = KeyRing(tmp_path).create("管理员", "write")
    path = tmp_path / "keys.json"
    assert secret not in path.read_text(encoding="utf-8")
    assert path.stat().st_mode & 0o077 == 0
    assert KeyRing(tmp_path).find(secret) == key
    assert [key.allows(scope) for scope in ("read", "write", "admin")] == [True, True, False]


def test_a_damaged_key_file_lets_nobody_in(tmp_path: Path) -> None:
    """It is said, not taken for an empty one."""
    (tmp_path / "keys.json").write_text("{", encoding="utf-8")
    with pytest.raises(TiaowenError):
        KeyRing(tmp_path).keys()


@given(st.text(max_size=60))
def test_any_authorization_header_is_read_without_an_error(header: str) -> None:
    """Nonsense is no key."""
    presented_key(header)
    presented_key(f"Basic {header}")


def test_two_clients_at_once_do_not_disturb_each_other(tmp_path: Path) -> None:
    """Sixteen threads ask at the same time and all get the one answer."""
    from concurrent.futures import ThreadPoolExecutor

    client: TestClient = make_client(tmp_path)

    def ask(_: int) -> str:
        body = client.post("/api/v1/ask", json={"question": QUESTION}).json()
        body.pop("took_ms")
        return json.dumps(body)

    with ThreadPoolExecutor(16) as pool:
        assert len(set(pool.map(ask, range(64)))) == 1


ELSEWHERE = "https://wiki.example"


def test_other_sites_may_not_call_unless_named(tmp_path: Path) -> None:
    """Without the setting no answer is open to another origin, and its writing calls are refused."""
    client, named = make_client(tmp_path), make_client(tmp_path, cors_origins=(ELSEWHERE,))
    asked = {"json": {"question": QUESTION}}
    from_there = {"origin": ELSEWHERE, "sec-fetch-site": "cross-site"}
    assert client.post("/api/v1/ask", **asked, headers=from_there).status_code == 403
    assert "access-control-allow-origin" not in client.get("/api/v1/documents", headers=from_there).headers
    allowed = named.post("/api/v1/ask", **asked, headers=from_there)
    assert (allowed.status_code, allowed.headers["access-control-allow-origin"]) == (200, ELSEWHERE)
    assert "access-control-allow-credentials" not in allowed.headers
    other = {**from_there, "origin": "https://evil.example"}
    assert named.post("/api/v1/ask", **asked, headers=other).status_code == 403


def test_a_named_site_is_told_what_it_may_send(tmp_path: Path) -> None:
    """The browser's question beforehand is answered for the methods that read."""
    client = make_client(tmp_path, cors_origins=(ELSEWHERE,))
    headers = {"origin": ELSEWHERE, "access-control-request-method": "POST"}
    assert client.options("/api/v1/ask", headers=headers).status_code == 200
    headers["access-control-request-method"] = "DELETE"
    assert client.options("/api/v1/documents/shanxi-2016", headers=headers).status_code == 400


@pytest.mark.parametrize("peer", ["testclient", "other"])
def test_only_a_trusted_proxy_says_that_the_address_is_https(tmp_path: Path, peer: str) -> None:
    """Then the addresses in citations begin with https."""
    client = make_client(tmp_path, trusted_proxies=(peer,))
    headers = {"x-forwarded-for": "1.2.3.4", "x-forwarded-proto": "https"}
    html = client.get("/", params={"q": QUESTION}, headers=headers).text
    assert ("https://127.0.0.1/documents/" in html) == (peer == "testclient")
    assert ("http://127.0.0.1/documents/" in html) == (peer == "other")


def test_a_private_job_or_twin_is_private_too(tmp_path: Path) -> None:
    """Every address but health wants the key, whatever its form."""
    KeyRing(tmp_path).create("读者", "read")
    client = make_client(tmp_path, private=True)
    for path in ("/ask.json?q=a", "/documents.json", "/jobs/0123456789abcdef.json", "/metrics", "/api/v1/duties"):
        assert client.get(path).status_code == 401, path
