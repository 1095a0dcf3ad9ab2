"""Readers' verdicts become an evaluation set: what people asked, in their own words, with the clause they
called good.

A verdict is one line of the `feedback.jsonl` that a server keeps in its library folder. Only what readers
agree on is taken: a clause counts as gold where more of them called it good than bad. A question with nothing
but bad verdicts says that something is wrong, not what would be right, so it is left out and listed.
"""

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from corpus.errors import TiaowenError
from eval.folding import FoldedText, fold
from eval.questions import EvalQuestion, FindDocument, Gold
from eval.runs import write_whole

_ANCHOR_LENGTHS = (12, 20, 32, 64)


@dataclass(frozen=True, slots=True)
class Verdict:
    """One reader's word on one clause (None: on the whole answer) of the answer to `question`."""

    question: str
    clause_id: str | None
    good: bool


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A question that gave no evaluation question, and why."""

    question: str
    why: str


@dataclass(frozen=True, slots=True)
class Harvest:
    """The evaluation questions that feedback gave, and what it did not give."""

    questions: tuple[EvalQuestion, ...]
    left_out: tuple[LeftOut, ...]


def from_feedback(path: Path, find_document: FindDocument, out: Path) -> Harvest:
    """Write the set that the feedback at `path` gives to `out`; TiaowenError where it gives none."""
    harvest = harvest_feedback(read_feedback(path), find_document)
    if not harvest.questions:
        raise TiaowenError(
            f"The feedback in {path} gives no evaluation question: {len(harvest.left_out)} questions, "
            "none with a clause that more readers called good than bad."
        )
    rows = [json.dumps(question.as_json(), ensure_ascii=False) for question in harvest.questions]
    write_whole(out, "".join(f"{row}\n" for row in rows))
    return harvest


def read_feedback(path: Path) -> list[Verdict]:
    """The verdicts of a feedback file, in order. TiaowenError names a line that is none."""
    if not path.exists():
        raise TiaowenError(f"There is no feedback at {path}; a server writes it when readers judge its answers.")
    verdicts = []
    for number, line in enumerate(path.read_text(encoding="utf-8").split("\n"), start=1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
            verdicts.append(Verdict(row["question"], row["clause_id"], {"good": True, "bad": False}[row["verdict"]]))
        except (ValueError, KeyError, TypeError) as error:
            raise TiaowenError(f"{path}:{number} is no verdict ({error!r}).") from error
    return verdicts


def harvest_feedback(verdicts: Iterable[Verdict], find_document: FindDocument) -> Harvest:
    """Group verdicts by question (widths and spaces make no difference) and take what readers agree on."""
    by_question: dict[str, list[Verdict]] = {}
    for verdict in verdicts:
        by_question.setdefault(fold(verdict.question), []).append(verdict)
    questions, left_out = [], []
    for key, group in by_question.items():
        gold = [found for clause_id in _agreed(group) if (found := _gold(clause_id, find_document))]
        if gold:
            questions.append(_question(key, group, gold))
        else:
            left_out.append(LeftOut(group[0].question, _why_not(group)))
    return Harvest(tuple(questions), tuple(left_out))


def _agreed(group: Sequence[Verdict]) -> list[str]:
    """The clauses that more verdicts call good than bad, in order of first mention."""
    balance: dict[str, int] = {}
    for verdict in group:
        if verdict.clause_id is not None:
            balance[verdict.clause_id] = balance.get(verdict.clause_id, 0) + (1 if verdict.good else -1)
    return [clause_id for clause_id, votes in balance.items() if votes > 0]


def _question(key: str, group: Sequence[Verdict], gold: Sequence[Gold]) -> EvalQuestion:
    good = sum(verdict.good for verdict in group)
    return EvalQuestion(
        id=f"feedback-{hashlib.sha256(key.encode()).hexdigest()[:10]}",
        kind="everyday",
        question=group[0].question.strip(),
        gold=tuple(gold),
        note=f"from feedback: {good} good, {len(group) - good} bad",
    )


def _why_not(group: Sequence[Verdict]) -> str:
    if _agreed(group):
        return "the clauses called good are no longer in the library"
    if any(verdict.good and verdict.clause_id for verdict in group):
        return "readers disagree about its clauses"
    if any(verdict.good for verdict in group):
        return "it was called good without naming a clause"
    return "it was only called bad"


def _gold(clause_id: str, find_document: FindDocument) -> Gold | None:
    """The clause with the shortest piece tried that occurs once in its document, as early in the clause
    as can be.
    """
    document_id = clause_id.partition("/")[0]
    document = find_document(document_id)
    clause = next((each for each in document.clauses if each.clause_id == clause_id), None) if document else None
    if document is None or clause is None:
        return None
    folded = FoldedText(document.text)
    text = document.text[clause.start : clause.end]
    for length in (*_ANCHOR_LENGTHS, len(text)):
        for start in range(0, max(len(text) - length, 0) + 1, 4):
            anchor = text[start : start + length].strip()
            if len(folded.find_all(fold(anchor))) == 1:
                return Gold(document_id, anchor, clause_id)
    return None
