"""Pages for browsing what the clauses promise: who is responsible, and which numbers are to be reached."""

from __future__ import annotations

from typing import Annotated, Any
from urllib.parse import quote, urlencode

from fastapi import APIRouter, Depends, Query, Request, Response
from starlette.responses import HTMLResponse, JSONResponse

from qa.compare import compare
from server import schemas, views
from server.api import Held, Offset, cached
from server.marks import Span, runs
from server.page_models import compared_pairs
from server.pages import Chosen, asked_language, make_link, neighbours, render
from server.quality import by_kind, read_quality
from server.service import DutyRow, Snapshot, TargetRow

router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)
ROWS_AT_ONCE = 200


def by_document(snapshot: Snapshot, rows: list[DutyRow]) -> list[tuple[str, str, list[DutyRow]]]:
    """Id, title and rows of each document, in the library's order."""
    groups: dict[str, list[DutyRow]] = {}
    for row in rows:
        groups.setdefault(row.document_id, []).append(row)
    return [(name, snapshot.infos[name].title, found) for name, found in groups.items() if name in snapshot.infos]


@router.get("/duties")
def duties_page(
    request: Request, snapshot: Held, department: Chosen = "", document: Chosen = "", offset: Offset = 0
) -> Response:
    """Departments with how often they are named, and the duties of the one chosen, a page at a time."""
    listed = views.department_list(snapshot).departments
    rows = views.duties_of(snapshot, department, document or None) if department else []
    return render(
        request,
        "duties.html",
        "duties",
        departments=listed,
        department=department,
        document=document,
        groups=by_document(snapshot, rows[offset : offset + ROWS_AT_ONCE]),
        total=len(rows),
        twin=make_link(None)("/duties.json", department=department, document=document),
        **neighbours(offset, ROWS_AT_ONCE, len(rows)),
    )


@router.get("/duties.json", response_class=JSONResponse, dependencies=[Depends(cached)])
def duties_json(snapshot: Held, department: Chosen = "", document: Chosen = "") -> schemas.DutyList:
    """The twin of the duties page."""
    rows = views.duties_of(snapshot, department or None, document or None)
    return views.duty_list(snapshot, rows, department or None)


@router.get("/targets")
def targets_page(request: Request, snapshot: Held, document: Chosen = "", offset: Offset = 0) -> Response:
    """The numbers that the clauses promise, each in its sentence, a page at a time."""
    rows = targets_of(snapshot, document)
    shown = [
        (row, snapshot.infos[row.document_id].region, runs(row.sentence, [target_span(row)]))
        for row in rows[offset : offset + ROWS_AT_ONCE]
    ]
    return render(
        request,
        "targets.html",
        "targets",
        rows=shown,
        total=len(rows),
        document=document,
        documents=list(snapshot.infos.values()),
        twin=make_link(None)("/targets.json", document=document),
        **neighbours(offset, ROWS_AT_ONCE, len(rows)),
    )


@router.get("/targets.json", response_class=JSONResponse, dependencies=[Depends(cached)])
def targets_json(snapshot: Held, document: Chosen = "") -> dict[str, Any]:
    """The twin of the targets page."""
    targets = [
        {
            **schemas.TargetBody.model_validate(row.target).model_dump(),
            "clause_id": row.clause_id,
            "document_id": row.document_id,
            "label": row.label,
            "url": views.url_of(row.clause_id),
        }
        for row in targets_of(snapshot, document)
    ]
    return {"targets": targets, "total": len(targets)}


def targets_of(snapshot: Snapshot, document: str) -> list[TargetRow]:
    """The targets of one document, or of all where none is named."""
    return [row for row in snapshot.targets if row.document_id in snapshot.infos and document in ("", row.document_id)]


def target_span(row: TargetRow) -> Span:
    """Where the target stands in its sentence."""
    return Span(row.start, row.start + row.target.end - row.target.start, "target")


@router.get("/compare")
def compare_page(
    request: Request,
    snapshot: Held,
    topic: Annotated[str, Query(max_length=500)] = "",
    document: Annotated[list[str] | None, Query(max_length=2)] = None,
) -> Response:
    """Two documents side by side on a topic."""
    topic, chosen = topic.strip(), [name for name in document or [] if name]
    known = list(snapshot.infos)
    chosen = (chosen + [name for name in known if name not in chosen])[:2]
    comparison = compared(snapshot, topic, chosen)
    pair = urlencode([("topic", topic), *(("document", name) for name in chosen)], quote_via=quote)
    return render(
        request,
        "compare.html",
        "compare",
        twin=f"/compare.json?{pair}" if comparison else None,
        topic=topic,
        chosen=chosen,
        documents=list(snapshot.infos.values()),
        comparison=comparison,
        pairs=compared_pairs(comparison, make_link(asked_language(request))) if comparison else [],
    )


@router.get("/compare.json", response_class=JSONResponse, dependencies=[Depends(cached)])
def compare_json(
    snapshot: Held,
    topic: Annotated[schemas.QuestionText, Query()],
    document: Annotated[list[str], Query(min_length=2, max_length=2)],
) -> schemas.CompareResponse:
    """The twin of the compare page."""
    return schemas.CompareResponse.model_validate(
        compare(topic, document[0], document[1], snapshot.library, snapshot.index)
    )


def compared(snapshot: Snapshot, topic: str, documents: list[str]) -> schemas.CompareResponse | None:
    """The comparison; None where no topic was given or the library has no two documents."""
    if not topic or len(documents) < 2:
        return None
    found = compare(topic, documents[0], documents[1], snapshot.library, snapshot.index)
    return schemas.CompareResponse.model_validate(found)


@router.get("/quality")
def quality_page(request: Request) -> Response:
    """The latest evaluation of this library."""
    report = read_quality(request.app.state.settings.home)
    return render(
        request, "quality.html", "quality", twin="/quality.json", report=report, kinds=by_kind(report) if report else []
    )


@router.get("/quality.json")
def quality_json(request: Request) -> JSONResponse:
    """The twin of the quality page; an empty object if nothing was measured."""
    return JSONResponse(read_quality(request.app.state.settings.home) or {})
