"""A small library and a small index for the tests of `qa`: real implementations whose answers one can work
out by hand.
"""

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from corpus.errors import NotFound
from corpus.models import Clause, Document, DocumentInfo, Duty, Target
from index.passages import Filter, Hit
from index.tokens import normalize


def clause(
    clause_id: str,
    text: str,
    *,
    path: tuple[str, ...] = (),
    duties: Sequence[tuple[str, str]] = (),
    targets: Sequence[Target] = (),
    start: int = 0,
) -> Clause:
    """A clause; duties are (role, printed department), found in the text in this order."""
    parsed: list[Duty] = []
    at = 0
    for role, department in duties:
        at = text.index(department, at)
        parsed.append(Duty(role, department, at, at + len(department)))
        at += len(department)
    document_id = clause_id.split("/")[0]
    sha256 = hashlib.sha256(text.encode()).hexdigest()
    label = f"《{document_id}》{''.join(path)}"
    return Clause(
        clause_id,
        document_id,
        path,
        label,
        text,
        start,
        start + len(text),
        sha256,
        tuple(parsed),
        tuple(targets),
    )


def document(
    document_id: str,
    title: str,
    region: str | None,
    clauses: Sequence[Clause],
    *,
    date: str | None = None,
    doc_number: str | None = None,
) -> Document:
    """A document whose text is its clauses, one a line."""
    placed: list[Clause] = []
    at = 0
    for each in clauses:
        placed.append(
            Clause(
                each.clause_id,
                each.document_id,
                each.path,
                each.label,
                each.text,
                at,
                at + len(each.text),
                each.sha256,
                each.duties,
                each.targets,
                each.references,
            )
        )
        at += len(each.text) + 1
    text = "\n".join(each.text for each in clauses)
    return Document(
        document_id,
        title,
        text,
        region,
        None,
        doc_number,
        date,
        {},
        (),
        {},
        "x.txt",
        "0" * 64,
        (),
        tuple(placed),
    )


@dataclass
class FakeLibrary:
    """`corpus.library.Library` in memory."""

    held: list[Document] = field(default_factory=list)

    def documents(self) -> list[DocumentInfo]:
        return [
            DocumentInfo(
                each.document_id,
                each.title,
                each.region,
                each.issuer,
                each.doc_number,
                each.date,
                each.dates,
                each.implements,
                each.origins,
                each.source_name,
                len(each.text),
                len(each.clauses),
                0,
            )
            for each in self.held
        ]

    def document(self, document_id: str) -> Document:
        for each in self.held:
            if each.document_id == document_id:
                return each
        raise NotFound(document_id)

    def clauses(self) -> Iterator[Clause]:
        for each in self.held:
            yield from each.clauses

    def clause(self, clause_id: str) -> Clause:
        for each in self.clauses():
            if each.clause_id == clause_id:
                return each
        raise NotFound(clause_id)

    def digest(self) -> str:
        return hashlib.sha256(
            "".join(each.document_id + each.text for each in self.held).encode()
        ).hexdigest()


def pairs(text: str) -> set[str]:
    """The character pairs of a text."""
    return {normalize(text)[at : at + 2] for at in range(len(normalize(text)) - 1)}


@dataclass
class FakeIndex:
    """A `ClauseIndex` whose score is the share of the question's character pairs that stand in the clause."""

    library: FakeLibrary
    generation: str = "g1"
    added: tuple[str, ...] = ()

    def search(
        self, text: str, k: int = 10, *, where: Filter | None = None, regions: Sequence[str] = ()
    ) -> list[Hit]:
        wanted = pairs(text)
        regions_of = {each.document_id: each.region for each in self.library.held}
        scored: list[tuple[float, int, str]] = []
        for row, each in enumerate(self.library.clauses()):
            if where and where.document not in (None, each.document_id):
                continue
            if where and where.region not in (None, regions_of[each.document_id]):
                continue
            if (
                where
                and where.department
                and all(duty.department != where.department for duty in each.duties)
            ):
                continue
            score = len(wanted & pairs(each.text + "".join(each.path))) / max(1, len(wanted))
            scored.append((min(1.0, 2 * score), row, each.clause_id))
        scored.sort(key=lambda row: (-row[0], row[1]))
        return [Hit(clause_id, score, rank) for rank, (score, _, clause_id) in enumerate(scored[:k], start=1)]

    def expand(self, text: str) -> list[str]:
        return list(self.added)

    def sentence_scores(self, text: str, sentences: Sequence[str]) -> list[float]:
        return [float(len(pairs(text) & pairs(each))) for each in sentences]
