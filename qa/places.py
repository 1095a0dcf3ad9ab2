"""Questions that name a place: 第三十九条, 广西方案第13条, 二（三）, or a document number and who refers
to it.

Answered exactly, with probability one, from the outline; retrieval is not asked.  Where a place is
named in no particular document and many have it, the question is returned with that reason instead of a
guess.
"""

import re
from collections.abc import Iterable, Sequence

from corpus.models import Clause
from index.passages import Filter
from index.tokens import normalize
from qa.catalogue import Catalogue
from qa.evidence import Candidate, Evidence, refuse
from qa.locators import clauses_at
from qa.question import Question
from qa.references import referring, referring_title
from qa.seams import Index, Reader

REFERRERS = re.compile("引用|援引|(?:被|哪些|哪几|什么|谁).{0,12}(?:提到|提及|依据|参照|按照|根据|落实|贯彻)")
MANY = 3
"""More documents than this with the same place make a question unclear."""


def at_place(
    question: Question, library: Reader, catalogue: Catalogue, where: Filter, index: Index, *, k: int
) -> Evidence | None:
    """The clauses at the place that a question names, or that refer to a title; None where it names none."""
    if question.titles and REFERRERS.search(question.normalized):
        return _by_title(question.titles[0], library, catalogue, k=k)
    if not question.locators:
        return None
    if number := question.locators[0].document_number:
        return _by_number(question, number, library, catalogue, where, k=k)
    if reason := _not_held(question, catalogue, where):
        return refuse([], reason)
    documents = _documents(question, catalogue, where)
    found: dict[str, list[Clause]] = {}
    for document_id in documents:
        clauses = library.document(document_id).clauses
        there = [clause for locator in question.locators for clause in clauses_at(locator, clauses)]
        if there:
            found[document_id] = list(dict.fromkeys(there))
    if not found:
        return _no_such_place(question, documents, catalogue)
    if len(found) > MANY:
        titles = "、".join(f"《{catalogue.infos[each].title.strip('《》')}》" for each in list(found)[:3])
        first = [Candidate(clauses[0], catalogue.infos[each], 1.0) for each, clauses in found.items()]
        reason = f"{titles}等{len(found)}份文件都有{question.locator}，请写明是哪一份"
        return refuse(first, reason, certain=True)
    candidates = [
        Candidate(clause, catalogue.infos[document_id], 1.0)
        for document_id, clauses in found.items()
        for clause in clauses
    ]
    return Evidence(chosen=tuple(_by_words(question, candidates, index)[:k]))


def _documents(question: Question, catalogue: Catalogue, where: Filter) -> Sequence[str]:
    if question.named and not where.document:
        return question.named
    if where.document:
        return [where.document] if where.document in catalogue.infos else []
    regions = [where.region] if where.region else [each for each in question.regions if each in catalogue.regions]
    if regions:
        return catalogue.of_regions(regions)
    return [info.document_id for info in catalogue.infos.values() if info.current]


def _not_held(question: Question, catalogue: Catalogue, where: Filter) -> str | None:
    """The reason where a question names a title or regions of which nothing is held: a place in another document
    is no answer.
    """
    if question.document or question.named or where.document or where.region:
        return None
    if question.unheld_title:
        return f"库里没有{question.unheld_title}"
    if question.regions and not any(region in catalogue.regions for region in question.regions):
        return f"库里没有{'、'.join(question.regions)}的文件"
    return None


def _no_such_place(question: Question, documents: Sequence[str], catalogue: Catalogue) -> Evidence:
    if len(documents) == 1:
        title = catalogue.infos[documents[0]].title.strip("《》")
        return refuse([], f"《{title}》没有{question.locator}")
    regions = "、".join(question.regions)
    return refuse([], f"{regions + '的' if regions else '库里的'}文件都没有{question.locator}")


def _by_words(question: Question, candidates: list[Candidate], index: Index) -> list[Candidate]:
    """Several clauses at one place: in their order, unless the question has words of its own that tell
    them apart.
    """
    if len(candidates) < 2 or len(question.content) < 4:
        return candidates
    scores = index.sentence_scores(question.content, [each.clause.text for each in candidates])
    best = max(range(len(candidates)), key=lambda row: (scores[row], -row))
    return [candidates[best], *(each for row, each in enumerate(candidates) if row != best)]


def _by_title(title: str, library: Reader, catalogue: Catalogue, *, k: int) -> Evidence | None:
    found = referring_title(title.strip("《》"), library)
    candidates = [Candidate(each, catalogue.infos[each.document_id], 1.0) for each in found]
    return Evidence(chosen=tuple(candidates[:k])) if candidates else None


def _by_number(
    question: Question, number: str, library: Reader, catalogue: Catalogue, where: Filter, *, k: int
) -> Evidence:
    """The document with this number, unless the question asks who refers to it or only others know it."""
    wanted = normalize(number)
    own = [info for info in catalogue.infos.values() if info.doc_number and normalize(info.doc_number) == wanted]
    if own and not REFERRERS.search(question.normalized):
        clauses: Iterable[Clause] = library.document(own[0].document_id).clauses
        return Evidence(chosen=tuple(Candidate(clause, own[0], 1.0) for clause in list(clauses)[:k]))
    found = [
        Candidate(clause, catalogue.infos[clause.document_id], 1.0)
        for clause in referring(number, library)
        if clause.document_id in catalogue.infos
        and (not where.document or where.document == clause.document_id)
        and (not question.regions or catalogue.infos[clause.document_id].region in question.regions)
    ]
    if not found:
        return refuse([], f"库里没有文号为{number}的文件，也没有条文引用它")
    return Evidence(chosen=tuple(found[:k]))
