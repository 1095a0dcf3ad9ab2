"""Measure retrieval on a data set of thousands of passages, and keep everything needed to check the numbers.

A bench folder holds the index (shared by the runs over it) and one folder a run: `run.trec` and `qrels.trec`
that any tool can score again, `queries.tsv`, and `result.json`. A run that was stopped goes on where it was,
as long as the data, the encoder and the code are the same; a finished run is never overwritten.
"""

import json
import shutil
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from time import perf_counter
from typing import Any

from corpus.errors import TiaowenError
from eval.compare import QRELS_FILE, QUERIES_FILE, RESULT_FILE, RETRIEVAL_MEASURES, RUN_FILE, measure_run
from eval.datasets import Dataset, Row
from eval.evaluate import DEPTH, Progress, Search
from eval.metrics import mean, quantile
from eval.provenance import Provenance
from eval.runs import Journal, Searched, save_qrels, save_run, write_whole

_STATE, _JOURNAL = "state.json", "journal.jsonl"


@dataclass(frozen=True, slots=True)
class System:
    """A retriever to bench: `build` indexes passages into a folder, `open` gives the search over such a
    folder.

    `state` identifies the code and the encoder: an index or half a run of another state is not used.
    """

    name: str
    encoder: str | None
    state: str
    build: Callable[[Iterable[Row], Path, Progress | None], None]
    open: Callable[[Path], Search]


@dataclass(frozen=True, slots=True)
class BenchResult:
    """The measures of one run; `build_s` is what building its index took, also where an earlier run built
    it.
    """

    dataset: str
    dataset_sha256: str
    system: str
    encoder: str | None
    n: int
    passages: int
    measures: Mapping[str, float]
    build_s: float
    latency_ms: Mapping[str, float]
    provenance: Provenance
    folder: str

    def as_json(self) -> dict[str, Any]:
        """The measures at the top level as in the contract, with everything else beside them."""
        row = asdict(self)
        return {"n": row.pop("n"), **row.pop("measures"), **row}


def bench_retrieval(
    dataset: Dataset,
    system: System,
    folder: Path,
    provenance: Provenance,
    *,
    progress: Progress | None = None,
) -> BenchResult:
    """Index the data set's passages, ask its questions, and save run, qrels and result under `folder`.

    `progress` is told of passages while the index is built and of questions while they are asked. Raises
    TiaowenError where `folder` holds a finished run of another state.
    """
    digest = dataset.sha256()
    identity = {"dataset": digest, "system": system.name, "state": system.state, "depth": DEPTH}
    run_folder = folder / system.name
    finished = _finished(run_folder, identity)
    if finished is not None:
        return finished
    index = _index(dataset, digest, system, folder / "index", progress)
    journal = _journal(run_folder, identity)
    _search_all(dataset, system.open(folder / "index"), journal, progress)
    done = {query: journal.done[query] for query in dataset.queries}
    result = BenchResult(
        dataset=dataset.name,
        dataset_sha256=digest,
        system=system.name,
        encoder=system.encoder,
        n=len(done),
        passages=index["passages"],
        measures=_save(dataset, done, system.name, run_folder),
        build_s=index["build_s"],
        latency_ms=_latency(done),
        provenance=provenance,
        folder=str(run_folder),
    )
    _write_json(run_folder / RESULT_FILE, {"identity": identity, "result": asdict(result)})
    (run_folder / _JOURNAL).unlink()
    return result


def read_result(run_folder: Path) -> BenchResult:
    """The result of a finished run."""
    row = json.loads((run_folder / RESULT_FILE).read_text(encoding="utf-8"))["result"]
    return BenchResult(**{**row, "provenance": Provenance(**row["provenance"])})


def _finished(run_folder: Path, identity: Mapping[str, object]) -> BenchResult | None:
    path = run_folder / RESULT_FILE
    if not path.exists():
        return None
    result = read_result(run_folder)
    if json.loads(path.read_text(encoding="utf-8"))["identity"] != identity:
        made = f"{result.provenance.created}, commit {result.provenance.commit}"
        raise TiaowenError(
            f"{run_folder} holds a finished run of other data or code ({made}); "
            "name another folder, or remove this one."
        )
    return result


def _index(
    dataset: Dataset,
    digest: str,
    system: System,
    folder: Path,
    progress: Progress | None,
) -> dict[str, Any]:
    """Build the index, or keep the one that an earlier run over the same data and code left; its state."""
    identity = {"dataset": digest, "encoder": system.encoder, "state": system.state}
    state = _read_json(folder / _STATE)
    if state is not None and state["identity"] == identity:
        return state
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    counted = _Counted(dataset.rows())
    begun = perf_counter()
    system.build(counted, folder, progress)
    state = {"identity": identity, "build_s": perf_counter() - begun, "passages": counted.count}
    _write_json(folder / _STATE, state)
    return state


class _Counted:
    """Passages, counted as they go by."""

    def __init__(self, rows: Iterable[Row]) -> None:
        self._rows = rows
        self.count = 0

    def __iter__(self) -> Iterator[Row]:
        for row in self._rows:
            self.count += 1
            yield row


def _journal(run_folder: Path, identity: Mapping[str, object]) -> Journal:
    state = _read_json(run_folder / _STATE)
    if state != identity:
        shutil.rmtree(run_folder, ignore_errors=True)
        _write_json(run_folder / _STATE, identity)
    return Journal(run_folder / _JOURNAL)


def _search_all(dataset: Dataset, search: Search, journal: Journal, progress: Progress | None) -> None:
    todo = [query for query in dataset.queries if query not in journal.done]
    if todo:
        search(dataset.queries[todo[0]], DEPTH)
    for query in todo:
        begun = perf_counter()
        ranking = search(dataset.queries[query], DEPTH)
        took = (perf_counter() - begun) * 1000
        journal.add(query, Searched(tuple((passage, float(score)) for passage, score in ranking), took))
        if progress is not None:
            progress(len(journal.done), len(dataset.queries))


def _save(dataset: Dataset, done: Mapping[str, Searched], tag: str, folder: Path) -> dict[str, float]:
    run = {query: searched.ranking for query, searched in done.items()}
    save_run(folder / RUN_FILE, run, tag)
    save_qrels(folder / QRELS_FILE, dataset.qrels)
    texts = "".join(f"{query}\t{' '.join(text.split())}\n" for query, text in dataset.queries.items())
    write_whole(folder / QUERIES_FILE, texts)
    measured = measure_run(folder.name, run, dataset.qrels, dataset.queries)
    return {name: mean(list(measured.values[name].values())) or 0.0 for name in RETRIEVAL_MEASURES}


def _latency(done: Mapping[str, Searched]) -> dict[str, float]:
    times = [searched.took_ms for searched in done.values()]
    return {name: quantile(times, share) or 0.0 for name, share in (("p50", 0.5), ("p95", 0.95))}


def _read_json(path: Path) -> dict[str, Any] | None:
    if not path.exists():
        return None
    state: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return state


def _write_json(path: Path, value: Mapping[str, object]) -> None:
    write_whole(path, json.dumps(value, ensure_ascii=False, indent=2) + "\n")
