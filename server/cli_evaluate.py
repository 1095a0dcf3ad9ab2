"""Commands that measure: `eval` on judged questions, `bench` on data sets. All the work is in `eval`."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from server import console
from server.console import FAILED, remark, resolve_home, told_in_one_line
from server.options import Home

if TYPE_CHECKING:
    from eval.local import LocalSource

evaluation = typer.Typer()
judging = typer.Typer(help="Measure answers and retrieval on judged questions.")
bench = typer.Typer(help="Measure retrieval, and compare measurements.", no_args_is_help=True)
evaluation.add_typer(judging, name="eval")
evaluation.add_typer(bench, name="bench")

Json = Annotated[Path | None, typer.Option("--json", help="Write the numbers to this file.", dir_okay=False)]
Html = Annotated[Path | None, typer.Option(help="Write the report as one HTML file.", dir_okay=False)]
Questions = Annotated[
    Path | None,
    typer.Option("--set", help="A JSON Lines file or a folder of them; the shipped sets without it."),
]
Split = Annotated[str | None, typer.Option(help="Only this split.", show_default=False)]


def save_json(path: Path | None, value: Any) -> None:
    """Write a result whole or not at all; without a path nothing."""
    from eval.runs import write_whole

    if path is not None:
        write_whole(path, json.dumps(value, ensure_ascii=False, indent=2) + "\n")
        remark(f"已写入 {path}")


def command_line() -> list[str]:
    """What a person would type to measure again."""
    return ["tiaowen", *sys.argv[1:]]


@contextmanager
def told() -> Iterator[None]:
    """As `told_in_one_line`, but what is wrong with a set is a list, by line."""
    from eval.questions import BadSet

    with told_in_one_line():
        try:
            yield
        except BadSet as error:
            remark(f"tiaowen: {error}")
            raise typer.Exit(FAILED) from error


def local_source(home: Path | None) -> LocalSource:
    """The library and the index of a home, as what is measured."""
    from eval.local import LocalSource

    return LocalSource(*console.open_both(resolve_home(home)))


@judging.callback(invoke_without_command=True)
def evaluate(
    context: typer.Context,
    questions: Questions = None,
    mode: Annotated[
        list[str] | None,
        typer.Option(help="lexical, dense, hybrid or full (the default); several are shown beside each other."),
    ] = None,
    split: Split = None,
    kind: Annotated[str | None, typer.Option(help="Only this kind.", show_default=False)] = None,
    url: Annotated[str | None, typer.Option(help="Measure a live server instead.", show_default=False)] = None,
    to_json: Json = None,
    html: Html = None,
    home: Home = None,
) -> None:
    """Measure answers and retrieval on judged questions, by kind, with refusal, speed and abilities."""
    if context.invoked_subcommand is not None:
        return
    from eval import measure, tables
    from eval.live import LiveServer
    from eval.report import write_html
    from server.quality import FILE_NAME

    chosen, modes = questions or measure.SETS, mode or ["full"]
    whole = url is None and modes == ["full"] and split is None and kind is None
    with told(), console.progress_bar("评测") as tell:
        if url is not None:
            server = LiveServer(url)
            clause_of = server.clause_of
            reports = [measure.measure_server(chosen, server, command_line(), split=split, kind=kind, progress=tell)]
        else:
            source = local_source(home)
            clause_of = source.clause_of
            reports = [
                measure.measure_library(
                    chosen, source, command_line(), mode=each, split=split, kind=kind, progress=tell
                )
                for each in modes
            ]
            if whole and questions is None:
                abilities = {each.name: asdict(each) for each in measure.measure_shipped_cases(source.encoder)}
                reports[-1] = replace(reports[-1], summary={**reports[-1].summary, "abilities": abilities})
        for report in reports:
            console.results().print(tables.report_tables(report))
        if html is not None:
            write_html(html, reports, clause_of)
            remark(f"已写入 {html}")
    save_json(to_json, reports[-1].as_json())
    if whole:
        save_json(resolve_home(home) / FILE_NAME, reports[-1].as_json())  # the quality page shows the latest one


@judging.command("abilities")
def eval_abilities(to_json: Json = None) -> None:
    """Lists, tables, comparisons, places, follow-ups, refusals, saved citations and quotes, right or wrong."""
    from eval import tables
    from eval.measure import measure_shipped_cases

    with told():
        abilities = {each.name: asdict(each) for each in measure_shipped_cases()}
    console.results().print(tables.abilities_table(abilities))
    save_json(to_json, abilities)


@judging.command("from-feedback")
def eval_from_feedback(
    out: Annotated[Path, typer.Argument(help="The set to write.", dir_okay=False)],
    feedback: Annotated[
        Path | None, typer.Option(help="Verdicts; without it those of the home folder.", show_default=False)
    ] = None,
    home: Home = None,
) -> None:
    """Readers' verdicts become an evaluation set; what gives no gold clause is listed."""
    from eval.feedback import from_feedback

    with told():
        verdicts = feedback or resolve_home(home) / "feedback.jsonl"
        harvest = from_feedback(verdicts, local_source(home).document, out)
    for left in harvest.left_out:
        remark(f"{left.question}: {left.why}")
    console.results().print(f"{len(harvest.questions)} questions in {out}, {len(harvest.left_out)} left out")


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
    with told(), console.progress_bar("检索评测") as tell:
        system = tiaowen_system(mode, encoder)
        result = run(load_dataset(folder, split), system, kept, provenance(command_line()), progress=tell)
    console.results().print(tables.bench_table([result]))
    save_json(to_json, result.as_json())


