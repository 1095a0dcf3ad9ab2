"""Where a clause states the amount or the date that a question asks for, if it does.

The unit decides first, then the words around: those of the comma segment, of its sentence, and of the segments
before it, where the subject of a number often stands.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from corpus.models import Clause
from index.tokens import normalize
from qa.amounts import Amount, find_amounts, states_limit
from qa.focus import asking_parts, conditions, suits
from qa.overlap import Scores, SentenceScores, grams, overlaps, standardized
from qa.pieces import Span, body_span, segments, sentences
from qa.question import Question

LITERAL = 0.6  # the weight of shared words; the rest is that of meaning
UNRELATED = 0.28  # `sentence_scores` below this, and no word shared: an amount of something else
CONDITION = 0.5
REPEATED = 0.5
LIMIT = 0.25
LEAST = -0.7  # an amount that suits less is of another kind
# Headings that name no subject.
GENERAL = ("目标", "指标", "任务", "工作", "总体", "要求", "主要", "措施", "保障", "组织实施")


@dataclass(frozen=True, slots=True)
class _Scored:
    """A clause's comma segments, the sentence that each belongs to, and their scores against one question."""

    segments: Sequence[Span]
    sentence_of: Sequence[int]
    sentences: Sequence[Span]
    scores: Scores  # of segments, 0..1
    sentence_scores: Scores
    meanings: Scores  # of sentences, as the index gives them

    def joined(self, row: int, other: int) -> bool:
        """True where two segments belong to one sentence; False where there is no segment `other`."""
        return other >= 0 and self.sentence_of[row] == self.sentence_of[other]


def asked_amounts(
    question: Question, clause: Clause, *, sentence_scores: SentenceScores, added: Sequence[str] = ()
) -> list[Span]:
    """The spans of the amounts that answer, one for each part of the question that asks for one; empty where the
    clause states none.
    """
    asking = asking_parts(question.normalized)
    found: list[Span] = []
    for part in asking if len(asking) > 1 else [question.normalized]:
        if amount := _best_amount(part, question, clause, sentence_scores, added):
            found.append((amount.start, amount.end))
    return list(dict.fromkeys(found))


def _best_amount(
    part: str, question: Question, clause: Clause, sentence_scores: SentenceScores, added: Sequence[str]
) -> Amount | None:
    text = clause.text
    scored = _score(part, clause, sentence_scores, added)
    given = conditions(question)
    best: tuple[float, int, Amount] | None = None
    for row, (start, end) in enumerate(scored.segments):
        around = scored.sentence_scores[scored.sentence_of[row]]
        for amount in find_amounts(text, start, end):
            fits = suits(part, question, amount, text)
            score = scored.scores[row] + 0.5 * around + 0.5 * _before(scored, row) + 0.8 * fits
            if any(each in normalize(text[start:end]) for each in given):
                score += REPEATED
            elif scored.joined(row, row - 1):
                before = text[slice(*scored.segments[row - 1])]
                score += 0.6 * REPEATED * any(each in normalize(before) for each in given)
            score += LIMIT * states_limit(part, text[start:end])
            if text[end - 1] == "的" and row + 1 < len(scored.segments):
                score -= CONDITION  # laws put the condition first: 合同期限一年以上不满三年的，试用期…
            if fits > LEAST and (best is None or score > best[0] + 1e-9):
                best = (score, row, amount)
    # A date at the head of a clause holds for all of it; an amount holds for its sentence.
    if best and question.kind == "how_much" and not _on_subject(part, clause, scored, best[1]):
        return None
    return best[2] if best else None


def _score(asked: str, clause: Clause, sentence_scores: SentenceScores, added: Sequence[str]) -> _Scored:
    text = clause.text
    whole = sentences(text, *body_span(clause)) or [(0, len(text))]
    owned = [(row, part) for row, span in enumerate(whole) for part in segments(text, *span)]
    parts = [part for _, part in owned]
    words = [text[start:end] for start, end in parts]
    longer = [text[start:end] for start, end in whole]
    meant = list(sentence_scores(asked, [*words, *longer]))
    return _Scored(
        parts,
        [row for row, _ in owned],
        whole,
        _mixed(overlaps(asked, words, added), meant[: len(words)]),
        _mixed(overlaps(asked, longer, added), meant[len(words) :]),
        meant[len(words) :],
    )


def _mixed(literal: Scores, meant: Scores) -> Scores:
    return [LITERAL * a + (1 - LITERAL) * b for a, b in zip(literal, standardized(meant), strict=True)]


def _before(scored: _Scored, row: int) -> float:
    """The subject of a segment often stands in the one before it, or two before, of the same sentence."""
    return max(
        (share * scored.scores[at] for at, share in ((row - 1, 0.8), (row - 2, 0.5)) if scored.joined(row, at)),
        default=0.0,
    )


def _on_subject(part: str, clause: Clause, scored: _Scored, row: int) -> bool:
    """False where the sentence of an amount shares no pair of characters with the question, nor any meaning."""
    owner = scored.sentence_of[row]
    headings = "".join(clause.path)
    for word in GENERAL:
        headings = headings.replace(word, "")
    held = grams(clause.text[slice(*scored.sentences[owner])]) | grams(headings)
    shared = {gram for gram in grams(part) if len(gram) == 2} & held
    return bool(shared) or scored.meanings[owner] >= UNRELATED
