"""Measurements as rich tables, for a terminal. Each function returns what the command line prints."""

from collections.abc import Mapping, Sequence
from typing import Any

from rich.box import SIMPLE_HEAD
from rich.console import Group
from rich.table import Table
from rich.text import Text

from eval.ablation import Ablation, Variant
from eval.bench import BenchResult
from eval.compare import RETRIEVAL_MEASURES, Comparison
from eval.evaluate import BY_KIND, Report
from eval.peers import PeerReport
from eval.significance import Difference


def report_tables(report: Report) -> Group:
    """The ranking by kind, and below it refusal, answers, citations, speed and abilities (what was not measured left
    out).
    """
    summary, setting = report.summary, report.setting
    ranking = _table(f"{setting.set_name} · {setting.mode}", "kind", "n", *BY_KIND, "ndcg@10", "recall@10")
    everything = [summary[name] for name in (*BY_KIND, "ndcg@10", "recall@10")]
    ranking.add_row("answerable", str(summary["n_answerable"]), *map(share, everything), end_section=True)
    for kind, row in summary["by_kind"].items():
        ranking.add_row(kind, str(row["n"]), *(share(row[name]) for name in BY_KIND))
    abilities = summary.get("abilities")
    return Group(ranking, _measures(summary), *([abilities_table(abilities)] if abilities else []))


def abilities_table(abilities: Mapping[str, Mapping[str, Any]]) -> Group:
    """What is right or wrong: one row an ability, and below it every case that is not right."""
    table = _table(None, "ability", "cases", "right", "precision", "recall")
    for name, each in abilities.items():
        table.add_row(name, str(each["n"]), str(each["right"]), share(each["precision"]), share(each["recall"]))
    wrong = [Text(f"{name}: {line}") for name, each in abilities.items() for line in each["wrong"]]
    return Group(table, *wrong)


def _measures(summary: Mapping[str, Any]) -> Table:
    table = _table(None, "measure", "value", "over")
    refusal, answer, cited = summary["refusal"], summary["answer"], summary["citations"]
    rows = [
        (
            "other region first",
            summary["region"]["confusion"],
            f"{summary['region']['n']} questions about one region",
        ),
        ("refusal AUROC", refusal["auroc"], f"{refusal['n']} questions without an answer"),
        (
            "refused at 95 % answered",
            refusal["refused_at_95"],
            f"threshold {share(refusal['threshold_at_95'])}",
        ),
        ("area under risk-coverage", refusal["aurc"], "smaller is better"),
        ("answered of the answerable", refusal["answered"], "at the threshold in force"),
        ("refused of the unanswerable", refusal["refused"], "at the threshold in force"),
        ("right clause cited first", cited["cited@1"], "a refusal counts as a miss"),
        ("answers without a fault", cited["valid"], f"{cited['n']} citations"),
        ("answer exact", answer["exact"], f"{answer['n']} questions with a short answer"),
        (
            "answer contained",
            answer["contains"],
            f"answers of {number(answer['median_length'])} characters (median)",
        ),
        (
            "answer contained, clause right",
            answer["where_right"]["contains"],
            f"{answer['where_right']['n']} answers of {number(answer['where_right']['median_length'])} characters",
        ),
        (
            "answer F1 by character",
            answer["f1"],
            f"expected are {number(answer['median_expected'])} characters",
        ),
    ]
    for name, value, over in rows:
        if value is not None:
            table.add_row(name, share(value), over)
    latency = summary["latency_ms"]
    table.add_row("latency p50 / p95", f"{number(latency['p50'])} / {number(latency['p95'])} ms", "one at a time")
    return table


def bench_table(results: Sequence[BenchResult]) -> Table:
    """One column a run: its size, the retrieval measures, build time and latency."""
    table = _table(" · ".join(dict.fromkeys(each.dataset for each in results)), "", *(each.system for each in results))
    rows: list[tuple[str, list[str]]] = [
        ("questions", [str(each.n) for each in results]),
        ("passages", [str(each.passages) for each in results]),
        *((name, [share(each.measures[name]) for each in results]) for name in RETRIEVAL_MEASURES),
        ("build, s", [number(each.build_s) for each in results]),
        ("p50, ms", [number(each.latency_ms["p50"]) for each in results]),
        ("p95, ms", [number(each.latency_ms["p95"]) for each in results]),
    ]
    for name, cells in rows:
        table.add_row(name, *cells)
    return table


