"""Errors as `application/problem+json` (RFC 9457), in the reader's language, and as a page where a browser
asked.

Each problem has a short name; its `type` points at the paragraph about it on the `/docs` page, so the
address in an error is one a person can open. Nothing here ever shows a traceback.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from corpus.errors import BrokenLibrary, LibraryUnavailable, NotFound, TiaowenError
from server.service import NotReady
from server.wording import Wording, wording_for

MEDIA_TYPE = "application/problem+json"

# Status of the answer and the name of the problem; the titles are in server.wording under "problem.<name>".
PROBLEM_NAMES = {
    400: "bad-request",
    401: "key-needed",
    403: "forbidden",
    404: "not-found",
    405: "method-not-allowed",
    409: "conflict",
    413: "too-large",
    415: "unsupported-media-type",
    421: "unknown-host",
    422: "invalid-input",
    429: "too-many-requests",
    500: "internal-error",
    503: "not-ready",
}


class Problem(Exception):
    """An error that a caller can act on, with the status it is answered with."""

    def __init__(
        self,
        status: int,
        detail: str,
        *,
        errors: Sequence[Mapping[str, str]] = (),
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(detail)
        self.status = status
        self.detail = detail
        self.errors = tuple(errors)
        self.headers = dict(headers or {})


def problem_body(
    status: int, detail: str, wording: Wording, errors: Sequence[Mapping[str, str]] = ()
) -> dict[str, Any]:
    """The members of RFC 9457, plus `errors` where single fields are at fault."""
    name = PROBLEM_NAMES.get(status, "bad-request" if status < 500 else "internal-error")
    body: dict[str, Any] = {
        "type": f"/docs#problem-{name}",
        "title": wording[f"problem.{name}"],
        "status": status,
        "detail": detail,
    }
    if errors:
        body["errors"] = [dict(error) for error in errors]
    return body


def wants_page(request: Request) -> bool:
    """True where a person in a browser is looking, and so an error is a page and not JSON."""
    path = request.url.path
    if path.startswith("/api/") or path in ("/healthz", "/metrics", "/openapi.json") or path.endswith(".json"):
        return False
    return "text/html" in request.headers.get("accept", "")


def problem_response(request: Request, problem: Problem) -> Response:
    """The answer for one problem: a page for browsers, problem+json for everyone else."""
    wording = wording_for(request)
    body = problem_body(problem.status, problem.detail, wording, problem.errors)
    render = getattr(request.app.state, "render_problem", None)
    if render is not None and wants_page(request):
        page: Response = render(request, body)
        page.headers.update(problem.headers)
        return page
    return JSONResponse(body, problem.status, headers=problem.headers, media_type=MEDIA_TYPE)


def field_errors(error: RequestValidationError, wording: Wording) -> list[dict[str, str]]:
    """One entry per bad field, named as the caller wrote it: `question`, `citations.0.sha256`."""
    found = []
    for item in error.errors():
        location = [str(part) for part in item["loc"]]
        if item["type"] == "json_invalid":
            location = ["body"]  # the rest is the offset at which the JSON breaks off
        field = ".".join(location[1:] if location[0] in ("body", "query", "path", "header") else location)
        key = f"invalid.{item['type']}"
        context = {name: value for name, value in (item.get("ctx") or {}).items() if name != "error"}
        message = wording.format(key, **context) if key in wording else str(item["msg"])
        found.append({"field": field or "body", "message": message})
    return found


def install_handlers(app: FastAPI) -> None:
    """Teach an app to answer every error in this form."""

    @app.exception_handler(Problem)
    def on_problem(request: Request, error: Exception) -> Response:
        assert isinstance(error, Problem)
        return problem_response(request, error)

    @app.exception_handler(NotFound)
    def on_not_found(request: Request, error: Exception) -> Response:
        return problem_response(request, Problem(404, str(error)))

    @app.exception_handler(TiaowenError)
    def on_tiaowen_error(request: Request, error: Exception) -> Response:
        return problem_response(request, Problem(422, str(error)))

    @app.exception_handler(BrokenLibrary)
    @app.exception_handler(LibraryUnavailable)
    @app.exception_handler(NotReady)
    def on_not_ready(request: Request, error: Exception) -> Response:
        return problem_response(request, Problem(503, str(error), headers={"retry-after": "5"}))

    @app.exception_handler(RequestValidationError)
    def on_invalid(request: Request, error: Exception) -> Response:
        assert isinstance(error, RequestValidationError)
        wording = wording_for(request)
        errors = field_errors(error, wording)
        detail = wording.format("invalid.detail", fields=", ".join(sorted({e["field"] for e in errors})))
        return problem_response(request, Problem(422, detail, errors=errors))

    @app.exception_handler(HTTPException)
    def on_http(request: Request, error: Exception) -> Response:
        assert isinstance(error, HTTPException)
        wording = wording_for(request)
        known = {
            404: wording.format("problem.not-found.detail", path=request.url.path),
            405: wording.format("problem.method-not-allowed.detail", method=request.method),
            413: wording["problem.too-large.detail"],
        }
        if error.status_code == 400 and "parsing the body" in str(error.detail):
            return problem_response(request, Problem(400, wording["problem.bad-request.body"]))
        standard = HTTPStatus(error.status_code).phrase
        detail = known.get(error.status_code) if error.detail == standard else str(error.detail)
        return problem_response(request, Problem(error.status_code, detail or standard, headers=error.headers))
