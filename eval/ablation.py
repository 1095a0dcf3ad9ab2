"""The ablation matrix: what does each part of the retriever add, and is that more than chance?

Each variant is a search function; all are measured on the same questions and compared with one of them, the
base. The p values of a matrix are corrected together: with ten rows, one that looks significant by accident
is to be expected.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from eval.evaluate import Outcome, Progress, Search, Setting, evaluate, summarize
from eval.questions import EvalQuestion
from eval.significance import Difference, holm, paired_difference

COMPARED = ("hit@1", "mrr")


@dataclass(frozen=True, slots=True)
class Variant:
    """One row: its summary (see `eval.evaluate.summarize`) and, per measure, its difference from the base."""

    name: str
    summary: Mapping[str, Any]
    against: Mapping[str, Difference]
    corrected_p: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Ablation:
    """The matrix. The base's own row has no difference."""

    setting: Setting
    base: str
    variants: tuple[Variant, ...]

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


def ablate(
    questions: Sequence[EvalQuestion],
    variants: Mapping[str, Search],
    base: str,
    setting: Setting,
    *,
    region_of: Callable[[str], str | None] = lambda document: None,
    progress: Progress | None = None,
) -> Ablation:
    """Measure each variant on `questions` and compare it with the variant named `base`."""
    total = len(questions) * len(variants)
    outcomes: dict[str, tuple[Outcome, ...]] = {}
    for name, search in variants.items():
        before = len(questions) * len(outcomes)
        told = None if progress is None else _shifted(progress, before, total)
        outcomes[name] = evaluate(questions, search, region_of=region_of, progress=told)
    against = {
        (name, measure): paired_difference(_values(outcomes[base], measure), _values(outcomes[name], measure))
        for name in variants
        if name != base
        for measure in COMPARED
    }
    corrected = dict(zip(against, holm([each.p for each in against.values()]), strict=True))
    rows = [
        Variant(
            name=name,
            summary=summarize(outcomes[name]),
            against={measure: each for (row, measure), each in against.items() if row == name},
            corrected_p={measure: p for (row, measure), p in corrected.items() if row == name},
        )
        for name in variants
    ]
    return Ablation(setting, base, tuple(rows))


def _values(outcomes: Sequence[Outcome], measure: str) -> list[float]:
    return [outcome.measures[measure] for outcome in outcomes if outcome.measures]


def _shifted(progress: Progress, before: int, total: int) -> Progress:
    return lambda done, _: progress(before + done, total)
