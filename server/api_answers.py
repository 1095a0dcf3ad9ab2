"""An answer in other forms than JSON: as a file to take along, and phrased by a model as it writes."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request, Response
from fastapi.responses import StreamingResponse

from server import schemas
from server.api import PREFIX, Filter, Held, json_only, problem_docs, service_of
from server.taking import FileForm, take
from server.writing import name_of, written

router = APIRouter(prefix=PREFIX, tags=["ask"])
Previous = Annotated[schemas.QuestionText | None, Query(description="the question asked before")]


@router.get(
    "/export",
    summary="Take an answer along",
    response_class=Response,
    responses={
        200: {
            "content": {
                "application/vnd.openxmlformats-officedocument.wordprocessingml.document": {},
                "text/markdown": {},
                "application/json": {},
            }
        },
        **problem_docs(422),
    },
)
def get_export(
    request: Request,
    snapshot: Held,
    q: Annotated[schemas.QuestionText, Query(examples=[schemas.EXAMPLE_QUESTION])],
    form: Annotated[FileForm, Query(description="docx (Word), markdown or json")] = "docx",
    k: Annotated[int, Query(ge=1, le=50)] = 5,
    document: Filter = None,
    region: Filter = None,
    department: Filter = None,
    previous: Previous = None,
) -> Response:
    """Question, answer, complete lists and citations as one file; the same question gives the same bytes."""
    request.scope["tiaowen.question"] = q
    answer = service_of(request).ask(
        snapshot,
        q,
        k=k,
        document=document or None,
        region=region or None,
        department=department or None,
        previous=previous,
    )
    taken = take(answer, form)
    disposition = f'attachment; filename="{taken.name}"'
    return Response(taken.content, media_type=taken.media_type, headers={"content-disposition": disposition})


@router.post(
    "/write",
    summary="Let a model phrase the answer",
    dependencies=[Depends(json_only)],
    response_class=StreamingResponse,
    responses={200: {"content": {"text/event-stream": {}}}, **problem_docs(400, 413, 415, 422)},
)
def post_write(body: schemas.AskRequest, request: Request, snapshot: Held) -> StreamingResponse:
    """Server-sent events: `answer` (as `POST /ask` gives it), then each `sentence` that its clauses bear out, each
    `dropped` one with the reason, `stopped` where the model failed or none is set, and `end`. The answer stands
    whatever the model does.
    """
    request.scope["tiaowen.question"] = body.question
    answer: Any = service_of(request).ask(
        snapshot,
        body.question,
        k=body.k,
        document=body.document,
        region=body.region,
        department=body.department,
        previous=body.previous,
    )
    found = schemas.AskResponse.model_validate(answer)
    request.app.state.metrics.answer(found.status)
    settings = request.app.state.settings

    def events() -> Iterator[str]:
        yield _event("answer", found.model_dump_json())
        for event in written(answer, settings):
            yield _event(name_of(event), json.dumps(asdict(event), ensure_ascii=False))
        yield _event("end", "{}")

    return StreamingResponse(events(), media_type="text/event-stream", headers={"cache-control": "no-store"})


def _event(name: str, data: str) -> str:
    return f"event: {name}\ndata: {data}\n\n"
