"""Pages for browsing what the clauses promise: who is responsible, and which numbers are to be reached."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request, Response
from starlette.responses import HTMLResponse, JSONResponse

from server import schemas, views
from server.api import Held, cached
from server.marks import Span, runs
from server.pages import asked_language, make_link, render
from server.service import DutyRow, Snapshot, TargetRow

router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)
Chosen = Annotated[str, Query(max_length=400)]


def by_document(snapshot: Snapshot, rows: list[DutyRow]) -> list[tuple[str, str, list[DutyRow]]]:
    """Id, title and rows of each document, in the library's order."""
    groups: dict[str, list[DutyRow]] = {}
    for row in rows:
        groups.setdefault(row.document_id, []).append(row)
    return [
        (name, snapshot.infos[name].title, found) for name, found in groups.items() if name in snapshot.infos
    ]


@router.get("/duties")
def duties_page(request: Request, snapshot: Held, department: Chosen = "", document: Chosen = "") -> Response:
    """Departments with how often they are named, and the duties of the one chosen."""
    listed = views.department_list(snapshot).departments
    rows = views.duties_of(snapshot, department, document or None) if department else []
    return render(
        request,
        "duties.html",
        "duties",
        departments=listed,
        department=department,
        groups=by_document(snapshot, rows),
        total=len(rows),
        url_of=_url_maker(request),
    )


@router.get("/duties.json", dependencies=[Depends(cached)])
def duties_json(snapshot: Held, department: Chosen = "", document: Chosen = "") -> JSONResponse:
    """The twin of the duties page."""
    rows = views.duties_of(snapshot, department or None, document or None)
    return JSONResponse(views.duty_list(snapshot, rows, department or None).model_dump())


@router.get("/targets")
def targets_page(request: Request, snapshot: Held, document: Chosen = "") -> Response:
    """Every number that the clauses promise, in its sentence."""
    rows = targets_of(snapshot, document)
    shown = [
        (row, snapshot.infos[row.document_id].region, runs(row.sentence, [target_span(row)])) for row in rows
    ]
    return render(
        request,
        "targets.html",
        "targets",
        rows=shown,
        document=document,
        documents=list(snapshot.infos.values()),
        url_of=_url_maker(request),
    )


@router.get("/targets.json", dependencies=[Depends(cached)])
def targets_json(snapshot: Held, document: Chosen = "") -> JSONResponse:
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
    return JSONResponse({"targets": targets, "total": len(targets)})


def targets_of(snapshot: Snapshot, document: str) -> list[TargetRow]:
    """The targets of one document, or of all where none is named."""
    return [
        row
        for row in snapshot.targets
        if row.document_id in snapshot.infos and document in ("", row.document_id)
    ]


def target_span(row: TargetRow) -> Span:
    """Where the target stands in its sentence."""
    return Span(row.start, row.start + row.target.end - row.target.start, "target")


def _url_maker(request: Request) -> object:
    link = make_link(asked_language(request))

    def url_of(clause_id: str) -> str:
        path, _, anchor = views.url_of(clause_id).partition("#")
        return f"{link(path)}#{anchor}"

    return url_of