def comparison_tables(comparison: Comparison) -> Group:
    """The measures with interval and p, the questions that changed most, the remarks, and where the runs come from."""
    title = f"{comparison.b} against {comparison.a} · {comparison.n} questions"
    table = _table(title, "measure", "A", "B", "B - A", "95 % interval", "p", "p corr.", "win/tie/loss")
    for line in comparison.lines:
        each = line.difference
        counts = f"{each.wins}/{each.ties}/{each.losses}"
        figures = (share(each.mean_a), share(each.mean_b), *difference_cells(each))
        table.add_row(line.measure, *figures, p_value(line.corrected_p), counts)
    changed = _table("changed most", "question", "A", "B", "first in A", "first in B")
    for change in comparison.changes:
        name = Text(f"{change.id} {change.question}".strip())
        firsts = (Text(change.first_a or "none"), Text(change.first_b or "none"))
        changed.add_row(name, share(change.a), share(change.b), *firsts)
    remarks = [Text(remark) for remark in comparison.remarks]
    origins = (("A", comparison.a, comparison.origin_a), ("B", comparison.b, comparison.origin_b))
    remarks += [Text(f"{side} {name}: {origin}") for side, name, origin in origins if origin]
    return Group(table, *([changed] if comparison.changes else []), *remarks)


def ablation_table(ablation: Ablation) -> Group:
    """One row a variant: its figures, and below its difference from the base, p corrected over the whole matrix."""
    cells = [(variant.name, variant_cells(variant)) for variant in ablation.variants]
    figures = _table(f"against {ablation.base} · {ablation.setting.set_name}", "", *VARIANT_COLUMNS[:6])
    differences = _table(None, "", *VARIANT_COLUMNS[6:])
    for name, row in cells:
        figures.add_row(name, *row[:6])
        differences.add_row(name, *row[6:])
    return Group(figures, differences)


VARIANT_COLUMNS = (
    *("hit@1", "hit@3", "mrr", "ndcg@10", "recall@10", "everyday hit@1"),
    *("refusal AUROC", "Δ mrr", "95 % interval", "p corr.", "p50, ms"),
)
"""What `variant_cells` says, in its order."""


def variant_cells(row: Variant) -> list[str]:
    """The figures of one variant of an ablation."""
    values = [row.summary[name] for name in ("hit@1", "hit@3", "mrr", "ndcg@10", "recall@10")]
    cells = [*map(share, values), share(_everyday(row.summary)), share(row.summary["refusal"]["auroc"])]
    if "mrr" in row.against:
        cells += [*difference_cells(row.against["mrr"])[:2], p_value(row.corrected_p["mrr"])]
    else:
        cells += ["base", "", ""]
    return [*cells, number(row.summary["latency_ms"]["p50"])]


def peers_table(report: PeerReport) -> Group:
    """One row a retriever: its quality, and below its speed and its figures over those of the first. Those skipped
    stand last, with the reason.
    """
    measured = [(row, row.summary) for row in report.rows if row.summary is not None]
    names = ("hit@1", "hit@3", "mrr", "ndcg@10", "recall@10")
    quality = _table(f"{report.clauses} clauses · {report.setting.set_name}", "", *names, "everyday hit@1")
    speed = _table(None, "", "build, s", "p50, ms", "p95, ms", "× hit@1", "× mrr", "× p50")
    for row, summary in measured:
        quality.add_row(row.name, *(share(summary[name]) for name in names), share(_everyday(summary)))
        times = (row.build_s, summary["latency_ms"]["p50"], summary["latency_ms"]["p95"])
        speed.add_row(row.name, *map(number, times), *(ratio(row.ratios.get(name)) for name in ("hit@1", "mrr", "p50")))
    return Group(quality, speed, *(Text(f"{row.name}: skipped. {row.skipped}") for row in report.rows if row.skipped))


def _everyday(summary: Mapping[str, Any]) -> float | None:
    value: float | None = summary["by_kind"].get("everyday", {"hit@1": None})["hit@1"]
    return value


def difference_cells(each: Difference) -> tuple[str, str, str]:
    """Difference, interval and p as text: ("+0.123", "+0.080…+0.165", "<0.001")."""
    return f"{each.difference:+.3f}", f"{each.low:+.3f}…{each.high:+.3f}", p_value(each.p)


def share(value: float | None) -> str:
    """A share or a mean with three decimals, a dash for None."""
    return "–" if value is None else f"{value:.3f}"


def number(value: float | None) -> str:
    """A time or a length with two significant places below ten, whole above."""
    return "–" if value is None else f"{value:.1f}" if value < 10 else f"{value:.0f}"


def ratio(value: float | None) -> str:
    """How many times, with two decimals, below a tenth with four; a dash for None."""
    return "–" if value is None else f"{value:.4f}" if 0 < value < 0.1 else f"{value:.2f}"


def p_value(p: float) -> str:
    return "<0.001" if p < 0.001 else f"{p:.3f}"


def _table(title: str | None, first: str, *names: str) -> Table:
    table = Table(
        title=title,
        title_justify="left",
        title_style="bold",
        header_style="bold",
        box=SIMPLE_HEAD,
        padding=(0, 1, 0, 0),
        pad_edge=False,
    )
    table.add_column(first, overflow="fold")
    for name in names:
        table.add_column(name, justify="right", overflow="fold")
    return table
