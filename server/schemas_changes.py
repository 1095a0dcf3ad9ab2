"""The bodies of the calls that change the library: jobs, and a document as it would be added."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from server.schemas import Body


class FailedFile(Body):
    name: str
    message: str


class JobResponse(Body):
    job_id: str
    kind: str
    state: Literal["waiting", "reading", "indexing", "done", "failed"]
    progress: float = Field(ge=0, le=1)
    documents: list[str] = Field(description="ids of the documents that were added or removed")
    failed: list[FailedFile] = Field(description="files that could not be read, and why")
    message: str | None
    url: str


class OutlineLine(Body):
    text: str
    depth: int
    kind: str


class PreviewResponse(Body):
    """A document as it would be added."""

    name: str
    title: str
    region: str | None
    issuer: str | None
    doc_number: str | None
    date: str | None
    origins: dict[str, str]
    characters: int
    clause_count: int
    outline: list[OutlineLine]
    doubts: list[str]
