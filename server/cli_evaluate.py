"""Commands that measure: `eval` on judged questions, `bench` on data sets. All the work is in `eval`."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from server import console
from server.console import remark, resolve_home, told_in_one_line
from server.options import Home

evaluation = typer.Typer()
bench = typer.Typer(help="Measure retrieval on large data sets.", no_args_is_help=True)
evaluation.add_typer(bench, name="bench")

Json = Annotated[Path | None, typer.Option("--json", help="Write the numbers to this file.", dir_okay=False)]


def save_json(path: Path, value: Any) -> None:
    """Write a result whole or not at all."""
    from eval.runs import write_whole

    path.parent.mkdir(parents=True, exist_ok=True)
    write_whole(path, json.dumps(value, ensure_ascii=False, indent=2) + "\n")
    remark(f"已写入 {path}")


def command_line() -> list[str]:
    """What a person would type to measure again."""
    return ["tiaowen", *sys.argv[1:]]


@evaluation.command("eval")
def evaluate(
    questions: Annotated[
        Path | None,
        typer.Option("--set", help="A JSON Lines file or a folder of them; the shipped sets without it."),
    ] = None,
    mode: Annotated[str, typer.Option(help="lexical, dense, hybrid or full.")] = "full",
    split: Annotated[str | None, typer.Option(help="Only this split.", show_default=False)] = None,
    kind: Annotated[str | None, typer.Option(help="Only this kind.", show_default=False)] = None,
    parts: Annotated[bool, typer.Option("--parts", help="Every mode against full: the ablation table.")] = False,
    url: Annotated[str | None, typer.Option(help="Measure a live server instead.", show_default=False)] = None,
    to_json: Json = None,
    html: Annotated[Path | None, typer.Option(help="Write the report as one HTML file.", dir_okay=False)] = None,
    home: Home = None,
) -> None:
    """Measure answers and retrieval on judged questions, by kind, with refusal and speed."""
    from eval import measure, tables
    from eval.live import LiveServer
    from eval.local import MODES, LocalSource
    from eval.report import write_html
    from server.quality import FILE_NAME

    chosen = questions or measure.SETS
    with told_in_one_line(), console.progress_bar("评测") as tell:
        if url is not None:
            server = LiveServer(url)
            report = measure.measure_server(chosen, server, command_line(), split=split, kind=kind, progress=tell)
            clause_of = None
        else:
            source = LocalSource(*console.open_both(resolve_home(home)))
            clause_of = source.clause_of
            if parts:
                ablation = measure.measure_parts(chosen, source, command_line(), MODES, split=split, progress=tell)
                console.results().print(tables.ablation_table(ablation))
                if to_json is not None:
                    save_json(to_json, ablation.as_json())
                return
            report = measure.measure_library(
                chosen, source, command_line(), mode=mode, split=split, kind=kind, progress=tell
            )
    console.results().print(tables.report_tables(report))
    if to_json is not None:
        save_json(to_json, report.as_json())
    if url is None and mode == "full" and split is None and kind is None:
        save_json(resolve_home(home) / FILE_NAME, report.as_json())  # the quality page shows the latest one
    if html is not None and clause_of is not None:
        write_html(html, [report], clause_of)
        remark(f"已写入 {html}")


@bench.command("retrieval")
def bench_retrieval(
    folder: Annotated[Path, typer.Argument(help="A data set in BEIR layout.")],
    split: Annotated[str, typer.Option(help="The split to measure.")] = "test",
    mode: Annotated[str, typer.Option(help="lexical, dense, hybrid or full.")] = "full",
    encoder: Annotated[str | None, typer.Option(help="Another model, by name or path.", show_default=False)] = None,
    out: Annotated[Path | None, typer.Option(help="Folder that keeps runs and index.", show_default=False)] = None,
    to_json: Json = None,
    home: Home = None,
) -> None:
    """nDCG, recall and MRR on a data set of thousands of passages; a stopped run goes on where it was."""
    from eval import tables
    from eval.bench import bench_retrieval as run
    from eval.datasets import load_dataset
    from eval.provenance import provenance
    from eval.systems import tiaowen_system

    kept = out or resolve_home(home) / "bench" / f"{folder.resolve().name}-{split}"
    with told_in_one_line(), console.progress_bar("检索评测") as tell:
        system = tiaowen_system(mode, encoder)
        result = run(load_dataset(folder, split), system, kept, provenance(command_line()), progress=tell)
    console.results().print(tables.bench_table([result]))
    if to_json is not None:
        save_json(to_json, result.as_json())


@bench.command("compare")
def bench_compare(
    first: Annotated[Path, typer.Argument(help="A report as JSON, a run folder, or a TREC run.")],
    second: Annotated[Path, typer.Argument(help="The one to compare with it.")],
    qrels: Annotated[Path | None, typer.Option(help="Judgements of a bare TREC run.", show_default=False)] = None,
    to_json: Json = None,
) -> None:
    """Is the second better than the first, question by question, and is it more than chance?"""
    from eval import tables
    from eval.compare import compare, load_measured

    with told_in_one_line():
        comparison = compare(load_measured(first, qrels), load_measured(second, qrels))
    console.results().print(tables.comparison_tables(comparison))
    if to_json is not None:
        save_json(to_json, comparison.as_json())
