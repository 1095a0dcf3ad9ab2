"""The JSON API, version 1: each handler reads one snapshot, calls one function and answers with one body.

Handlers are plain `def` and so run in threads; what they share is read-only. Errors are raised as problems
and written by `server.problems`.
"""

from __future__ import annotations

import hashlib
import time
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path, Query, Request, Response
from fastapi.responses import PlainTextResponse

from qa.compare import compare
from qa.verify import verify_citations
from server import schemas, views
from server.access import may_read
from server.feedback import FeedbackLog
from server.problems import MEDIA_TYPE, Problem
from server.service import NotReady, Service, Snapshot
from server.versions import program_version
from server.wording import wording_for

PREFIX = "/api/v1"
PROGRAM = program_version()
METRICS_TYPE = "text/plain; version=0.0.4; charset=utf-8"


def service_of(request: Request) -> Service:
    service: Service = request.app.state.service
    return service


def snapshot_of(request: Request) -> Snapshot:
    """The state that this whole request reads; 503 while no generation is open."""
    return service_of(request).snapshot()


def json_only(request: Request) -> None:
    """Refuse a body that is not JSON with 415, before anything is made of it."""
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != "application/json" and not kind.endswith("+json"):
        wording = wording_for(request)
        raise Problem(415, wording.format("problem.unsupported-media-type.detail", found=kind[:80] or "-"))


Held = Annotated[Snapshot, Depends(snapshot_of)]


def cached(request: Request, response: Response, snapshot: Held) -> None:
    """An ETag that changes with the generation, the library or the program; who holds it is spared the answer."""
    source = f"{PROGRAM}|{snapshot.version}|{request.url.path}|{request.url.query}"
    etag = f'W/"{hashlib.sha256(source.encode()).hexdigest()[:24]}"'
    response.headers["etag"] = etag
    response.headers["cache-control"] = "private, no-cache"
    if etag in [tag.strip() for tag in request.headers.get("if-none-match", "").split(",")]:
        raise NotModified(etag)


class NotModified(Exception):
    """The caller already holds this answer."""

    def __init__(self, etag: str) -> None:
        super().__init__(etag)
        self.etag = etag


