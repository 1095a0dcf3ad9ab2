"""The words to quote of each cited clause, and the last look at whether the best one answers at all.

The first clause, and in a comparison the first of each region, is searched for the shortest answer; of
the others the best sentence is marked, which costs one look at the index for all of them.
"""

import re
from collections.abc import Sequence
from dataclasses import replace

from qa.evidence import Candidate, Evidence, contradicted_year, refuse
from qa.kinds import wants_only
from qa.overlap import overlaps
from qa.pieces import Span, body_span, sentences, trim
from qa.question import Question
from qa.seams import Index
from qa.spans import Extract, extract

CONTACTS = {
    "电话号码": (
        re.compile(
            "(?:电话|热线|号码|手机号)(?:号码)?(?:是|为|有)?(?:多少|几|哪个|什么|啥)|打(?:哪个|什么|啥|几号)?电话给?(?:谁|哪)"
        ),
        re.compile(r"(?<!\d)\d{3,5}-?\d{0,8}(?!\d|[年元个家项%〕])"),
    ),
    "网址": (
        re.compile("(?:网址|网站|官网|邮箱)(?:地址)?(?:是|为)?(?:多少|哪|什么|啥)"),
        re.compile("网站|网址|www|http|@|邮箱"),
    ),
}
"""What a question may ask for by name, and the form in which a clause states it."""
LOOKED_AT = 3
"""Clauses looked at for the amount or date asked for."""
PLAIN = 0.2
"""Share of the question's words from which a sentence is marked without asking the index for meaning."""
CLOSE = 0.5
"""Such a clause must answer with at least this share of the best one's probability."""


def quoted(
    question: Question, evidence: Evidence, index: Index, added: Sequence[str]
) -> tuple[Evidence, list[Extract]]:
    """The evidence, in its final order, and a quote for each chosen clause; a refusal has none."""
    chosen = evidence.chosen
    if not chosen:
        return evidence, []
    if (missing := unstated_contact(question, chosen[0])) and not question.locators:
        return _unstated(evidence, missing), []
    best = short(question, chosen[0], index, added)
    if not best.fits and question.kind in ("how_much", "when") and not question.locators:
        for row, each in enumerate(chosen[1:LOOKED_AT], start=1):
            if _as_good(question, each, chosen[0]) and (other := short(question, each, index, added)).fits:
                chosen = _first(chosen, row)
                best = other
                break
        else:
            if wants_only(question.kind, question.normalized):
                return _not_stated(question, evidence), []
    quotes = {0: best}
    if question.compares:
        regions = [each.info.region for each in chosen]
        heads = [row for row, region in enumerate(regions) if row and regions.index(region) == row]
        quotes |= {row: short(question, chosen[row], index, added) for row in heads}
    rest = [row for row in range(len(chosen)) if row not in quotes]
    marked = _best_sentences(question, [chosen[row] for row in rest], index, added)
    quotes |= dict(zip(rest, marked, strict=True))
    return replace(evidence, chosen=chosen), [quotes[row] for row in range(len(chosen))]


def short(question: Question, candidate: Candidate, index: Index, added: Sequence[str]) -> Extract:
    """The shortest words of a clause that answer."""
    return extract(question, candidate.clause, sentence_scores=index.sentence_scores, added=added)


def _as_good(question: Question, candidate: Candidate, best: Candidate) -> bool:
    same = candidate.info.region == best.info.region
    return same and candidate.score >= CLOSE * best.score and not contradicted_year(question, candidate)


def _first(chosen: tuple[Candidate, ...], row: int) -> tuple[Candidate, ...]:
    """The candidates with one moved to the front; it takes the best probability, so that scores stay
    ordered.
    """
    raised = replace(chosen[row], score=chosen[0].score)
    return (raised, *(each for at, each in enumerate(chosen) if at != row))


def unstated_contact(question: Question, best: Candidate) -> str | None:
    """The telephone number or web address that a question asks for and the best clause does not give."""
    for name, (asks, states) in CONTACTS.items():
        if asks.search(question.normalized) and not states.search(best.clause.text):
            return name
    return None


def _not_stated(question: Question, evidence: Evidence) -> Evidence:
    return _unstated(evidence, "时间" if question.kind == "when" else "具体的数额或数量")


def _unstated(evidence: Evidence, missing: str) -> Evidence:
    label = evidence.chosen[0].clause.label
    return refuse(evidence.chosen, f"最接近的是{label}，但其中没有写明{missing}", certain=True)


def _best_sentences(
    question: Question, candidates: Sequence[Candidate], index: Index, added: Sequence[str]
) -> list[Extract]:
    """The best sentence of each clause."""
    asked = question.content or question.normalized
    spans: list[list[Span]] = []
    for each in candidates:
        text = each.clause.text
        found = [span for cut in sentences(text, *body_span(each.clause)) if (span := trim(text, *cut))]
        spans.append(found or [(0, len(text))])
    words = [each.clause.text[start:end] for each, found in zip(candidates, spans, strict=True) for start, end in found]
    values = overlaps(asked, words, added)
    best: list[Extract] = []
    at = 0
    for found in spans:
        own, pieces = values[at : at + len(found)], words[at : at + len(found)]
        if max(own) < PLAIN:
            own = [a + b for a, b in zip(own, index.sentence_scores(asked, pieces), strict=True)]
        best.append(Extract(*found[max(range(len(found)), key=lambda row: (own[row], -row))]))
        at += len(found)
    return best
