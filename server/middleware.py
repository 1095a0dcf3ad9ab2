"""What surrounds every request: a request id, headers that keep browsers safe, size and rate limits, one
log line.

Written against ASGI itself, so that streaming answers stream and nothing is buffered. The log line is JSON
on the logger `tiaowen.access`; the text of a question is in it only if the settings ask for that, keys and
cookies never.
"""

from __future__ import annotations

import json
import logging
import re
import secrets
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime
from urllib.parse import parse_qsl

from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from server.metrics import Metrics
from server.problems import Problem, problem_response
from server.settings import LOOPBACK_HOSTS, Settings
from server.wording import wording_for

ACCESS_LOG = logging.getLogger("tiaowen.access")
ERROR_LOG = logging.getLogger("tiaowen.errors")
SMALL_BODY_BYTES = 64 * 1024
_REQUEST_ID = re.compile(r"^[A-Za-z0-9._-]{8,64}$")

SECURITY_HEADERS = {
    # Scripts and styles only from our own files, none inline; nothing embeds the page, nothing is fetched
    # elsewhere.
    "content-security-policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
        "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), microphone=(), geolocation=(), payment=()",
}


class RateLimiter:
    """A token bucket per client: `per_minute` requests, refilled evenly. Thread-safe; forgets quiet
    clients.
    """

    def __init__(self, per_minute: int, *, clock: Callable[[], float] = time.monotonic) -> None:
        self.per_minute = per_minute
        self._clock = clock
        self._lock = threading.Lock()
        self._buckets: dict[str, tuple[float, float]] = {}

    def seconds_to_wait(self, client: str) -> float:
        """0 if the client may go on (and one token is taken), else the seconds until it may."""
        if self.per_minute == 0:
            return 0.0
        now, rate = self._clock(), self.per_minute / 60
        with self._lock:
            if len(self._buckets) > 10_000:
                fresh = now - 60
                self._buckets = {name: held for name, held in self._buckets.items() if held[1] > fresh}
            tokens, seen = self._buckets.get(client, (float(self.per_minute), now))
            tokens = min(float(self.per_minute), tokens + (now - seen) * rate)
            if tokens < 1:
                self._buckets[client] = (tokens, now)
                return (1 - tokens) / rate
            self._buckets[client] = (tokens - 1, now)
            return 0.0


def client_of(scope: Scope, trusted_proxies: tuple[str, ...]) -> str:
    """The address a request came from; X-Forwarded-For counts only from a proxy that the settings trust."""
    peer = peer_of(scope)
    if peer in trusted_proxies:
        forwarded = [part.strip() for part in Headers(scope=scope).get("x-forwarded-for", "").split(",")]
        for address in reversed([part for part in forwarded if part]):
            if address not in trusted_proxies:
                return address
    return peer


def peer_of(scope: Scope) -> str:
    """The address at the other end of the connection."""
    return str(scope["client"][0]) if scope.get("client") else "local"


def host_name(header: str) -> str:
    """The name in a Host header, without its port and brackets."""
    name = header.strip().lower()
    if name.startswith("["):
        return name[1:].partition("]")[0]
    return name.rpartition(":")[0] if name.count(":") == 1 else name


def host_is_known(header: str, settings: Settings) -> bool:
    """False for a name that is not ours: it got here by DNS rebinding, through somebody else's page."""
    if not settings.is_loopback or "*" in settings.allowed_hosts:
        return True
    name = host_name(header)
    return name in LOOPBACK_HOSTS or name in settings.allowed_hosts or name.endswith(".localhost")


def comes_from_elsewhere(headers: Headers, welcome: tuple[str, ...] = ()) -> bool:
    """True if a browser says that a page of another origin made this request, and not of a `welcome` one."""
    site, origin = headers.get("sec-fetch-site"), headers.get("origin")
    if origin in welcome:
        return False
    if site is not None:
        return site not in ("same-origin", "none")
    return origin is not None and origin.partition("://")[2] != headers.get("host")


