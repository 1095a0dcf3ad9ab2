"""Measure a search function, and an ask function, on judged questions.

What is measured is two functions: from a question to ranked clauses, and from a question to an answer. Any
backend and a live server are measured alike. Every judged question counts, those that returned nothing
included. Asking, scoring and printing are three functions: `evaluate` asks and scores question by question,
`summarize` adds up, `eval.tables` prints.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from itertools import chain
from time import perf_counter
from typing import Any

from eval.asked import Asked, TextOf, read_answer
from eval.metrics import (
    answer_contains,
    answer_exact,
    answer_f1,
    area_under_risk,
    auroc,
    completing_rank,
    hit,
    mean,
    ndcg,
    quantile,
    recall,
    reciprocal,
    refused_at,
    risk_coverage,
    threshold_answering,
)
from eval.provenance import Provenance
from eval.questions import KINDS, EvalQuestion

Search = Callable[[str, int], Sequence[tuple[str, float]]]
Ask = Callable[[str], Mapping[str, Any]]
Progress = Callable[[int, int], None]

DEPTH = 100
KEPT = 10
BY_KIND = ("hit@1", "hit@3", "hit@5", "mrr")
MEASURES = (*BY_KIND, "ndcg@10", "recall@1", "recall@3", "recall@5", "recall@10", "recall@100")


@dataclass(frozen=True, slots=True)
class Setting:
    """What was measured, with which, where: enough to measure it again."""

    set_name: str
    set_sha256: str
    mode: str
    corpus_digest: str | None
    encoder: str | None
    generation: str | None
    backend: str | None
    provenance: Provenance


@dataclass(frozen=True, slots=True)
class Outcome:
    """One question, what came, and how good it was. `rank` is the completing rank; None where it never came.

    `ranking` keeps the first ten; `measures` (empty for an unanswerable question) were taken over the whole
    depth. `confused` says whether another region's clause came first, None where the question is not about a
    region.
    """

    id: str
    kinds: tuple[str, ...]
    question: str
    need: str
    gold: tuple[str, ...]
    expected: str | None
    ranking: tuple[tuple[str, float], ...]
    rank: int | None
    measures: Mapping[str, float]
    confidence: float
    confused: bool | None
    asked: Asked | None
    took_ms: float

    @property
    def answerable(self) -> bool:
        return "unanswerable" not in self.kinds

    @property
    def right(self) -> bool:
        """Whether what is put forward first is what was asked: the unit of risk in the risk-coverage
        curve.
        """
        if self.asked is None:
            return self.answerable and self.rank == 1
        return self.answerable and completing_rank(self.asked.offered, self.gold, self.need) == 1


@dataclass(frozen=True, slots=True)
class Report:
    """A measurement: its setting, the outcome of each question, and what they add up to (see `summarize`).

    summary["abilities"], where they were measured too: for each one the fields of `eval.abilities.Ability`.
    """

    setting: Setting
    outcomes: tuple[Outcome, ...]
    summary: Mapping[str, Any]

    def as_json(self) -> dict[str, Any]:
        """The summary at the top level as in the contract, then "setting" and one object a question."""
        questions = [asdict(outcome) for outcome in self.outcomes]
        return {**self.summary, "setting": asdict(self.setting), "questions": questions}


def evaluate(
    questions: Sequence[EvalQuestion],
    search: Search,
    *,
    ask: Ask | None = None,
    text_of: TextOf = lambda document: None,
    region_of: Callable[[str], str | None] = lambda document: None,
    depth: int = DEPTH,
    progress: Progress | None = None,
    clock: Callable[[], float] = perf_counter,
) -> tuple[Outcome, ...]:
    """The outcome of each question, in order.

    `search` ranks up to `depth` clauses with scores; `ask` returns the body of an answer, whose citations are
    checked with `text_of`. Without `ask` the score of the first hit is the confidence. The time is that of
    `ask` where there is one, else of `search`, in seconds of `clock`; one call of each goes before and is not
    counted.
    """
    if questions:
        search(questions[0].question, depth)
        if ask is not None:
            ask(questions[0].question)
    outcomes = []
    for row, question in enumerate(questions, start=1):
        begun = clock()
        ranking = tuple((clause, float(score)) for clause, score in search(question.question, depth))
        took = clock() - begun
        asked = None
        if ask is not None:
            begun = clock()
            body = ask(question.question)
            took = clock() - begun
            asked = read_answer(body, text_of)
        outcomes.append(_outcome(question, ranking, asked, took * 1000, region_of))
        if progress is not None:
            progress(row, len(questions))
    return tuple(outcomes)


def _outcome(
    question: EvalQuestion,
    ranking: tuple[tuple[str, float], ...],
    asked: Asked | None,
    took_ms: float,
    region_of: Callable[[str], str | None],
) -> Outcome:
    clauses, gold = [clause for clause, _ in ranking], question.gold_clauses
    rank = completing_rank(clauses, gold, question.need)
    return Outcome(
        id=question.id,
        kinds=question.kinds,
        question=question.question,
        need=question.need,
        gold=gold,
        expected=question.answer,
        ranking=ranking[:KEPT],
        rank=rank,
        measures=rank_measures(clauses, gold, rank) if question.answerable else {},
        confidence=asked.confidence if asked else max((score for _, score in ranking), default=0.0),
        confused=_confused(question, clauses, region_of),
        asked=asked,
        took_ms=took_ms,
    )


def rank_measures(clauses: Sequence[str], gold: Sequence[str], rank: int | None) -> dict[str, float]:
    """The measures named in MEASURES of one ranking, `rank` being its completing rank."""
    found = {f"hit@{k}": hit(rank, k) for k in (1, 3, 5)}
    found |= {"mrr": reciprocal(rank), "ndcg@10": ndcg(clauses, dict.fromkeys(gold, 1), 10)}
    return found | {f"recall@{k}": recall(clauses, gold, k) for k in (1, 3, 5, 10, 100)}


def _confused(question: EvalQuestion, clauses: Sequence[str], region_of: Callable[[str], str | None]) -> bool | None:
    wanted = {region for gold in question.gold if (region := region_of(gold.document))}
    if "region" not in question.kinds or not wanted:
        return None
    first = region_of(clauses[0].partition("/")[0]) if clauses else None
    return first is not None and first not in wanted


def summarize(outcomes: Sequence[Outcome]) -> dict[str, Any]:
    """The numbers of the contract (api.md) and more; a number that is undefined for these questions is None.

    `by_kind` counts a question under each of its kinds, an unanswerable one under no other: it has no ranking
    measures, and for that kind they are None.
    """
    answerable = [outcome for outcome in outcomes if outcome.answerable]
    by_kind = {}
    for kind in KINDS:
        of_kind = [each for each in outcomes if kind in each.kinds and each.answerable == (kind != "unanswerable")]
        if of_kind:
            by_kind[kind] = {"n": len(of_kind), **_means(of_kind, BY_KIND)}
    times = [outcome.took_ms for outcome in outcomes]
    return {
        "n": len(outcomes),
        "n_answerable": len(answerable),
        **_means(answerable, MEASURES),
        "by_kind": by_kind,
        "region": _region(outcomes),
        "refusal": _refusal(outcomes),
        "answer": _answers(answerable),
        "citations": _citations(outcomes),
        "latency_ms": {"p50": quantile(times, 0.5), "p95": quantile(times, 0.95)},
    }


def _means(outcomes: Sequence[Outcome], names: Sequence[str]) -> dict[str, float | None]:
    return {name: mean([each.measures[name] for each in outcomes if each.measures]) for name in names}


def _region(outcomes: Sequence[Outcome]) -> dict[str, Any]:
    confused = [outcome.confused for outcome in outcomes if outcome.confused is not None]
    return {"n": len(confused), "confusion": mean([float(each) for each in confused])}


def _refusal(outcomes: Sequence[Outcome]) -> dict[str, Any]:
    yes = [outcome.confidence for outcome in outcomes if outcome.answerable]
    no = [outcome.confidence for outcome in outcomes if not outcome.answerable]
    points = risk_coverage([each.confidence for each in outcomes], [each.right for each in outcomes])
    found: dict[str, Any] = {
        "n": len(no),
        "auroc": auroc(yes, no),
        "refused_at_95": refused_at(yes, no),
        "threshold_at_95": threshold_answering(yes),
        "aurc": area_under_risk(points),
    }
    asked = [(outcome, outcome.asked) for outcome in outcomes if outcome.asked]
    found["answered"] = mean([float(asked.answered) for outcome, asked in asked if outcome.answerable])
    found["refused"] = mean([float(not asked.answered) for outcome, asked in asked if not outcome.answerable])
    return found


def _answers(answerable: Sequence[Outcome]) -> dict[str, Any]:
    """Answers against what was expected; a question that was refused has given an empty answer.

    `where_right` counts the questions with a short answer whose answer is from a gold clause: what it holds is
    what quoting can be blamed for.
    """
    asked = [(outcome, outcome.asked) for outcome in answerable if outcome.asked]
    pairs = [(asked.answer or "", outcome.expected) for outcome, asked in asked if outcome.expected]
    right = [
        (asked.answer, outcome.expected)
        for outcome, asked in asked
        if asked.answer and outcome.expected and asked.answer_clause in outcome.gold
    ]
    given = [float(len(asked.answer)) for _, asked in asked if asked.answer]
    return {
        "n": len(pairs),
        "exact": mean([answer_exact(*pair) for pair in pairs]),
        "contains": mean([answer_contains(*pair) for pair in pairs]),
        "f1": mean([answer_f1(*pair) for pair in pairs]),
        "right_clause": mean([float(asked.answer_clause in outcome.gold) for outcome, asked in asked]),
        "median_length": quantile(given, 0.5),
        "median_expected": quantile([float(len(expected)) for _, expected in pairs], 0.5),
        "where_right": {
            "n": len(right),
            "exact": mean([answer_exact(*pair) for pair in right]),
            "contains": mean([answer_contains(*pair) for pair in right]),
            "median_length": quantile([float(len(answer)) for answer, _ in right], 0.5),
        },
    }


def _citations(outcomes: Sequence[Outcome]) -> dict[str, Any]:
    """`n` citations in all; `valid` is the share of answers, refusals included, without any fault.

    `cited@1` and `cited@3` are hit@k over what a reader sees as citations: an answerable question refused is
    a miss.
    """
    asked = [(outcome, outcome.asked) for outcome in outcomes if outcome.asked]
    ranks = [completing_rank(said.cited, each.gold, each.need) for each, said in asked if each.answerable]
    faults = list(chain.from_iterable(said.faults for _, said in asked))
    return {
        "n": sum(len(said.cited) for _, said in asked),
        "valid": mean([float(not said.faults) for _, said in asked]),
        "faults": faults[:KEPT],
        "cited@1": mean([hit(rank, 1) for rank in ranks]),
        "cited@3": mean([hit(rank, 3) for rank in ranks]),
    }
