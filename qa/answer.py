"""A question in, the answer with its citations out, in the form of `POST /api/v1/ask`.

`answer_question` reads like the journey of a question: understand, look at the place it names or
search, choose the evidence, quote the words that answer.  Questions that are not about one clause
(duties, targets) are answered from what `corpus` parsed, complete and not ranked.
"""

import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from corpus.errors import NotFound
from index.passages import Filter, Hit
from qa.catalogue import Catalogue, catalogue_of
from qa.citation import Citation, cite
from qa.compare import Comparison, align, on_topic, topic_of
from qa.duties import MAY_NAME_ONE, DutyTable, asks_duties, duty_table, held_departments
from qa.evidence import Candidate, Evidence, choose, order, refuse, region_of
from qa.followup import resolve
from qa.places import at_place
from qa.question import Question, understand
from qa.quotes import quoted
from qa.seams import Index, Reader
from qa.spans import Extract
from qa.tables import duty_evidence, target_evidence
from qa.targets import TargetRow, asks_targets, other_years, target_table

SEARCHED = 30
"""Clauses that retrieval is asked for before they are ordered."""
Status = Literal["answered", "not_found"]


@dataclass(frozen=True, slots=True)
class AnswerSpan:
    """The words that answer: `citation.text[start:end] == text` for the citation with this clause_id."""

    text: str
    clause_id: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Understood:
    """What the question was taken to mean. region: the regions named, joined by 、. expanded: official
    words added.

    resolved: the full question, where it leaned on the previous one.
    """

    normalized: str
    region: str | None
    locator: str | None
    expanded: tuple[str, ...]
    document: str | None
    departments: tuple[str, ...]
    years: tuple[str, ...]
    kind: str
    resolved: str | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """The response of `POST /api/v1/ask`.

    duties, targets, comparison: the complete lists behind a question that is not about one clause, else
    empty; citations hold the first k of their clauses.
    """

    question: str
    status: Status
    answer: AnswerSpan | None
    citations: tuple[Citation, ...]
    nearest: tuple[Citation, ...]
    reason: str | None
    understood: Understood
    took_ms: float
    duties: DutyTable | None = None
    targets: tuple[TargetRow, ...] = ()
    comparison: Comparison | None = None


def answer_question(
    text: str,
    library: Reader,
    index: Index,
    *,
    k: int = 5,
    document: str | None = None,
    region: str | None = None,
    department: str | None = None,
    previous: str | None = None,
) -> Answer:
    """Answer `text` from the library.

    k: at most so many citations. document, region, department: exact filters. previous: the question
    asked before, which 那广西呢 leans on.
    """
    began = time.perf_counter()
    catalogue = catalogue_of(library)
    question = read(resolve(text, previous), library, catalogue)
    where = Filter(document=document or question.document, region=region, department=department)
    expanded = tuple(index.expand(question.normalized))
    found = _from_parsed(question, library, catalogue, where, k=k)
    if found is None and question.compares and not question.locators and not topic_of(question):
        found = _Found(refuse([], "请写明比较什么，例如“在人才培养上有什么不同”"), [])
    if found is None:
        evidence = at_place(question, library, catalogue, where, index, k=k)
        if evidence is None:
            candidates = retrieve(question, library, index, catalogue, where, k=max(SEARCHED, k))
            evidence = choose(question, candidates, catalogue, k=k)
        found = _Found(*quoted(question, evidence, index, expanded))
        if question.compares and evidence.chosen:
            found = replace(found, comparison=_side_by_side(question, found.evidence, library, index, catalogue))
    return _answer(text, question, found, expanded, began)


@dataclass(frozen=True, slots=True)
class _Found:
    """Evidence with the words to quote of each chosen clause, and the complete lists."""

    evidence: Evidence
    quotes: Sequence[Extract]
    duties: DutyTable | None = None
    targets: tuple[TargetRow, ...] = ()
    comparison: Comparison | None = None


def read(text: str, library: Reader, catalogue: Catalogue) -> Question:
    """The question understood, with the library's own departments where it may name one."""
    held = held_departments(library) if MAY_NAME_ONE.search(text) else ()
    return understand(text, catalogue, held_departments=held)


