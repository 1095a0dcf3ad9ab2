"""The words of a clause that answer a question: the shortest span that is sure to hold the answer.

The paragraph or item that a place names; the departments of the clause's duties where a department is asked
for; else the run of pieces that `focus` finds, which for an amount must hold the one asked for.  Every span is a
slice of the clause's text; nothing is ever rephrased.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from corpus.marks import find_mark
from corpus.models import Clause, Duty
from qa.focus import focus
from qa.locators import Locator
from qa.overlap import SentenceScores
from qa.pieces import Span, body_span, duty_tail, sentences, trim
from qa.question import Question
from qa.references import mention
from qa.roles import asked_roles, is_lead
from qa.stated import asked_amounts

LONGEST_JOINED = 150  # a question that asks two things gets one span over both, up to this length
LONGEST_OPENING = 120  # where only a place is asked for
ITEM_STYLES = ("（一）", "（1）", "1.", "①")
ASKS_DEPARTMENT = re.compile(
    "(?:哪|什么|啥)[^，,。；;？?]{0,5}(?:部门|单位|厅|局|委|机关|衙门|办)|牵头|主管|分管|归口|(?:责任|配合)(?:单位|部门)|职责|谁(?:来)?(?:负责|落实)"
)


@dataclass(frozen=True, slots=True)
class Extract:
    """A span of a clause's text, and whether it has the form that the question asks for (a number for
    多少).
    """

    start: int
    end: int
    fits: bool = True


def extract(
    question: Question, clause: Clause, *, sentence_scores: SentenceScores, added: Sequence[str] = ()
) -> Extract:
    """The span of `clause` that answers `question`. added: official words for the everyday ones of the
    question.
    """
    if span := certain_span(question, clause):
        return Extract(*span)
    amounts: list[Span] = []
    if question.kind in ("how_much", "when"):
        amounts = asked_amounts(question, clause, sentence_scores=sentence_scores, added=added)
    picked = [start for start, _ in amounts]
    start, end = focus(question, clause, sentence_scores=sentence_scores, added=added, picked=picked)
    if len(amounts) > 1:
        first, last = min(start, *picked), max(end, *(stop for _, stop in amounts))
        start, end = (first, last) if last - first <= LONGEST_JOINED else (start, end)
    return Extract(start, end, fits=bool(amounts) or question.kind not in ("how_much", "when"))


def certain_span(question: Question, clause: Clause) -> Span | None:
    """What needs no weighing: the place that a question names, and departments where one is asked for."""
    if question.locators and (span := placed_span(question, clause)):
        return span
    if question.kind == "who" and ASKS_DEPARTMENT.search(question.normalized):
        return departments_span(question.normalized, clause)
    return None


def placed_span(question: Question, clause: Clause) -> Span | None:
    """For a place: the mention of its document number, or the opening where nothing else is asked."""
    if number := question.locators[0].document_number:
        return mention(clause.text, number)
    if span := paragraph_span(question.locators[0], clause):
        return span
    if len(question.content) > 3:
        return None
    start, end = body_span(clause)
    opening = [span for span in sentences(clause.text, start, end) if span[1] - start <= LONGEST_OPENING]
    stop = opening[-1][1] if opening else min(end, start + LONGEST_OPENING)
    return trim(clause.text, start, stop)


def paragraph_span(locator: Locator, clause: Clause) -> Span | None:
    """The 款 and 项 that a locator names: a line of the clause's text, counted without the lines of items."""
    if not locator.paragraph and not locator.item:
        return None
    lines = [match.span() for match in re.finditer("[^\n]+", clause.text)]
    marks = [find_mark(clause.text[start:end]) for start, end in lines]
    items = [mark is not None and mark.style in ITEM_STYLES for mark in marks]
    heads = [row for row, is_item in enumerate(items) if not is_item]
    at = (locator.paragraph or 1) - 1
    if at >= len(heads):
        return None
    first, stop = heads[at], (heads[at + 1] if at + 1 < len(heads) else len(lines))
    if not locator.item:
        return lines[first][0], lines[stop - 1][1]
    rows = range(first, stop) if locator.paragraph else range(len(lines))
    for row in rows:
        mark = marks[row]
        if items[row] and mark and mark.value == locator.item:
            return lines[row]
    return None


def departments_span(question: str, clause: Clause) -> Span | None:
    """The departments in the clause's duties that the question asks for, from the first to the last of
    them.
    """
    if not clause.duties:
        return None
    tail = duty_tail(clause)
    stated = [duty for duty in clause.duties if not tail or tail[0] <= duty.start < tail[1]] or list(clause.duties)
    wanted = asked_roles(question)
    chosen: list[Duty] = []
    if wanted == "lead":
        chosen = [duty for duty in stated if is_lead(duty.role)]
    elif wanted == "support":
        chosen = [duty for duty in stated if not is_lead(duty.role)]
    chosen = chosen or stated
    return min(duty.start for duty in chosen), max(duty.end for duty in chosen)
