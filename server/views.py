"""From the records of the inner packages to the bodies of the contract; pure, one function per body."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TypeVar
from urllib.parse import quote

from corpus.models import Clause, Document, DocumentInfo
from qa.departments import department_key
from server import schemas
from server.service import DutyRow, Snapshot

RowT = TypeVar("RowT")


def document_url(document_id: str) -> str:
    """The page of a document."""
    return f"/documents/{quote(document_id)}"


def clause_url(clause: Clause) -> str:
    """The place of a clause on the page of its document: `/documents/shanxi-2016#1.3-1`."""
    return f"{document_url(clause.document_id)}#{quote(clause.anchor)}"


def url_of(clause_id: str) -> str:
    """The same, from a clause's id alone."""
    document_id, _, address = clause_id.partition("/")
    return f"{document_url(document_id)}#{quote(address.replace('/', '-'))}"


def document_summary(info: DocumentInfo) -> schemas.DocumentSummary:
    return schemas.DocumentSummary(
        document_id=info.document_id,
        title=info.title,
        region=info.region,
        issuer=info.issuer,
        doc_number=info.doc_number,
        date=info.date,
        dates=dict(info.dates),
        implements=list(info.implements),
        origins=dict(info.origins),
        source_name=info.source_name,
        characters=info.characters,
        clause_count=info.clauses,
        doubt_count=info.doubts,
        url=document_url(info.document_id),
    )


def clause_body(clause: Clause) -> schemas.ClauseBody:
    return schemas.ClauseBody(
        clause_id=clause.clause_id,
        path=list(clause.path),
        label=clause.label,
        text=clause.text,
        source=schemas.SourceBody(start=clause.start, end=clause.end),
        sha256=clause.sha256,
        duties=[schemas.DutyBody.model_validate(duty) for duty in clause.duties],
        targets=[schemas.TargetBody.model_validate(target) for target in clause.targets],
        references=[schemas.ReferenceBody.model_validate(reference) for reference in clause.references],
    )


def document_response(document: Document) -> schemas.DocumentResponse:
    return schemas.DocumentResponse(
        document_id=document.document_id,
        title=document.title,
        region=document.region,
        issuer=document.issuer,
        doc_number=document.doc_number,
        date=document.date,
        dates=dict(document.dates),
        implements=list(document.implements),
        origins=dict(document.origins),
        source_name=document.source_name,
        source_sha256=document.source_sha256,
        characters=len(document.text),
        clause_count=len(document.clauses),
        doubt_count=len(document.doubts),
        url=document_url(document.document_id),
        clauses=[clause_body(clause) for clause in document.clauses],
    )


def clause_link(clause: Clause) -> schemas.ClauseLink:
    return schemas.ClauseLink(clause_id=clause.clause_id, label=clause.label, url=clause_url(clause))


def clause_response(clause: Clause, document: Document) -> schemas.ClauseResponse:
    """One clause with its neighbours in reading order."""
    ids = [other.clause_id for other in document.clauses]
    row = ids.index(clause.clause_id)
    previous = document.clauses[row - 1] if row > 0 else None
    following = document.clauses[row + 1] if row + 1 < len(ids) else None
    return schemas.ClauseResponse(
        **clause_body(clause).model_dump(),
        document_id=document.document_id,
        document_title=document.title,
        region=document.region,
        issuer=document.issuer,
        doc_number=document.doc_number,
        date=document.date,
        ancestors=list(clause.path),
        previous=clause_link(previous) if previous else None,
        next=clause_link(following) if following else None,
        url=clause_url(clause),
    )


def citation_body(clause: Clause, info: DocumentInfo, rank: int, score: float) -> schemas.CitationBody:
    """A ranked clause of a plain search, which marks no words."""
    return schemas.CitationBody(
        rank=rank,
        score=min(max(score, 0.0), 1.0),
        clause_id=clause.clause_id,
        document_id=clause.document_id,
        document_title=info.title,
        region=info.region,
        issuer=info.issuer,
        doc_number=info.doc_number,
        date=info.date,
        path=list(clause.path),
        label=clause.label,
        text=clause.text,
        highlights=[],
        source=schemas.SourceBody(start=clause.start, end=clause.end),
        sha256=clause.sha256,
        duties=[schemas.DutyBody.model_validate(duty) for duty in clause.duties],
        url=clause_url(clause),
    )


def search_response(
    query: str, hits: Sequence[tuple[Clause, float]], snapshot: Snapshot, took_ms: float
) -> schemas.SearchResponse:
    known = [(clause, score) for clause, score in hits if clause.document_id in snapshot.infos]
    return schemas.SearchResponse(
        query=query,
        hits=[
            citation_body(clause, snapshot.infos[clause.document_id], rank, score)
            for rank, (clause, score) in enumerate(known, start=1)
        ],
        took_ms=took_ms,
    )


def department_list(snapshot: Snapshot, offset: int = 0, limit: int | None = None) -> schemas.DepartmentList:
    """Who has duties at all, those with the most first; complete unless a page of the list is asked for."""
    rows: dict[str, list[DutyRow]] = {}
    for row in snapshot.duties:
        rows.setdefault(row.duty.department, []).append(row)
    bodies = []
    for name in page_of(snapshot.departments, offset, limit):
        roles: dict[str, int] = {}
        for row in rows[name]:
            roles[row.duty.role] = roles.get(row.duty.role, 0) + 1
        bodies.append(
            schemas.DepartmentBody(
                department=name,
                clauses=len({row.clause_id for row in rows[name]}),
                documents=list(dict.fromkeys(row.document_id for row in rows[name])),
                roles=roles,
            )
        )
    return schemas.DepartmentList(departments=bodies, total=len(snapshot.departments), offset=offset, limit=limit)


def page_of(rows: Sequence[RowT], offset: int, limit: int | None) -> Sequence[RowT]:
    """The rows from `offset` on, at most `limit`; all of them without one."""
    return rows[offset:] if limit is None else rows[offset : offset + limit]


def duty_list(
    snapshot: Snapshot, rows: Iterable[DutyRow], department: str | None, offset: int = 0, limit: int | None = None
) -> schemas.DutyList:
    known = [row for row in rows if row.document_id in snapshot.infos]
    entries = []
    for row in page_of(known, offset, limit):
        info = snapshot.infos[row.document_id]
        entries.append(
            schemas.DutyEntry(
                department=row.duty.department,
                role=row.duty.role,
                clause_id=row.clause_id,
                document_id=row.document_id,
                document_title=info.title,
                region=info.region,
                label=row.label,
                path=list(row.path),
                url=url_of(row.clause_id),
            )
        )
    return schemas.DutyList(department=department, duties=entries, total=len(known), offset=offset, limit=limit)


def duties_of(snapshot: Snapshot, department: str | None, document: str | None) -> list[DutyRow]:
    """The duties of a department, by its name as printed, else by any name it goes by (科技厅, 发改委, 卫健委); all if
    it is None.
    """
    rows = [row for row in snapshot.duties if document is None or row.document_id == document]
    if department is None:
        return rows
    exact = [row for row in rows if row.duty.department == department]
    key = department_key(department)
    return exact or [row for row in rows if department_key(row.duty.department) == key]