class Guard:
    """The outermost layer: refuses what should not reach a handler, and signs what leaves."""

    def __init__(self, app: ASGIApp, settings: Settings, metrics: Metrics | None = None) -> None:
        self.app = app
        self.settings = settings
        self.metrics = metrics
        self.limiter = RateLimiter(settings.requests_per_minute)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        begun = time.perf_counter()
        headers = Headers(scope=scope)
        given = headers.get("x-request-id", "")
        request_id = given if _REQUEST_ID.match(given) else secrets.token_hex(8)
        scope["tiaowen.request_id"] = request_id
        client = client_of(scope, self.settings.trusted_proxies)
        if client != peer_of(scope) and headers.get("x-forwarded-proto") == "https":
            scope["scheme"] = "https"  # for the addresses that a citation carries
        sent = {"status": 0, "bytes": 0}

        async def signed_send(message: Message) -> None:
            if message["type"] == "http.response.start":
                sent["status"] = message["status"]
                out = MutableHeaders(scope=message)
                for name, value in SECURITY_HEADERS.items():
                    out.setdefault(name, value)
                out["x-request-id"] = request_id
            elif message["type"] == "http.response.body":
                sent["bytes"] += len(message.get("body", b""))
            await send(message)

        try:
            problem = self._refusal(scope, headers, client)
            if problem is not None:
                await self._refuse(problem, scope, receive, signed_send)
            else:
                limit = self._body_limit(scope, headers)
                await self.app(scope, _limited(receive, limit, scope), signed_send)
        except Exception:
            # A bug keeps its traceback, in the log; the client gets the id under which it stands there.
            ERROR_LOG.exception("request %s failed: %s %s", request_id, scope["method"], scope["path"])
            if sent["status"]:
                raise
            detail = wording_for(Request(scope)).format("problem.internal-error.detail", id=request_id)
            await self._refuse(Problem(500, detail), scope, receive, signed_send)
        finally:
            seconds = time.perf_counter() - begun
            self._log(scope, client, request_id, sent, seconds)
            if self.metrics is not None:
                route = getattr(scope.get("route"), "path", "other")
                self.metrics.request(_known_method(scope["method"]), route, sent["status"], seconds)

    def _body_limit(self, scope: Scope, headers: Headers) -> int:
        is_upload = headers.get("content-type", "").startswith("multipart/form-data")
        return self.settings.max_body_bytes if is_upload else min(SMALL_BODY_BYTES, self.settings.max_body_bytes)

    def _refusal(self, scope: Scope, headers: Headers, client: str) -> Problem | None:
        wording = wording_for(Request(scope))
        if not host_is_known(headers.get("host", ""), self.settings):
            name = host_name(headers.get("host", ""))
            return Problem(421, wording.format("problem.unknown-host.detail", name=name))
        if scope["method"] not in ("GET", "HEAD", "OPTIONS") and comes_from_elsewhere(
            headers, self.settings.cors_origins
        ):
            return Problem(403, wording["problem.forbidden.cross-site"])
        limit = self._body_limit(scope, headers)
        length = headers.get("content-length", "0")
        if not length.isdecimal():
            return Problem(400, wording.format("problem.bad-request.length", length=length[:20]))
        if int(length) > limit:
            return Problem(413, wording.format("problem.too-large.limit", limit=limit), headers={"connection": "close"})
        if scope["path"].startswith("/static/") or scope["path"] == "/healthz":
            return None
        wait = self.limiter.seconds_to_wait(client)
        if wait > 0:
            seconds = str(int(wait) + 1)
            detail = wording.format("problem.too-many-requests.detail", seconds=seconds)
            return Problem(429, detail, headers={"retry-after": seconds})
        return None

    async def _refuse(self, problem: Problem, scope: Scope, receive: Receive, send: Send) -> None:
        answer: Response = problem_response(Request(scope), problem)
        await answer(scope, receive, send)

    def _log(self, scope: Scope, client: str, request_id: str, sent: dict[str, int], seconds: float) -> None:
        line = {
            "at": datetime.now(UTC).isoformat(timespec="milliseconds"),
            "request_id": request_id,
            "client": client,
            "method": scope["method"],
            "path": scope["path"],
            "status": sent["status"],
            "bytes": sent["bytes"],
            "ms": round(seconds * 1000, 1),
        }
        if self.settings.log_questions:
            query = dict(parse_qsl(scope.get("query_string", b"").decode("latin-1")))
            question = scope.get("tiaowen.question") or query.get("q")
            if question:
                line["question"] = question
        ACCESS_LOG.info(json.dumps(line, ensure_ascii=False))


def _known_method(method: str) -> str:
    """The method as a label; made-up methods share one, so that nobody fills the memory with labels."""
    return method if method in ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS") else "other"


def _limited(receive: Receive, limit: int, scope: Scope) -> Receive:
    """Counts the body as it streams in, for senders that gave no length or a false one."""
    seen = 0

    async def counted() -> Message:
        nonlocal seen
        message = await receive()
        if message["type"] == "http.request":
            seen += len(message.get("body", b""))
            if seen > limit:
                wording = wording_for(Request(scope))
                # This type passes through the body parsers above us unchanged.
                raise HTTPException(413, wording.format("problem.too-large.limit", limit=limit))
        return message

    return counted


class HeadAsGet:
    """Answers HEAD as GET without its body, which HTTP asks of every address that has a GET."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] != "HEAD":
            await self.app(scope, receive, send)
            return

        async def without_body(message: Message) -> None:
            if message["type"] == "http.response.body":
                message = {**message, "body": b""}
            await send(message)

        await self.app({**scope, "method": "GET"}, receive, without_body)
