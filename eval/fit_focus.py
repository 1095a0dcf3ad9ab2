"""Fit the weights with which `qa.focus` finds the words that answer: `python -m eval.fit_focus`.

A softmax over the pieces of a clause, fitted on the split `dev` of the evaluation sets (questions with a short
answer, each with its gold clause) and on the cases of `eval.spans`, with a penalty on the squares of the weights.
The split `test` is never read.  `--folds` measures by cross-validation instead, each clause in one fold, and
prints how often the answer is quoted against how long quotes are.
"""

import argparse
import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import numpy.typing as npt

from corpus.library import Library
from eval.local import LocalSource
from eval.measure import SETS
from eval.questions import load_questions, named_documents, select
from eval.spans import CASES, SpanCase, covers, places, read_cases
from index.build import build_index, open_current, passages_of
from qa.catalogue import Catalogue, catalogue_of
from qa.focus import WEIGHTS, Piece, best_run, features, pieces_of, probabilities
from qa.question import understand
from qa.seams import Index
from qa.spans import certain_span
from qa.stated import asked_amounts

PENALTY = 10.0
CASE_WEIGHT = 0.5  # of a case of `eval.spans`; a question of the sets weighs 1
STEPS = 400
COSTS = (0.004, 0.003, 0.002, 0.0017, 0.0015, 0.0013, 0.001, 0.0008)

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Example:
    """A case with the features of the pieces of its clause. wanted: for each answer and each place where it
    stands, the rows of the pieces it touches. certain: the span that is quoted whatever the weights.
    """

    case: SpanCase
    pieces: Sequence[Piece]
    rows: Sequence[Mapping[str, float]]
    wanted: Sequence[Sequence[Sequence[int]]]
    weight: float
    certain: tuple[int, int] | None


def example(case: SpanCase, index: Index, catalogue: Catalogue, weight: float) -> Example:
    """What is seen of a case."""
    question = understand(case.question, catalogue)
    added = index.expand(question.normalized)
    pieces = pieces_of(case.clause)
    scores = index.sentence_scores
    picked: list[int] = []
    if question.kind in ("how_much", "when"):
        amounts = asked_amounts(question, case.clause, sentence_scores=scores, added=added)
        picked = [start for start, _ in amounts]
    rows = features(question, case.clause, pieces, sentence_scores=scores, added=added, picked=picked)
    wanted = [[_touched(pieces, span) for span in places(case.clause.text, answer)] for answer in case.answers]
    wanted = [[touched for touched in each if touched] for each in wanted if any(each)]
    return Example(case, pieces, rows, wanted, weight, certain_span(question, case.clause))


def _touched(pieces: Sequence[Piece], span: tuple[int, int]) -> list[int]:
    return [row for row, piece in enumerate(pieces) if piece.start < span[1] and span[0] < piece.end]


def dev_cases(source: LocalSource) -> list[SpanCase]:
    """The questions of the split `dev` that have a short answer, each with the gold clause that holds it."""
    source.cover(named_documents(SETS))
    found: list[SpanCase] = []
    for question in select(load_questions(SETS, source.document), split="dev"):
        for clause_id in question.gold_clauses if question.answer else ():
            clause = source.library.clause(clause_id)
            if question.answer and places(clause.text, question.answer):
                found.append(SpanCase(question.question, clause, (question.answer,), clause_id))
                break
    return found


def fitted(examples: Sequence[Example]) -> dict[str, float]:
    """The weights that make the wanted pieces most probable, less the penalty; gradient ascent on standardized
    features, which for this problem ends at one place wherever it starts.
    """
    names = sorted({name for each in examples for row in each.rows for name in row})
    tables = [np.array([[row.get(name, 0.0) for name in names] for row in each.rows]) for each in examples]
    scale = np.vstack(tables).std(axis=0)
    scale[scale < 1e-9] = np.inf  # a feature that never differs gets no weight
    tables = [table / scale for table in tables]
    weights = np.zeros(len(names))
    first, second = np.zeros_like(weights), np.zeros_like(weights)
    for step in range(1, STEPS + 1):
        slope = -PENALTY * weights
        for each, table in zip(examples, tables, strict=True):
            slope += each.weight * _slope(table, each.wanted, weights)
        first, second = 0.9 * first + 0.1 * slope, 0.99 * second + 0.01 * slope**2  # Adam
        rate = 0.05 * (1 - step / STEPS)
        weights += rate * (first / (1 - 0.9**step)) / (np.sqrt(second / (1 - 0.99**step)) + 1e-8)
    return {name: round(float(value), 4) for name, value in zip(names, weights / scale, strict=True) if value}


def _slope(table: Floats, wanted: Sequence[Sequence[Sequence[int]]], weights: Floats) -> Floats:
    """The gradient of the mean log probability of the answers; of an answer that stands in several places any
    place will do.
    """
    sums = table @ weights
    chances = np.exp(sums - sums.max())
    chances /= chances.sum()
    total = np.zeros_like(weights)
    for answer in wanted:
        if len(answer) == 1:
            total += table[list(answer[0])].mean(axis=0)
        else:
            rows = sorted({row for place in answer for row in place})
            total += chances[rows] @ table[rows] / chances[rows].sum()
    return (total / len(wanted) if wanted else total) - (chances @ table if wanted else 0.0)


def cross_validated(examples: Sequence[Example], folds: int) -> list[tuple[Example, list[float]]]:
    """The examples of weight 1 with the probabilities that weights fitted without their clause give."""
    found: list[tuple[Example, list[float]]] = []
    for fold in range(folds):
        inside = [each for each in examples if each.weight == 1 and _fold(each.case.group, folds) == fold]
        if inside:
            weights = fitted([each for each in examples if each not in inside])
            found += [(each, probabilities(each.rows, weights)) for each in inside]
    return found


def _fold(group: str, folds: int) -> int:
    return int(hashlib.sha256(group.encode()).hexdigest(), 16) % folds


def curve(scored: Sequence[tuple[Example, list[float]]]) -> list[tuple[float, float, float]]:
    """For each of COSTS: the cost of a character, the share of quotes that hold the answer, their median length."""
    found = []
    for cost in COSTS:
        spans = [each.certain or best_run(each.pieces, chances, cost) for each, chances in scored]
        held = [covers(span, each.case) for span, (each, _) in zip(spans, scored, strict=True)]
        found.append((cost, float(np.mean(held)), float(np.median([end - start for start, end in spans]))))
    return found


def main(arguments: Sequence[str] | None = None) -> None:
    """Fit and write `qa/data/focus.json`, or measure with `--folds`."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--folds", type=int, help="measure by cross-validation with so many folds; nothing is written")
    parser.add_argument("--out", type=Path, default=WEIGHTS)
    chosen = parser.parse_args(arguments)
    with TemporaryDirectory() as name:
        library = Library.open(Path(name))
        library.add_samples()
        build_index(passages_of(library), Path(name) / "index")
        source = LocalSource(library, open_current(Path(name)))
        cases = dev_cases(source)
        catalogue = catalogue_of(source.library)
        examples = [example(case, source.index, catalogue, 1.0) for case in cases]
        examples += [example(case, source.index, catalogue, CASE_WEIGHT) for case in read_cases(CASES, "fit")]
    if chosen.folds:
        for cost, contains, median in curve(cross_validated(examples, chosen.folds)):
            print(f"cost {cost}: the answer is quoted in {contains:.3f}, median length {median:.0f}")
        return
    weights = fitted(examples)
    chosen.out.write_text(json.dumps(weights, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    print(f"{len(weights)} weights from {len(examples)} cases in {chosen.out}")


if __name__ == "__main__":
    main()
