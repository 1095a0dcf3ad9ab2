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
    """The ranking by kind, and below it refusal, answers, citations and speed (what was not measured left
    out).
    """
    summary, setting = report.summary, report.setting
    ranking = _table(f"{setting.set_name} · {setting.mode}", "kind", "n", *BY_KIND, "ndcg@10", "recall@10")
    everything = [summary[name] for name in (*BY_KIND, "ndcg@10", "recall@10")]
    ranking.add_row("all that have an answer", str(summary["n_answerable"]), *map(share, everything), end_section=True)
    for kind, row in summary["by_kind"].items():
        ranking.add_row(kind, str(row["n"]), *(share(row[name]) for name in BY_KIND))
    return Group(ranking, _measures(summary))


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
    """One row a run: the retrieval measures, build time and latency."""
    names = " · ".join(dict.fromkeys(result.dataset for result in results))
    table = _table(names, "run", "n", "passages", *RETRIEVAL_MEASURES, "build s", "p50 ms", "p95 ms")
    for each in results:
        measures = [share(each.measures[name]) for name in RETRIEVAL_MEASURES]
        times = [number(each.build_s), number(each.latency_ms["p50"]), number(each.latency_ms["p95"])]
        table.add_row(each.system, str(each.n), str(each.passages), *measures, *times)
    return table


def comparison_tables(comparison: Comparison) -> Group:
    """The measures with interval and p, the questions that changed most, and the remarks."""
    title = f"{comparison.b} against {comparison.a} · {comparison.n} questions"
    table = _table(title, "measure", "A", "B", "B - A", "95 % interval", "p", "p corrected", "win/tie/loss")
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
    return Group(table, *([changed] if comparison.changes else []), *remarks)


def ablation_table(ablation: Ablation) -> Table:
    """One row a variant; the differences are from the base, their p corrected over the whole matrix."""
    table = _table(
        f"against {ablation.base} · {ablation.setting.set_name}",
        *("variant", "hit@1", "hit@3", "mrr", "ndcg@10", "recall@10", "everyday hit@1", "AUROC"),
        *("Δ mrr", "95 % interval", "p corrected", "p50 ms"),
    )
    for row in ablation.variants:
        table.add_row(*variant_cells(row))
    return table


def peers_table(report: PeerReport) -> Table:
    """One row a retriever; the ratios are its figure over that of the first row."""
    measures = ("hit@1", "hit@3", "mrr", "ndcg@10", "recall@10")
    table = _table(
        f"{report.clauses} clauses · {report.setting.set_name}",
        *(
            "retriever",
            *measures,
            "everyday hit@1",
            "build s",
            "p50 ms",
            "p95 ms",
            "hit@1 ×",
            "mrr ×",
            "p50 ×",
        ),
    )
    for row in report.rows:
        if row.summary is None:
            table.add_row(Text(f"{row.name}: skipped. {row.skipped}"))
            continue
        latency = row.summary["latency_ms"]
        cells = [share(row.summary[name]) for name in measures]
        cells += [share(row.summary["by_kind"].get("everyday", {"hit@1": None})["hit@1"])]
        cells += [number(value) for value in (row.build_s, latency["p50"], latency["p95"])]
        cells += [f"{row.ratios[name]:.2f}" if name in row.ratios else "–" for name in ("hit@1", "mrr", "p50")]
        table.add_row(row.name, *cells)
    return table


def variant_cells(row: Variant) -> list[str]:
    """The figures of one row of an ablation, in the order of `ablation_table`'s columns."""
    everyday = row.summary["by_kind"].get("everyday", {"hit@1": None})
    values = [row.summary[name] for name in ("hit@1", "hit@3", "mrr", "ndcg@10", "recall@10")]
    cells = [row.name, *map(share, values), share(everyday["hit@1"]), share(row.summary["refusal"]["auroc"])]
    if "mrr" in row.against:
        cells += [*difference_cells(row.against["mrr"])[:2], p_value(row.corrected_p["mrr"])]
    else:
        cells += ["base", "", ""]
    return [*cells, number(row.summary["latency_ms"]["p50"])]


def difference_cells(each: Difference) -> tuple[str, str, str]:
    """Difference, interval and p as text: ("+0.123", "+0.080 to +0.165", "<0.001")."""
    return f"{each.difference:+.3f}", f"{each.low:+.3f} to {each.high:+.3f}", p_value(each.p)


def share(value: float | None) -> str:
    """A share or a mean with three decimals, a dash for None."""
    return "–" if value is None else f"{value:.3f}"


def number(value: float | None) -> str:
    """A time or a length with two significant places below ten, whole above."""
    return "–" if value is None else f"{value:.1f}" if value < 10 else f"{value:.0f}"


def p_value(p: float) -> str:
    return "<0.001" if p < 0.001 else f"{p:.3f}"


def _table(title: str | None, first: str, *names: str) -> Table:
    table = Table(title=title, title_justify="left", title_style="bold", header_style="bold", box=SIMPLE_HEAD)
    table.add_column(first, overflow="fold")
    for name in names:
        table.add_column(name, justify="right", overflow="fold")
    return table
