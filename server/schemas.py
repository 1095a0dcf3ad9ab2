"""The bodies of the HTTP contract; they live here and nowhere else.

Frozen dataclasses come up from `corpus` and `qa`; `model_validate` reads them by attribute. Offsets count
Unicode code points. Names are final: clients may rely on them, and more may be added.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

QuestionText = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=500)]
Identifier = Annotated[str, StringConstraints(min_length=1, max_length=400)]

EXAMPLE_QUESTION = "山西2020年医药主营业务收入要达到多少"
EXAMPLE_PAIR = ["shanxi-2016", "guangxi-2016"]
EXAMPLE_CLAUSE = "shanxi-2016/1.3/1"


class Body(BaseModel):
    """A body, read from a mapping or from a record by attribute."""

    model_config = ConfigDict(from_attributes=True)


def example(value: dict[str, Any]) -> ConfigDict:
    """The configuration that puts an example of a body into the OpenAPI description."""
    return ConfigDict(from_attributes=True, json_schema_extra={"examples": [value]})


class FieldError(Body):
    field: str
    message: str


class ProblemBody(Body):
    """RFC 9457."""

    model_config = example(
        {
            "type": "/docs#problem-not-found",
            "title": "没有找到",
            "status": 404,
            "detail": "库里没有文件 hebei-2016；现有的文件见 /api/v1/documents。",
        }
    )
    type: str
    title: str
    status: int
    detail: str
    errors: list[FieldError] | None = None


class AskRequest(Body):
    model_config = example({"question": EXAMPLE_QUESTION, "k": 5, "document": None, "region": None, "department": None})
    question: QuestionText = Field(description="1 to 500 characters after trimming")
    k: int = Field(default=5, ge=1, le=50, description="at most so many citations")
    document: Identifier | None = Field(default=None, description="only this document, by id")
    region: Identifier | None = Field(default=None, description="only documents of this region")
    department: Identifier | None = Field(default=None, description="only clauses this department has a duty in")
    previous: QuestionText | None = Field(
        default=None, description="the question asked before, which 那广西呢 leans on"
    )


class DutyBody(Body):
    role: str
    department: str
    start: int | None = None
    end: int | None = None


class TargetBody(Body):
    subject: str
    comparison: str
    value: str
    unit: str
    year: str | None
    start: int
    end: int


class ReferenceBody(Body):
    kind: str
    text: str
    target: str | None
    start: int
    end: int


class SourceBody(Body):
    """A span of the canonical text of the document."""

    start: int
    end: int


class AnswerSpan(Body):
    """A verbatim slice of the clause: `text == clause.text[start:end]`."""

    text: str
    clause_id: str
    start: int
    end: int


class CitationBody(Body):
    rank: int
    score: float = Field(ge=0, le=1, description="estimated probability that the clause answers the question")
    clause_id: str
    document_id: str
    document_title: str
    region: str | None
    issuer: str | None
    doc_number: str | None
    date: str | None
    path: list[str]
    label: str
    text: str
    highlights: list[tuple[int, int]]
    source: SourceBody
    sha256: str
    duties: list[DutyBody]
    url: str


class UnderstoodBody(Body):
    normalized: str
    region: str | None = Field(description="regions named in the question, joined by 、")
    locator: str | None = Field(description="the place in a document that the question names")
    expanded: list[str] = Field(description="official words that were added for everyday ones")
    document: str | None = None
    departments: list[str] = []
    years: list[str] = []
    kind: str = "other"
    resolved: str | None = Field(default=None, description="the full question, where it leaned on `previous`")


class ListedDuty(Body):
    department: str
    role: str
    side: Literal["lead", "support"]
    clause_id: str
    document_id: str
    label: str
    title: str
    start: int
    end: int


class DutyTableBody(Body):
    """Every duty of the departments a question names; complete, not ranked."""

    departments: list[str]
    lead: list[ListedDuty]
    support: list[ListedDuty]
    remark: str | None


class ListedTarget(Body):
    subject: str
    comparison: str
    value: str
    unit: str
    year: str | None
    phrase: str
    clause_id: str
    document_id: str
    label: str
    start: int
    end: int


class DifferenceBody(Body):
    both: list[str]
    only_left: list[str]
    only_right: list[str]


class ComparedRowBody(Body):
    """Two clauses on the same thing; null on the side that has none."""

    left: CitationBody | None
    right: CitationBody | None
    likeness: float
    numbers: DifferenceBody
    departments: DifferenceBody


class CompareResponse(Body):
    topic: str
    left: str
    right: str
    left_title: str
    right_title: str
    rows: list[ComparedRowBody]


class AskResponse(Body):
    question: str
    status: Literal["answered", "not_found"]
    answer: AnswerSpan | None
    citations: list[CitationBody]
    nearest: list[CitationBody] = Field(
        default=[], description="with not_found, the clauses that came closest; they do not answer"
    )
    reason: str | None = Field(default=None, description="with not_found, why no clause answers, in Chinese")
    understood: UnderstoodBody
    took_ms: float
    duties: DutyTableBody | None = Field(default=None, description="for a question about a department's tasks")
    targets: list[ListedTarget] = Field(default=[], description="for a question about the targets as such")
    comparison: CompareResponse | None = Field(default=None, description="for a question that compares")


class SearchResponse(Body):
    query: str
    hits: list[CitationBody]
    took_ms: float


class DocumentSummary(Body):
    document_id: str
    title: str
    region: str | None
    issuer: str | None
    doc_number: str | None
    date: str | None
    dates: dict[str, str]
    implements: list[str]
    origins: dict[str, str] = Field(description="per field: it stands in the text, was supplied, or is inferred")
    source_name: str
    source_sha256: str | None = None
    characters: int
    clause_count: int
    doubt_count: int
    url: str


class DocumentList(Body):
    documents: list[DocumentSummary]
    total: int
    offset: int
    limit: int


class ClauseBody(Body):
    clause_id: str
    path: list[str]
    label: str
    text: str
    source: SourceBody
    sha256: str
    duties: list[DutyBody]
    targets: list[TargetBody]
    references: list[ReferenceBody]


class DocumentResponse(DocumentSummary):
    clauses: list[ClauseBody]


class ClauseLink(Body):
    clause_id: str
    label: str
    url: str


class ClauseResponse(ClauseBody):
    document_id: str
    document_title: str
    region: str | None
    issuer: str | None
    doc_number: str | None
    date: str | None
    ancestors: list[str] = Field(description="printed headings above the clause, outermost first")
    previous: ClauseLink | None
    next: ClauseLink | None
    url: str


class DepartmentBody(Body):
    department: str
    clauses: int = Field(description="clauses in which the department has a duty")
    documents: list[str]
    roles: dict[str, int]


class DepartmentList(Body):
    departments: list[DepartmentBody]
    total: int
    offset: int = 0
    limit: int | None = Field(default=None, description="null: all of them")


class DutyEntry(Body):
    department: str
    role: str
    clause_id: str
    document_id: str
    document_title: str
    region: str | None
    label: str
    path: list[str]
    url: str


class DutyList(Body):
    department: str | None
    duties: list[DutyEntry]
    total: int
    offset: int = 0
    limit: int | None = Field(default=None, description="null: all of them")


class CitationClaim(Body):
    clause_id: Identifier
    sha256: str = Field(pattern="^[0-9a-fA-F]{64}$", description="hash that the citation carried")
    quote: Annotated[str, StringConstraints(max_length=20_000)] | None = None
    text: Annotated[str, StringConstraints(max_length=20_000)] | None = Field(
        default=None, description="the whole clause as it was cited; then its changes can be told"
    )


class VerifyRequest(Body):
    model_config = example({"citations": [{"clause_id": EXAMPLE_CLAUSE, "sha256": "0" * 64, "quote": "430亿元"}]})
    citations: list[CitationClaim] = Field(min_length=1, max_length=500)


class ChangeBody(Body):
    before: str
    after: str


class Verdict(Body):
    clause_id: str
    status: Literal["valid", "changed", "unknown"]
    label: str | None = None
    url: str | None = None
    quote_stands: bool | None = Field(default=None, description="whether the quote still stands in the clause")
    changes: list[ChangeBody] = []


class VerifyResponse(Body):
    results: list[Verdict]


class FeedbackRequest(Body):
    model_config = example({"question": EXAMPLE_QUESTION, "clause_id": EXAMPLE_CLAUSE, "verdict": "good"})
    question: QuestionText
    clause_id: Identifier | None = None
    verdict: Literal["good", "bad"]
    comment: Annotated[str, StringConstraints(strip_whitespace=True, max_length=2000)] | None = None


class FeedbackResponse(Body):
    status: Literal["recorded"]


class Health(Body):
    status: Literal["ok"]
    documents: int
    clauses: int
    generation: str
    encoder: str
    backend: str
