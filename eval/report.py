"""One self-contained HTML file that shows a measurement: figures with the command behind them, plots, every
error.

Nothing is loaded from elsewhere, so the file can be mailed and still opens years later. The browser of errors
works without script; a few lines of script add filters.
"""

from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from eval import charts, tables
from eval.ablation import Ablation
from eval.bench import BenchResult
from eval.compare import RETRIEVAL_MEASURES, Comparison
from eval.errors import CATEGORIES, ClauseOf, failures
from eval.evaluate import BY_KIND, Report
from eval.metrics import risk_coverage
from eval.questions import KINDS
from eval.runs import write_whole

_RECALLS = ("recall@1", "recall@3", "recall@5", "recall@10", "recall@100")
# One table each: (what a reader calls it, where it stands in the summary, what it says)
_FIGURES = {
    "Ranking": (
        ("hit@1", ("hit@1",), "a clause that answers stands first"),
        ("hit@3", ("hit@3",), "or among the first three"),
        ("hit@5", ("hit@5",), "or among the first five"),
        ("everyday words: hit@1", ("by_kind", "everyday", "hit@1"), "the same, asked as a lay person asks"),
        ("mrr", ("mrr",), "mean of 1 / rank of the first that answers"),
        ("ndcg@10", ("ndcg@10",), "the order of the first ten; 1 is ideal"),
        ("recall@10", ("recall@10",), "share of all that answer among the first ten"),
        ("recall@100", ("recall@100",), "and among the first hundred"),
        ("other region first", ("region", "confusion"), "asked of one region, led by another's clause"),
    ),
    "Answers": (
        ("right clause cited first", ("citations", "cited@1"), "a refusal counts as a miss"),
        ("answers without a fault", ("citations", "valid"), "every quote, offset and hash is true"),
        ("answer contained", ("answer", "contains"), "the quote holds the short answer"),
        ("… where the clause is right", ("answer", "where_right", "contains"), "what quoting can be blamed for"),
        ("answer exact", ("answer", "exact"), "the quote is the short answer and no more"),
        ("answer F1 by character", ("answer", "f1"), "what quote and short answer share"),
    ),
    "Refusal": (
        ("AUROC", ("refusal", "auroc"), "an answerable question is the surer one of a pair"),
        ("refused at 95 % answered", ("refusal", "refused_at_95"), "of those that nothing answers"),
        ("area under risk-coverage", ("refusal", "aurc"), "mean share wrong; smaller is better"),
        ("answered of the answerable", ("refusal", "answered"), "at the threshold in force"),
        ("refused of the unanswerable", ("refusal", "refused"), "at the threshold in force"),
    ),
}


def write_html(
    path: Path,
    reports: Sequence[Report],
    clause_of: ClauseOf,
    *,
    benches: Sequence[BenchResult] = (),
    comparisons: Sequence[Comparison] = (),
    ablations: Sequence[Ablation] = (),
) -> None:
    """Write the report of one or more measurements to `path`; the last of `reports` is the one whose
    errors are shown.
    """
    write_whole(path, render(reports, clause_of, benches, comparisons, ablations))