def problem_docs(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """The error answers of a call, for the OpenAPI description."""
    return {status: {"model": schemas.ProblemBody, "content": {MEDIA_TYPE: {}}} for status in (*statuses, 429, 503)}


router = APIRouter(prefix=PREFIX)
Filter = Annotated[str | None, Query(max_length=400)]
Offset = Annotated[int, Query(ge=0, le=10_000_000)]
Limit = Annotated[int | None, Query(ge=1, le=10_000, description="at most so many; all without it")]


@router.post(
    "/ask",
    summary="Ask a question",
    tags=["ask"],
    dependencies=[Depends(json_only)],
    responses=problem_docs(400, 413, 415, 422),
)
def post_ask(body: schemas.AskRequest, request: Request, snapshot: Held) -> schemas.AskResponse:
    """An answer with the clauses that give it, or `not_found` with the reason."""
    request.scope["tiaowen.question"] = body.question
    record = service_of(request).ask(
        snapshot,
        body.question,
        k=body.k,
        document=body.document,
        region=body.region,
        department=body.department,
        previous=body.previous,
    )
    found = schemas.AskResponse.model_validate(record)
    request.app.state.metrics.answer(found.status)
    return found


@router.get(
    "/search", summary="Search clauses", tags=["ask"], dependencies=[Depends(cached)], responses=problem_docs(422)
)
def get_search(
    request: Request,
    snapshot: Held,
    q: Annotated[schemas.QuestionText, Query(examples=[schemas.EXAMPLE_QUESTION])],
    k: Annotated[int, Query(ge=1, le=50)] = 10,
    document: Filter = None,
    region: Filter = None,
    department: Filter = None,
) -> schemas.SearchResponse:
    """Ranked clauses only, without an answer."""
    begun = time.perf_counter()
    request.scope["tiaowen.question"] = q
    hits = service_of(request).search(
        snapshot, q, k=k, document=document or None, region=region or None, department=department or None
    )
    took_ms = round((time.perf_counter() - begun) * 1000, 2)
    return views.search_response(q, hits, snapshot, took_ms)


@router.get(
    "/documents",
    summary="List documents",
    tags=["library"],
    dependencies=[Depends(cached)],
    responses=problem_docs(422),
)
def get_documents(
    snapshot: Held,
    offset: Offset = 0,
    limit: Annotated[int, Query(ge=1, le=1000)] = 100,
) -> schemas.DocumentList:
    """What the library holds: metadata and counts."""
    infos = list(snapshot.infos.values())
    return schemas.DocumentList(
        documents=[views.document_summary(info) for info in infos[offset : offset + limit]],
        total=len(infos),
        offset=offset,
        limit=limit,
    )


DocumentId = Annotated[str, Path(max_length=400, examples=["shanxi-2016"])]


@router.get(
    "/documents/{document_id}",
    summary="Read a document",
    tags=["library"],
    dependencies=[Depends(cached)],
    responses=problem_docs(404, 422),
)
def get_document(document_id: DocumentId, snapshot: Held) -> schemas.DocumentResponse:
    """A document's metadata and, in order, its clauses."""
    return views.document_response(snapshot.document(document_id))


@router.get(
    "/clauses/{clause_id:path}",
    summary="Read a clause",
    tags=["library"],
    dependencies=[Depends(cached)],
    responses=problem_docs(404, 422),
)
def get_clause(
    clause_id: Annotated[str, Path(max_length=400, examples=[schemas.EXAMPLE_CLAUSE])], snapshot: Held
) -> schemas.ClauseResponse:
    """One clause with its ancestors, neighbours, duties, references and targets."""
    clause = snapshot.library.clause(clause_id)
    return views.clause_response(clause, snapshot.document(clause.document_id))


@router.get(
    "/departments",
    summary="List departments",
    tags=["duties"],
    dependencies=[Depends(cached)],
    responses=problem_docs(422),
)
def get_departments(snapshot: Held, offset: Offset = 0, limit: Limit = None) -> schemas.DepartmentList:
    """Every department that has a duty, with how many clauses name it."""
    return views.department_list(snapshot, offset, limit)


@router.get(
    "/duties",
    summary="List duties",
    tags=["duties"],
    dependencies=[Depends(cached)],
    responses=problem_docs(422),
)
def get_duties(
    snapshot: Held,
    department: Annotated[str | None, Query(max_length=200, examples=["省科技厅"])] = None,
    document: Filter = None,
    offset: Offset = 0,
    limit: Limit = None,
) -> schemas.DutyList:
    """Who is responsible for what: complete, in the order of the documents, not ranked."""
    rows = views.duties_of(snapshot, department or None, document or None)
    return views.duty_list(snapshot, rows, department or None, offset, limit)


@router.get(
    "/compare",
    summary="Compare two documents",
    tags=["ask"],
    dependencies=[Depends(cached)],
    responses=problem_docs(404, 422),
)
def get_compare(
    snapshot: Held,
    topic: Annotated[schemas.QuestionText, Query(examples=["医疗服务体系"])],
    document: Annotated[list[schemas.Identifier], Query(min_length=2, max_length=2, examples=[schemas.EXAMPLE_PAIR])],
) -> schemas.CompareResponse:
    """The clauses of two documents on a topic, aligned, with what differs. Give `document` twice."""
    found = compare(topic, document[0], document[1], snapshot.library, snapshot.index)
    return schemas.CompareResponse.model_validate(found)


@router.post(
    "/verify",
    summary="Verify citations",
    tags=["ask"],
    dependencies=[Depends(json_only)],
    responses=problem_docs(400, 413, 415, 422),
)
def post_verify(body: schemas.VerifyRequest, snapshot: Held) -> schemas.VerifyResponse:
    """For each citation, whether the library still holds that very text."""
    return schemas.VerifyResponse.model_validate({"results": verify_citations(body.citations, snapshot.library)})


@router.post(
    "/feedback",
    summary="Say whether an answer was good",
    tags=["ask"],
    dependencies=[Depends(json_only)],
    status_code=201,
    responses=problem_docs(400, 404, 413, 415, 422),
)
def post_feedback(body: schemas.FeedbackRequest, request: Request, snapshot: Held) -> schemas.FeedbackResponse:
    """Kept in the library folder for whoever tends the library; never sent anywhere."""
    if body.clause_id is not None:
        snapshot.library.clause(body.clause_id)  # NotFound is answered with 404
    log: FeedbackLog = request.app.state.feedback
    log.add(body.question, body.clause_id, body.verdict, body.comment, snapshot.version)
    return schemas.FeedbackResponse(status="recorded")


operation = APIRouter()


@operation.get("/healthz", summary="Is the index open", tags=["operation"], responses=problem_docs())
def get_health(snapshot: Held) -> schemas.Health:
    """200 once the index is open, 503 before."""
    index = snapshot.index
    return schemas.Health(
        status="ok",
        documents=len(snapshot.infos),
        clauses=snapshot.clause_count,
        generation=index.generation,
        encoder=index.encoder_name,
        backend=index.backend,
    )


@operation.get(
    "/metrics",
    summary="Counters",
    tags=["operation"],
    response_class=PlainTextResponse,
    responses=problem_docs(),
)
def get_metrics(request: Request) -> PlainTextResponse:
    """Requests, answers and sizes in Prometheus's text form; it works before the index is open, too."""
    may_read(request)
    try:
        snapshot = snapshot_of(request)
    except NotReady:
        snapshot = None
    return PlainTextResponse(request.app.state.metrics.text(snapshot), media_type=METRICS_TYPE)