def _from_parsed(question: Question, library: Reader, catalogue: Catalogue, where: Filter, *, k: int) -> _Found | None:
    """The answer to a question about duties or targets as such; None for any other, and where only regions
    are named that the library does not hold.
    """
    if question.regions and not set(question.regions) & set(catalogue.regions):
        return None
    if asks_duties(question, named=bool(question.departments)):
        table = duty_table(question, library, catalogue, document=where.document, region=where.region)
        if table.lead or table.support:
            return _Found(*duty_evidence(table, library, catalogue, k=k), duties=table)
        names = "、".join(question.departments)
        return _Found(refuse([], f"库里的文件没有给{names}分派任务"), [])
    if asks_targets(question):
        rows = target_table(question, library, catalogue, document=where.document, region=where.region)
        if rows:
            return _Found(*target_evidence(rows, library, catalogue, k=k), targets=tuple(rows))
        if reason := other_years(question, library, catalogue, document=where.document, region=where.region):
            return _Found(refuse([], reason), [])
    return None


def _side_by_side(
    question: Question, evidence: Evidence, library: Reader, index: Index, catalogue: Catalogue
) -> Comparison | None:
    """The two documents named, or of the first two regions named the best ones, on the question's topic.

    The only document of a region is compared though none of its clauses is cited: that it says nothing is a difference.
    """
    documents: dict[str, str] = {}
    for each in evidence.chosen:
        if each.info.region in question.regions:
            documents.setdefault(each.info.region or "", each.info.document_id)
    for region in question.regions:
        if len(only := catalogue.of_regions([region])) == 1:
            documents.setdefault(region, only[0])
    sides = question.named or [documents[region] for region in question.regions if region in documents]
    if len(sides) < 2:
        return None
    left, right = sides[:2]
    topic = topic_of(question)
    ours, theirs = (on_topic(topic, each, library, index, catalogue) for each in (left, right))
    return align(topic, catalogue.infos[left], catalogue.infos[right], ours, theirs)


def search_clauses(
    text: str,
    library: Reader,
    index: Index,
    *,
    k: int = 10,
    document: str | None = None,
    region: str | None = None,
    department: str | None = None,
) -> list[Hit]:
    """Ranked clauses only, in the order in which `answer_question` looks at them."""
    catalogue = catalogue_of(library)
    question = read(text, library, catalogue)
    where = Filter(document=document or question.document, region=region, department=department)
    placed = at_place(question, library, catalogue, where, index, k=k)
    if placed is not None and placed.chosen:
        candidates: Sequence[Candidate] = placed.chosen
    else:
        found = retrieve(question, library, index, catalogue, where, k=max(SEARCHED, k))
        candidates = order(question, found, catalogue)
    return [Hit(each.clause.clause_id, each.score, rank) for rank, each in enumerate(candidates[:k], start=1)]


def retrieve(
    question: Question, library: Reader, index: Index, catalogue: Catalogue, where: Filter, *, k: int
) -> list[Candidate]:
    """The clauses that the index finds, best first; one that was removed since the index was built is left
    out.
    """
    hits = index.search(question.normalized, k, where=where, regions=question.regions)
    return candidates_of(((hit.passage_id, hit.score) for hit in hits), library, catalogue)


def candidates_of(scored: Iterable[tuple[str, float]], library: Reader, catalogue: Catalogue) -> list[Candidate]:
    """Clause ids with scores, as candidates."""
    found: list[Candidate] = []
    for clause_id, score in scored:
        try:
            clause = library.clause(clause_id)
        except NotFound:
            continue
        if info := catalogue.infos.get(clause.document_id):
            found.append(Candidate(clause, info, score))
    return found


def _answer(text: str, question: Question, found: _Found, expanded: tuple[str, ...], began: float) -> Answer:
    evidence = found.evidence
    citations = tuple(
        cite(each.clause, each.info, rank=rank, score=each.score, highlights=[(quote.start, quote.end)])
        for rank, (each, quote) in enumerate(zip(evidence.chosen, found.quotes, strict=True), start=1)
    )
    nearest = tuple(
        cite(each.clause, each.info, rank=rank, score=each.score) for rank, each in enumerate(evidence.nearest, start=1)
    )
    span = None
    if citations:
        first, quote = citations[0], found.quotes[0]
        span = AnswerSpan(first.text[quote.start : quote.end], first.clause_id, quote.start, quote.end)
    return Answer(
        question=text,
        status="answered" if citations else "not_found",
        answer=span,
        citations=citations,
        nearest=nearest,
        reason=evidence.reason,
        understood=Understood(
            normalized=question.normalized,
            region=region_of(question),
            locator=question.locator,
            expanded=expanded,
            document=question.document,
            departments=question.departments,
            years=question.years,
            kind=question.kind,
            resolved=question.text if question.text != text else None,
        ),
        took_ms=round((time.perf_counter() - began) * 1000, 2),
        duties=found.duties,
        targets=found.targets,
        comparison=found.comparison,
    )
