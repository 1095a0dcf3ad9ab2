"""Cases of quoting: a clause, questions that it answers, and the words of it that answer each.

They are apart from the evaluation sets on purpose: the weights of `qa.focus` are fitted on some of them and on the
split `dev` of the sets, and what is measured on the others says whether the fit holds for clauses never seen.
"""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from corpus.duties import find_duties
from corpus.errors import TiaowenError
from corpus.marks import find_mark
from corpus.models import Clause
from corpus.plans import run_in_title
from eval.folding import FoldedText, fold
from eval.metrics import mean, quantile
from qa.catalogue import make_catalogue
from qa.question import understand
from qa.seams import Index
from qa.spans import extract

CASES = Path(__file__).parent / "cases" / "spans.jsonl"
"""The hand-written cases that ship."""
EDGE = "。，、；："  # a stop at the end of an answer is no part of it


@dataclass(frozen=True, slots=True)
class SpanCase:
    """A question on one clause; each of `answers`, verbatim, must be quoted. group: equal for one clause."""

    question: str
    clause: Clause
    answers: tuple[str, ...]
    group: str


@dataclass(frozen=True, slots=True)
class Quoting:
    """n cases; the share whose quote holds every answer, and the median length of quotes in characters."""

    n: int
    contains: float | None
    median_length: float | None


def read_cases(path: Path, split: str) -> list[SpanCase]:
    """The cases of a split ("fit" or "test") in the file at `path`; TiaowenError where an answer is not in its
    clause.
    """
    found: list[SpanCase] = []
    for line in path.read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        if row["split"] != split:
            continue
        clause = clause_of(row["id"], row["text"])
        for each in row["questions"]:
            answers = tuple(each["answers"])
            missing = [answer for answer in answers if not places(clause.text, answer)]
            if missing or not answers:
                raise TiaowenError(f"{path.name} {row['id']}: {missing} is not in the clause; copy it verbatim.")
            found.append(SpanCase(each["question"], clause, answers, row["id"]))
    return found


def clause_of(name: str, text: str) -> Clause:
    """A clause of no document, with title and duties as the corpus would read them."""
    mark = find_mark(text)
    number = text[: mark.end] if mark else ""
    title = run_in_title(text[len(number) :])
    path = (number + title,) if title else ()
    return Clause(f"{name}/1", name, path, name, text, 0, len(text), "", find_duties(text), (), ())


def places(text: str, answer: str) -> list[tuple[int, int]]:
    """Where an answer stands in a text, after folding."""
    return FoldedText(text).find_all(fold(answer).strip(EDGE))


def measure_quoting(cases: Iterable[SpanCase], index: Index) -> Quoting:
    """Quote the answer of each case from its clause."""
    lengths: list[float] = []
    held: list[float] = []
    for case in cases:
        start, end = quote(case, index)
        lengths.append(end - start)
        held.append(float(covers((start, end), case)))
    return Quoting(len(held), mean(held), quantile(lengths, 0.5))


def quote(case: SpanCase, index: Index) -> tuple[int, int]:
    """The span of the clause's text that is quoted as the answer."""
    question = understand(case.question, make_catalogue([]))
    added = index.expand(question.normalized)
    found = extract(question, case.clause, sentence_scores=index.sentence_scores, added=added)
    return found.start, found.end


def covers(span: tuple[int, int], case: SpanCase) -> bool:
    """True where each answer stands inside the span at least once."""
    return all(_inside(span, places(case.clause.text, answer)) for answer in case.answers)


def _inside(span: tuple[int, int], found: Sequence[tuple[int, int]]) -> bool:
    return any(span[0] <= start and end <= span[1] for start, end in found)
