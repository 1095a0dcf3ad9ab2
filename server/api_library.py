"""The calls that change the library: add with a look beforehand, remove, bring back; jobs and their
progress.
"""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import AsyncIterator, Callable
from typing import Annotated

from fastapi import APIRouter, Depends, File, Form, Request, UploadFile
from fastapi.responses import StreamingResponse

from server import schemas_changes
from server.access import may_read, may_write
from server.api import PREFIX, DocumentId, Held, problem_docs
from server.changes import FIELDS, Changes
from server.jobs import Job, JobRunner, TooManyJobs, Upload
from server.problems import Problem
from server.wording import wording_for

router = APIRouter(prefix=PREFIX, tags=["library"])
Text = Annotated[str | None, Form(max_length=400)]
Files = Annotated[list[UploadFile], File(max_length=50, description="TXT, MD, HTML, DOCX or PDF")]
IsoDate = Annotated[str | None, Form(pattern=r"^(\d{4}-\d{2}-\d{2})?$", examples=["2016-10-11"])]
EVENTS_SECONDS = 300


def changes_of(request: Request) -> Changes:
    """The changing side of the service; 403 where the server only reads."""
    changes: Changes | None = request.app.state.changes
    if changes is None:
        raise Problem(403, wording_for(request)["problem.forbidden.read-only"])
    return changes


def runner_of(request: Request) -> JobRunner:
    changes_of(request)
    runner: JobRunner = request.app.state.jobs
    return runner


def multipart_only(request: Request) -> None:
    """Refuse a body that is not a form with files with 415."""
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != "multipart/form-data":
        wording = wording_for(request)
        raise Problem(415, wording.format("problem.unsupported-media-type.form", found=kind[:80] or "-"))


def metadata(
    title: Text = None, region: Text = None, issuer: Text = None, doc_number: Text = None, date: IsoDate = None
) -> dict[str, str]:
    """What the sender knows about a document; a blank field is left to the text."""
    given = dict(zip(FIELDS, (title, region, issuer, doc_number, date), strict=True))
    return {name: value.strip() for name, value in given.items() if value and value.strip()}


Supplied = Annotated[dict[str, str], Depends(metadata)]
WRITE = [Depends(multipart_only), Depends(may_write)]


def job_body(job: Job) -> schemas_changes.JobResponse:
    return schemas_changes.JobResponse(
        job_id=job.job_id,
        kind=job.kind,
        state=job.state,
        progress=round(job.progress, 3),
        documents=list(job.documents),
        failed=[schemas_changes.FailedFile.model_validate(each) for each in job.failed],
        message=job.message,
        url=f"{PREFIX}/jobs/{job.job_id}",
    )


@router.post(
    "/documents/preview",
    summary="See what a file would become",
    dependencies=WRITE,
    responses=problem_docs(400, 401, 403, 413, 415, 422),
)
def post_preview(request: Request, file: UploadFile, supplied: Supplied) -> schemas_changes.PreviewResponse:
    """Title, metadata, outline and doubts as they are recognised; nothing is kept."""
    document = changes_of(request).preview(file.filename or "", file.file.read(), supplied)
    outline = [
        schemas_changes.OutlineLine(
            text=document.text[node.start : node.end].strip()[:80], depth=node.depth, kind=node.kind
        )
        for node in document.nodes
        if node.kind in ("heading", "clause")
    ]
    return schemas_changes.PreviewResponse(
        name=file.filename or "",
        title=document.title,
        region=document.region,
        issuer=document.issuer,
        doc_number=document.doc_number,
        date=document.date,
        origins=dict(document.origins),
        characters=len(document.text),
        clause_count=len(document.clauses),
        outline=outline[:400],
        doubts=[doubt.message for doubt in document.doubts[:50]],
    )


@router.post(
    "/documents",
    summary="Add documents",
    dependencies=WRITE,
    status_code=202,
    responses=problem_docs(400, 401, 403, 413, 415, 422),
)
def post_documents(request: Request, files: Files, supplied: Supplied) -> schemas_changes.JobResponse:
    """A job that adds the files and then builds the index; metadata may be given for a single file."""
    wording = wording_for(request)
    if len(files) > 1 and supplied:
        raise Problem(422, wording["invalid.one-file"])
    uploads = [Upload(file.filename or "", file.file.read(), supplied) for file in files]
    return job_body(_started(request, lambda runner: runner.add(uploads)))


@router.delete(
    "/documents/{document_id}",
    summary="Remove a document",
    dependencies=[Depends(may_write)],
    status_code=202,
    responses=problem_docs(401, 403, 404, 422),
)
def delete_document(document_id: DocumentId, request: Request, snapshot: Held) -> schemas_changes.JobResponse:
    """A job that removes the document; `/restore` brings it back."""
    found = snapshot.document(document_id).document_id  # NotFound is answered with 404
    return job_body(_started(request, lambda runner: runner.remove(found)))


@router.post(
    "/documents/{document_id}/restore",
    summary="Bring a removed document back",
    dependencies=[Depends(may_write)],
    status_code=202,
    responses=problem_docs(401, 403, 404, 422),
)
def post_restore(document_id: DocumentId, request: Request) -> schemas_changes.JobResponse:
    """A job that adds a removed document again, under its id and with its metadata."""
    if document_id not in changes_of(request).removed():
        raise Problem(404, wording_for(request).format("problem.not-found.removed", name=document_id))
    return job_body(_started(request, lambda runner: runner.restore(document_id)))


@router.get(
    "/jobs/{job_id}", summary="How far a job is", dependencies=[Depends(may_read)], responses=problem_docs(404, 422)
)
def get_job(job_id: str, request: Request) -> schemas_changes.JobResponse:
    """`waiting`, `reading`, `indexing`, `done` or `failed`, with progress from 0 to 1."""
    return job_body(find_job(job_id, request))


@router.get(
    "/jobs/{job_id}/events",
    summary="Follow a job",
    dependencies=[Depends(may_read)],
    response_class=StreamingResponse,
    responses={200: {"content": {"text/event-stream": {}}}, **problem_docs(404, 422)},
)
def get_job_events(job_id: str, request: Request) -> StreamingResponse:
    """The job as server-sent events, one whenever it has moved, until it is over."""
    job, runner = find_job(job_id, request), runner_of(request)

    async def events() -> AsyncIterator[str]:
        last, until = "", time.monotonic() + EVENTS_SECONDS
        while time.monotonic() < until:
            held = runner.get(job_id) or job  # read anew: another worker may be at it
            over = held.over
            now = json.dumps(job_body(held).model_dump(), ensure_ascii=False)
            if now != last:
                yield f"data: {now}\n\n"
                last = now
            if over:
                return
            await asyncio.sleep(0.1)  # not in a thread: those are for the calls that compute

    return StreamingResponse(events(), media_type="text/event-stream", headers={"cache-control": "no-store"})


def find_job(job_id: str, request: Request) -> Job:
    job = runner_of(request).get(job_id)
    if job is None:
        raise Problem(404, wording_for(request).format("problem.not-found.job", name=job_id[:64]))
    return job


def _started(request: Request, start: Callable[[JobRunner], Job]) -> Job:
    try:
        return start(runner_of(request))
    except TooManyJobs as error:
        raise Problem(503, str(error), headers={"retry-after": "10"}) from error
