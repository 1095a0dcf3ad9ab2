"""From ranked clauses to the ones that answer, in the order they are cited, or to the reason why none
does.

Retrieval says how likely a clause answers; here stands what is known for certain: a province whose
documents the library does not hold, a year that the clause contradicts, a document that is not there.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from corpus.models import Clause, DocumentInfo
from qa.catalogue import NATIONAL, Catalogue
from qa.overlap import grams
from qa.pieces import sentences
from qa.question import Question, years_in
from qa.regions import mentions

ANSWER_THRESHOLD = 0.12
"""A question is answered when the best clause answers it with at least this probability.

Of the ranker's fold, whose questions are harder than most, 87 in a hundred answerable ones pass it and 45 in a hundred
others do not. A wrong clause is seen by the reader; a refusal ends the search.
"""
CITE_FLOOR = 0.2
"""A further clause is cited when its probability is at least this share of the best one's."""
RULED_OUT = 0.05
"""What certain knowledge against a clause leaves of its probability."""
NUMBERED = re.compile(r"[〔\[(（【]\d{4}[〕\])）】]\s*\d+\s*号|《[^》]*》")


@dataclass(frozen=True, slots=True)
class Candidate:
    """A clause that retrieval found, its document, and the probability that it answers."""

    clause: Clause
    info: DocumentInfo
    score: float


@dataclass(frozen=True, slots=True)
class Evidence:
    """chosen: what is cited, best first; empty with a reason. nearest: up to three that do not answer."""

    chosen: tuple[Candidate, ...] = ()
    nearest: tuple[Candidate, ...] = ()
    reason: str | None = None


def choose(question: Question, candidates: Sequence[Candidate], catalogue: Catalogue, *, k: int) -> Evidence:
    """The clauses to cite for a question, at most k; candidates are best first."""
    ordered = order(question, candidates, catalogue)
    if reason := _missing_region(question, ordered, catalogue):
        return refuse(candidates, reason, certain=True)
    if not ordered:
        return refuse([], "库里没有相关的条文")
    best = ordered[0]
    if best.score < ANSWER_THRESHOLD:
        return refuse(ordered, _not_covered(question, catalogue))
    if question.unheld_title and question.unheld_title.strip("《》") not in best.clause.text:
        return refuse(ordered, f"库里没有{question.unheld_title}", certain=True)
    if reason := contradicted_year(question, best):
        return refuse(ordered, reason, certain=True)
    floor = CITE_FLOOR * best.score
    chosen = [each for each in ordered if each.score >= floor][:k]
    return Evidence(chosen=tuple(chosen))


def refuse(candidates: Sequence[Candidate], reason: str, *, certain: bool = False) -> Evidence:
    """No answer, with the three clauses that came closest; certain knowledge against them lowers their
    scores.
    """
    factor = RULED_OUT if certain else 1.0
    nearest = tuple(replace(each, score=each.score * factor) for each in candidates[:3])
    tail = "；下面是最接近的条文，它们没有回答这个问题。" if nearest else "。"
    return Evidence(nearest=nearest, reason=reason + tail)


def order(question: Question, candidates: Sequence[Candidate], catalogue: Catalogue) -> list[Candidate]:
    """Clauses of the named documents or regions first, the best of each in front where the question
    compares.

    Others follow in their order; where none of the named regions is held, those of other regions are
    left out.
    """
    held = [region for region in question.regions if region in catalogue.regions]
    if question.named:
        own = [each for each in candidates if each.info.document_id in question.named]
        heads = [[each for each in own if each.info.document_id == name] for name in question.named]
    elif question.regions:
        own = [each for each in candidates if belongs(question, each)]
        heads = [[each for each in own if each.info.region == region] for region in held]
    else:
        return list(candidates)
    rest = [each for each in candidates if each not in own] if question.named or held else []
    if question.compares and len(heads) > 1:
        firsts = sorted((found[0] for found in heads if found), key=lambda each: -each.score)
        own = firsts + [each for each in own if each not in firsts]
    return _falling(own + rest)


def _falling(candidates: Sequence[Candidate]) -> list[Candidate]:
    """No clause is more probable than the one before it: what fits the named place less answers less."""
    lowest = 1.0
    found: list[Candidate] = []
    for each in candidates:
        lowest = min(lowest, each.score)
        found.append(replace(each, score=lowest))
    return found


def belongs(question: Question, candidate: Candidate) -> bool:
    """True where a clause can speak for a named region: of no region itself (a law), of it, or naming it."""
    region = candidate.info.region
    if region in (None, NATIONAL) or region in question.regions:
        return True
    return any(mentions(candidate.clause.text, each) for each in question.regions)


def _missing_region(question: Question, ordered: Sequence[Candidate], catalogue: Catalogue) -> str | None:
    """The reason where regions are named of which the library holds nothing and that no good clause
    mentions.
    """
    if not question.regions or any(region in catalogue.regions for region in question.regions):
        return None
    if ordered and ordered[0].score >= ANSWER_THRESHOLD and _speaks_of(question, ordered[0]):
        return None
    return f"库里没有{'、'.join(question.regions)}的文件{_held(catalogue)}"


def _speaks_of(question: Question, candidate: Candidate) -> bool:
    """True for a clause of no region, and for one that says something of a named region that the question asks:
    a mention of 北京 beside other words does not answer 北京医保怎么报销.
    """
    if candidate.info.region in (None, NATIONAL):
        return True
    text = candidate.clause.text
    asked = {gram for gram in grams(question.content) if len(gram) == 2}
    for start, end in sentences(text, 0, len(text)):
        if any(mentions(text[start:end], region) for region in question.regions):
            return bool(asked & grams(text[start:end])) or not asked
    return False


def _held(catalogue: Catalogue) -> str:
    if not catalogue.regions or len(catalogue.regions) > 5:
        return ""
    return f"，只有{'、'.join(catalogue.regions)}的"


def _not_covered(question: Question, catalogue: Catalogue) -> str:
    held = [region for region in question.regions if region in catalogue.regions]
    where = f"{'、'.join(held)}的文件" if held else "库里的文件"
    if question.document and question.document in catalogue.infos:
        where = f"《{catalogue.infos[question.document].title.strip('《》')}》"
    return f"{where}没有谈到这个问题"


def contradicted_year(question: Question, candidate: Candidate) -> str | None:
    """The reason where the question names a year and the clause speaks of other years only."""
    if not question.years:
        return None
    stated = years_in(NUMBERED.sub("", candidate.clause.text + "".join(candidate.clause.path)))
    dated = {(candidate.info.date or "")[:4], *years_in(candidate.info.title), *_number_years(candidate.info)}
    if not stated or set(question.years) & ({*stated} | dated):
        return None
    asked = f"{question.years[0]}年" if len(question.years) == 1 else f"{question.years[0]}至{question.years[-1]}年"
    return f"条文说的是{'、'.join(dict.fromkeys(f'{year}年' for year in stated[:3]))}，没有{asked}的内容"


def _number_years(info: DocumentInfo) -> tuple[str, ...]:
    return tuple(re.findall(r"(?<=[〔\[(（])\d{4}", info.doc_number or ""))


def region_of(question: Question) -> str | None:
    """The regions of a question as one string for display: 山西, or 山西、广西."""
    return "、".join(question.regions) or None
