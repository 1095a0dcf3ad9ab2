"""A citation: a clause with everything needed to show it, to find it again and to check it."""

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import quote

from corpus.models import Clause, DocumentInfo, Duty


@dataclass(frozen=True, slots=True)
class SourceSpan:
    """A span of the canonical text of a document, in code points."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Citation:
    """One cited clause; `document.text[source.start:source.end] == text`, highlights are spans of `text`."""

    rank: int
    score: float
    clause_id: str
    document_id: str
    document_title: str
    region: str | None
    issuer: str | None
    doc_number: str | None
    date: str | None
    path: tuple[str, ...]
    label: str
    text: str
    highlights: tuple[tuple[int, int], ...]
    source: SourceSpan
    sha256: str
    duties: tuple[Duty, ...]
    url: str


def cite(
    clause: Clause, info: DocumentInfo, *, rank: int, score: float, highlights: Sequence[tuple[int, int]] = ()
) -> Citation:
    """The citation of a clause; score is clipped to 0..1, highlights are sorted and joined where they
    touch.
    """
    return Citation(
        rank=rank,
        score=round(min(max(score, 0.0), 1.0), 4),
        clause_id=clause.clause_id,
        document_id=clause.document_id,
        document_title=info.title,
        region=info.region,
        issuer=info.issuer,
        doc_number=info.doc_number,
        date=info.date,
        path=clause.path,
        label=clause.label,
        text=clause.text,
        highlights=joined(highlights, len(clause.text)),
        source=SourceSpan(clause.start, clause.end),
        sha256=clause.sha256,
        duties=clause.duties,
        url=f"/documents/{quote(clause.document_id)}#{quote(clause.anchor)}",
    )


def joined(spans: Sequence[tuple[int, int]], length: int) -> tuple[tuple[int, int], ...]:
    """Spans within 0..length, sorted, overlapping and touching ones joined.

    >>> joined([(4, 6), (0, 2), (5, 9)], 8)
    ((0, 2), (4, 8))
    """
    result: list[tuple[int, int]] = []
    for start, end in sorted((max(0, start), min(end, length)) for start, end in spans):
        if start >= end:
            continue
        if result and start <= result[-1][1]:
            result[-1] = (result[-1][0], max(result[-1][1], end))
        else:
            result.append((start, end))
    return tuple(result)