def render(
    reports: Sequence[Report],
    clause_of: ClauseOf,
    benches: Sequence[BenchResult] = (),
    comparisons: Sequence[Comparison] = (),
    ablations: Sequence[Ablation] = (),
) -> str:
    """The HTML text of `write_html`."""
    environment = Environment(
        loader=PackageLoader("eval"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {
        "share": tables.share,
        "number": tables.number,
        "p_value": tables.p_value,
        "cells": tables.variant_cells,
    }
    wrong = failures(reports[-1].outcomes, clause_of) if reports else []
    counts = Counter(failure.category for failure in wrong)
    return environment.get_template("report.html").render(
        reports=reports,
        last=reports[-1] if reports else None,
        commands=list(dict.fromkeys(report.setting.provenance.command for report in reports)),
        figures={heading: _figures(rows, reports) for heading, rows in _FIGURES.items()},
        kinds=_kinds(reports),
        by_kind=BY_KIND,
        charts=_charts(reports),
        failures=wrong,
        categories=[(name, counts[name]) for name in CATEGORIES if counts[name]],
        benches=benches,
        retrieval=RETRIEVAL_MEASURES,
        comparisons=comparisons,
        difference_cells=tables.difference_cells,
        ablations=ablations,
        variant_columns=tables.VARIANT_COLUMNS,
    )


def _figures(
    rows: Sequence[tuple[str, Sequence[str], str]], reports: Sequence[Report]
) -> list[tuple[str, list[float | None], str]]:
    """The rows of a table of figures, a value for each report; what none of them measured is left out."""
    found = [(name, [_dig(report.summary, keys) for report in reports], says) for name, keys, says in rows]
    return [row for row in found if any(value is not None for value in row[1])]


def _charts(reports: Sequence[Report]) -> list[tuple[str, Markup]]:
    """The plots, each with its title."""
    if not reports:
        return []
    drawn = {
        "hit@1 by kind of question": _kind_bars,
        "Recall by k": _recall_lines,
        "Risk and coverage": _risk_lines,
        "Latency": _latency_lines,
    }
    # The charts escape every text they are given, so their markup is safe.
    return [(title, Markup(draw(title, reports))) for title, draw in drawn.items()]


def _kind_bars(title: str, reports: Sequence[Report]) -> str:
    kinds = [kind for kind in _kinds(reports) if kind != "unanswerable"]
    series = []
    for report in reports:
        values = [_dig(report.summary, ("by_kind", kind, "hit@1")) or 0.0 for kind in kinds]
        series.append(charts.Series(report.setting.mode, list(enumerate(values))))
    return charts.bar_chart(title, kinds, series, charts.share_axis("hit@1"))


def _recall_lines(title: str, reports: Sequence[Report]) -> str:
    series = []
    for report in reports:
        values = [report.summary[name] or 0.0 for name in _RECALLS]
        series.append(charts.Series(report.setting.mode, list(enumerate(values))))
    ticks = [(float(row), name.removeprefix("recall@")) for row, name in enumerate(_RECALLS)]
    at_k = charts.Axis("among the first k", 0.0, len(_RECALLS) - 1.0, ticks)
    return charts.line_chart(title, series, at_k, charts.share_axis("recall"))


def _risk_lines(title: str, reports: Sequence[Report]) -> str:
    series = [charts.Series(report.setting.mode, _risks(report)) for report in reports]
    highest = max((risk for each in series for _, risk in each.points), default=1.0)
    coverage = charts.share_axis("coverage: share of questions answered")
    return charts.line_chart(title, series, coverage, charts.share_axis("risk: share wrong", _axis_end(highest)))


def _latency_lines(title: str, reports: Sequence[Report]) -> str:
    times = {report.setting.mode: [outcome.took_ms for outcome in report.outcomes] for report in reports}
    axis = charts.time_axis([took for row in times.values() for took in row], "milliseconds a question")
    series = [charts.Series(mode, charts.cumulative(row)) for mode, row in times.items()]
    return charts.line_chart(title, series, axis, charts.share_axis("share answered by then"))


def _risks(report: Report) -> list[tuple[float, float]]:
    outcomes = report.outcomes
    points = risk_coverage([each.confidence for each in outcomes], [each.right for each in outcomes])
    return [(point.coverage, point.risk) for point in points]


def _axis_end(value: float) -> float:
    """The end of an axis of shares that reaches `value`: 0.25, 0.5 or 1, whose fifths are round."""
    return next(end for end in (0.25, 0.5, 1.0) if value <= end)


def _kinds(reports: Sequence[Report]) -> list[str]:
    return [kind for kind in KINDS if any(kind in report.summary["by_kind"] for report in reports)]


def _dig(summary: Any, keys: Sequence[str]) -> float | None:
    for key in keys:
        summary = summary.get(key) if summary is not None else None
    value: float | None = summary
    return value
