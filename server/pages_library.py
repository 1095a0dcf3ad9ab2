"""Pages that change the library: forms that work without script, a job's progress, removing with a way back."""

from __future__ import annotations

from fastapi import APIRouter, Depends, Request, Response
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse

from server.access import may_write
from server.api import DocumentId, Held
from server.api_library import (
    Files,
    Supplied,
    changes_of,
    find_job,
    job_body,
    post_documents,
    post_restore,
    runner_of,
)
from server.pages import asked_language, make_link, render

router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)
WRITE = [Depends(may_write)]


def to_job(request: Request, job_id: str) -> Response:
    """On to the page of a job; 303, so that reloading does not repeat the change."""
    return RedirectResponse(make_link(asked_language(request))(f"/jobs/{job_id}"), 303)


@router.post("/documents", dependencies=WRITE)
def add_documents(request: Request, files: Files, supplied: Supplied) -> Response:
    """The upload form without script."""
    return to_job(request, post_documents(request, files, supplied).job_id)


@router.get("/jobs/{job_id}.json")
def job_json(request: Request, job_id: str) -> JSONResponse:
    """The twin of a job's page."""
    return JSONResponse(job_body(find_job(job_id, request)).model_dump())


@router.get("/jobs/{job_id}")
def job_page(request: Request, job_id: str, snapshot: Held) -> Response:
    """How far a change is; the page looks again every second until it is over."""
    job = find_job(job_id, request)
    titles = {name: snapshot.infos[name].title for name in job.documents if name in snapshot.infos}
    return render(
        request, "job.html", "documents", twin=f"/jobs/{job.job_id}.json", job=job, titles=titles, over=job.over
    )


@router.get("/key", dependencies=WRITE)
def show_key(request: Request) -> Response:
    """Asks a browser for the key, which it sends along from then on; back to the library with it."""
    return RedirectResponse(make_link(asked_language(request))("/documents"), 303)


@router.get("/documents/{document_id}/remove", dependencies=WRITE)
def confirm_removal(document_id: DocumentId, request: Request, snapshot: Held) -> Response:
    """Is this the one? Removing needs a second click."""
    changes_of(request)
    return render(request, "remove.html", "documents", document=snapshot.document(document_id))


@router.post("/documents/{document_id}/remove", dependencies=WRITE)
def remove_document(document_id: DocumentId, request: Request, snapshot: Held) -> Response:
    """The confirmed removal."""
    found = snapshot.document(document_id).document_id
    return to_job(request, runner_of(request).remove(found).job_id)


@router.post("/documents/{document_id}/restore", dependencies=WRITE)
def restore_document(document_id: DocumentId, request: Request) -> Response:
    """The way back."""
    return to_job(request, post_restore(document_id, request).job_id)