@bench.command("compare")
def bench_compare(
    first: Annotated[Path, typer.Argument(help="A report as JSON, a run folder, or a TREC run.")],
    second: Annotated[Path, typer.Argument(help="The one to compare with it.")],
    qrels: Annotated[Path | None, typer.Option(help="Judgements of a bare TREC run.", show_default=False)] = None,
    to_json: Json = None,
    html: Html = None,
) -> None:
    """Is the second better than the first, question by question, and is it more than chance?"""
    import shlex

    from eval import tables
    from eval.compare import compare, load_measured
    from eval.report import write_html

    with told():
        comparison = compare(load_measured(first, qrels), load_measured(second, qrels), shlex.join(command_line()))
    console.results().print(tables.comparison_tables(comparison))
    save_json(to_json, comparison.as_json())
    if html is not None:
        write_html(html, [], lambda clause_id: None, comparisons=[comparison])
        remark(f"已写入 {html}")


@bench.command("ablate")
def bench_ablate(
    questions: Questions = None,
    split: Split = None,
    to_json: Json = None,
    html: Html = None,
    home: Home = None,
) -> None:
    """The ablation matrix: every mode, and the whole with each part taken away, against the whole."""
    from eval import measure, tables
    from eval.report import write_html

    with told(), console.progress_bar("消融") as tell:
        source = local_source(home)
        ablation = measure.measure_parts(questions or measure.SETS, source, command_line(), split=split, progress=tell)
    console.results().print(tables.ablation_table(ablation))
    save_json(to_json, ablation.as_json())
    if html is not None:
        write_html(html, [], source.clause_of, ablations=[ablation])
        remark(f"已写入 {html}")


@bench.command("peers")
def bench_peers(questions: Questions = None, split: Split = None, to_json: Json = None, home: Home = None) -> None:
    """Other retrievers on the same clauses, questions and encoder; a missing one is skipped with a reason."""
    from eval import measure, tables

    with told(), console.progress_bar("同类比较") as tell:
        source = local_source(home)
        report = measure.measure_rivals(questions or measure.SETS, source, command_line(), split=split, progress=tell)
    console.results().print(tables.peers_table(report))
    save_json(to_json, report.as_json())
